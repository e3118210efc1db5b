/// A decimal number of up to 38 significant digits, as the service has it.
///
/// Its magnitude is zero or lies between 1E-130 and 9.99…E+125. The value is ± coefficient × 10^exponent with
/// no zero at the coefficient's end, so that equal numbers have equal fields: 1, 1.0 and 10E-1 are one value.
///
/// A coefficient of 38 digits fits in 127 bits: the sum of two aligned ones still fits in 128.
public struct DynamoNumber: Sendable, Hashable {
  /// The digits as an integer below 10^38.
  package let coefficient: UInt128
  /// The power of ten of the coefficient's last digit; 0 for zero.
  package let exponent: Int16
  /// Whether the number is below zero; zero is not.
  public let isNegative: Bool

  /// Zero.
  public static let zero = DynamoNumber(0)

  /// Makes a number of parts that are in canonical form and in range.
  init(coefficient: UInt128, exponent: Int16, isNegative: Bool) {
    self.coefficient = coefficient
    self.exponent = exponent
    self.isNegative = isNegative
  }

  /// Reads a number's text: `[+-] digits [. digits] [e [+-] digits]`.
  ///
  /// - Throws: ``NumberError``, by the service's rules.
  public init(text: String) throws(NumberError) {
    try self.init(text: text.utf8Span.span.bytes)
  }

  /// Reads a number's text from its bytes.
  ///
  /// - Throws: ``NumberError``, by the service's rules.
  public init(text: RawSpan) throws(NumberError) {
    self.init(try DecimalDigits(text: text))
  }

  /// The number that an integer is.
  public init(_ value: Int64) {
    self.init(integer: UInt128(value.magnitude), isNegative: value < 0)
  }

  /// The number that an integer is.
  public init(_ value: Int) {
    self.init(Int64(value))
  }

  /// The number that an integer is.
  public init(_ value: UInt64) {
    self.init(integer: UInt128(value), isNegative: false)
  }

  /// The number with the fewest digits that reads back as this `Double`.
  ///
  /// - Throws: ``NumberError/malformed`` for infinities and NaN, ``NumberError/overflow`` and
  ///   ``NumberError/underflow`` for magnitudes out of range.
  public init(_ value: Double) throws(NumberError) {
    try self.init(text: value.description)
  }

  private init(integer: UInt128, isNegative: Bool) {
    var coefficient = integer
    var exponent: Int16 = 0
    while coefficient != 0 {
      let (quotient, remainder) = coefficient.quotientAndRemainder(dividingBy: 10)
      guard remainder == 0 else { break }
      coefficient = quotient
      exponent += 1
    }
    self.init(coefficient: coefficient, exponent: exponent, isNegative: isNegative)
  }

  /// The number as an integer of this type; nil if it has a fraction or does not fit.
  public func integer<Integer: FixedWidthInteger>(as type: Integer.Type = Integer.self) -> Integer? {
    guard exponent >= 0 else { return nil }
    var value = coefficient
    for _ in 0..<exponent {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
    }
    guard let magnitude = Integer.Magnitude(exactly: value) else { return nil }
    if !isNegative { return Integer(exactly: magnitude) }
    guard Integer.isSigned, magnitude <= Integer.min.magnitude else { return nil }
    return Integer(truncatingIfNeeded: 0 &- magnitude)
  }

  /// The nearest `Double`.
  public var double: Double {
    Double(description) ?? .nan
  }
}

extension DynamoNumber: CustomStringConvertible {
  /// The number as the service prints it: every digit written out, no exponent.
  public var description: String { String(copyingUTF8: text.bytes) }

  /// The same text on the stack, for writers of bytes.
  public var text: NumberText { DecimalDigits(self).text }
}

extension DynamoNumber: Comparable {
  public static func < (left: DynamoNumber, right: DynamoNumber) -> Bool {
    let a = EncodedNumber(DecimalDigits(left))
    let b = EncodedNumber(DecimalDigits(right))
    return compareBytes(a.bytes, b.bytes) < 0
  }
}

extension DynamoNumber: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int64) { self.init(value) }
}

// MARK: - Encoding

extension DynamoNumber {
  /// Decodes a number's ordered encoding that is known to be one: the payload of an N.
  public init(trusting encoded: RawSpan) {
    self.init(DecimalDigits(trusting: encoded))
  }

  /// Decodes a number's ordered encoding from anywhere.
  public init(validating encoded: RawSpan) throws(EncodingFault) {
    var offset = 0
    self.init(try DecimalDigits(encoded, &offset))
    guard offset == encoded.byteCount else { throw EncodingFault(.trailingBytes, at: offset) }
  }

  /// The number's ordered encoding: 2 to 21 bytes that compare as the numbers do.
  package var encoded: EncodedNumber { EncodedNumber(DecimalDigits(self)) }

  package init(_ decimal: borrowing DecimalDigits) {
    // Two halves of 19 digits, each of which 64 bits hold: 128-bit multiplication costs several times as
    // much.
    let split = min(decimal.count, 19)
    var high: UInt64 = 0
    for index in 0..<split { high = high * 10 + UInt64(decimal.digits[index]) }
    var coefficient = UInt128(high)
    if decimal.count > split {
      var low: UInt64 = 0
      var scale: UInt64 = 1
      for index in split..<decimal.count {
        low = low * 10 + UInt64(decimal.digits[index])
        scale *= 10
      }
      coefficient = coefficient * UInt128(scale) + UInt128(low)
    }
    self.init(
      coefficient: coefficient,
      exponent: decimal.count == 0 ? 0 : Int16(decimal.exponent - decimal.count + 1),
      isNegative: decimal.isNegative)
  }
}

extension DecimalDigits {
  package init(_ number: DynamoNumber) {
    self.init()
    guard number.coefficient != 0 else { return }
    isNegative = number.isNegative
    // Digits come out last first; 19 at a time out of 64 bits.
    let half: UInt128 = 10_000_000_000_000_000_000
    var low: UInt64
    var high: UInt64 = 0
    if number.coefficient < half {
      low = UInt64(truncatingIfNeeded: number.coefficient)
    } else {
      let (quotient, remainder) = number.coefficient.quotientAndRemainder(dividingBy: half)
      high = UInt64(truncatingIfNeeded: quotient)
      low = UInt64(truncatingIfNeeded: remainder)
    }
    var position = ModelLimits.numberDigitsMax
    for _ in 0..<19 where high != 0 || low != 0 {
      position -= 1
      digits[position] = UInt8(low % 10)
      low /= 10
    }
    while high != 0 {
      position -= 1
      digits[position] = UInt8(high % 10)
      high /= 10
    }
    count = ModelLimits.numberDigitsMax - position
    for index in 0..<count { digits[index] = digits[position + index] }
    exponent = Int(number.exponent) + count - 1
  }
}
