/// Sums and differences: exact, or an error.
///
/// The coefficient of the operand with the larger exponent is scaled up until both count the same power of
/// ten. The other's last digit is not 0, so neither is the result's at that place: if 128 bits can't hold the
/// scaled coefficient, no borrow can bring the result back to 38 digits.
///
/// The service calls a result that needs more than 38 digits an overflow, as it does one beyond 9.99…E+125;
/// so do we.
extension DynamoNumber {
  /// The sum.
  ///
  /// - Throws: ``NumberError/overflow`` if it needs more than 38 digits or its magnitude is too large,
  ///   ``NumberError/underflow`` if its magnitude is too small.
  public func adding(_ other: DynamoNumber) throws(NumberError) -> DynamoNumber {
    if coefficient == 0 { return other }
    if other.coefficient == 0 { return self }
    let (upper, lower) = exponent >= other.exponent ? (self, other) : (other, self)
    guard let scaled = upper.coefficient.scaled(byPowerOfTen: Int(upper.exponent - lower.exponent)) else {
      throw .overflow
    }
    if upper.isNegative == lower.isNegative {
      let (sum, overflow) = scaled.addingReportingOverflow(lower.coefficient)
      guard !overflow else { throw .overflow }
      return try DynamoNumber.result(sum, lower.exponent, isNegative: upper.isNegative)
    }
    if scaled >= lower.coefficient {
      return try DynamoNumber.result(scaled - lower.coefficient, lower.exponent, isNegative: upper.isNegative)
    }
    return try DynamoNumber.result(lower.coefficient - scaled, lower.exponent, isNegative: lower.isNegative)
  }

  /// The difference.
  ///
  /// - Throws: as ``adding(_:)`` does.
  public func subtracting(_ other: DynamoNumber) throws(NumberError) -> DynamoNumber {
    try adding(other.negated)
  }

  /// The number with the other sign.
  public var negated: DynamoNumber {
    DynamoNumber(coefficient: coefficient, exponent: exponent, isNegative: coefficient != 0 && !isNegative)
  }

  /// Brings a result into canonical form, or says why it has none.
  private static func result(
    _ magnitude: UInt128, _ exponent: Int16, isNegative: Bool
  ) throws(NumberError) -> DynamoNumber {
    guard magnitude != 0 else { return .zero }
    var coefficient = magnitude
    var exponent = exponent
    while true {
      let (quotient, remainder) = coefficient.quotientAndRemainder(dividingBy: 10)
      guard remainder == 0 else { break }
      coefficient = quotient
      exponent += 1
    }
    let leading = Int(exponent) + coefficient.decimalDigitCount - 1
    if leading > DecimalDigits.exponents.upperBound || coefficient >= UInt128.tenToThe38 { throw .overflow }
    if leading < DecimalDigits.exponents.lowerBound { throw .underflow }
    return DynamoNumber(coefficient: coefficient, exponent: exponent, isNegative: isNegative)
  }
}

extension UInt128 {
  static var tenToThe38: UInt128 { 100_000_000_000_000_000_000_000_000_000_000_000_000 }

  /// This times a power of ten; nil if 128 bits do not hold it.
  func scaled(byPowerOfTen power: Int) -> UInt128? {
    // 10^39 is above 2^128.
    guard power < 39 else { return nil }
    var scaled = self
    for _ in 0..<power {
      let (product, overflow) = scaled.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      scaled = product
    }
    return scaled
  }

  /// How many decimal digits this has; 1 for zero.
  var decimalDigitCount: Int {
    var count = 1
    var bound: UInt128 = 10
    while self >= bound {
      count += 1
      let (product, overflow) = bound.multipliedReportingOverflow(by: 10)
      if overflow { break }
      bound = product
    }
    return count
  }
}
