/// A number's ordered encoding, on the stack: 1 to 21 bytes that compare, byte by byte, as the numbers do.
///
/// The first byte holds sign and exponent, the rest the digits in pairs, aligned at the decimal point:
///
///     zero       80 00
///     positive   80 + (E + 65), then each pair p as 2p + 1, the last one as 2p
///     negative   the bytes of its positive, inverted
///
/// where E is the power of a hundred of the first pair, −65 to 62: exactly 128 of them, so that sign and
/// exponent share a byte. The odd bit says that more pairs follow: the encoding ends itself, and a number
/// that is a prefix of another comes before it. Zero takes the code of the smallest exponent with a pair that
/// no positive number begins with.
///
/// The same bytes serve inside items, so comparing, sorting and indexing numbers never decodes one.
package struct EncodedNumber {
  private var storage = InlineArray<21, UInt8>(repeating: 0)
  package private(set) var count = 0

  /// What the first byte adds to the exponent's code.
  fileprivate static let positive: UInt8 = 0x80
  /// What the power of a hundred is shifted by, to begin at 0.
  fileprivate static let exponentBias = 65

  package init(_ number: borrowing DecimalDigits) {
    guard number.count > 0 else {
      storage[0] = EncodedNumber.positive
      storage[1] = 0
      count = 2
      return
    }
    let inversion: UInt8 = number.isNegative ? 0xFF : 0
    let power = number.exponent >> 1
    storage[0] = (EncodedNumber.positive + UInt8(power + EncodedNumber.exponentBias)) ^ inversion
    count = 1
    // An even exponent puts the first digit in a pair of its own: 345 is 3|45.
    var index = 0
    var pair: UInt8 = 0
    if number.exponent & 1 == 0 {
      pair = number.digits[0]
      index = 1
    } else {
      pair = number.digits[0] * 10 + (number.count > 1 ? number.digits[1] : 0)
      index = 2
    }
    while index < number.count {
      append((pair * 2 + 1) ^ inversion)
      pair = number.digits[index] * 10
      if index + 1 < number.count { pair += number.digits[index + 1] }
      index += 2
    }
    append((pair * 2) ^ inversion)
  }

  /// The encoding of an integer, whose pairs are found by dividing.
  package init(integer: UInt64) {
    guard integer > 0 else {
      storage[0] = EncodedNumber.positive
      count = 2
      return
    }
    // Zeros at the end are not written: the exponent has them.
    var rest = integer
    var power = 0
    while rest % 100 == 0 {
      rest /= 100
      power += 1
    }
    // From the last: nine pairs behind the first hold any 64 bits.
    var pairs = InlineArray<10, UInt8>(repeating: 0)
    var pairCount = 0
    while rest > 0 {
      pairs[pairCount] = UInt8(rest % 100)
      rest /= 100
      pairCount += 1
    }
    storage[0] = EncodedNumber.positive + UInt8(power + pairCount - 1 + EncodedNumber.exponentBias)
    count = 1
    for index in (1..<pairCount).reversed() { append(pairs[index] * 2 + 1) }
    append(pairs[0] * 2)
  }

  private mutating func append(_ byte: UInt8) {
    storage[count] = byte
    count += 1
  }

  package var bytes: RawSpan {
    @_lifetime(borrow self) get {
      _overrideLifetime(storage.span.bytes.extracting(first: count), borrowing: self)
    }
  }
}

extension DecimalDigits {
  /// Reads an encoding that is known to be one.
  package init(trusting encoded: RawSpan) {
    do throws(EncodingFault) {
      var offset = 0
      try self.init(encoded, &offset)
    } catch {
      preconditionFailure("not an encoded number: \(error.reason)")
    }
  }

  /// Reads the encoding that begins at `offset`, and leaves `offset` behind its end.
  ///
  /// - Throws: ``EncodingFault`` if the bytes end too soon, hold a pair above 99, or are not in canonical
  /// form.
  package init(_ encoded: RawSpan, _ offset: inout Int) throws(EncodingFault) {
    let start = offset
    guard offset < encoded.byteCount else { throw EncodingFault(.truncated, at: offset) }
    let first = encoded.byte(at: offset)
    offset += 1
    let inversion: UInt8 = first < EncodedNumber.positive ? 0xFF : 0
    isNegative = inversion != 0
    let power = Int((first ^ inversion) - EncodedNumber.positive) - EncodedNumber.exponentBias
    var more = true
    while more {
      guard offset < encoded.byteCount else { throw EncodingFault(.truncated, at: offset) }
      let byte = encoded.byte(at: offset) ^ inversion
      offset += 1
      more = byte & 1 == 1
      let pair = byte >> 1
      guard pair < 100 else { throw EncodingFault(.notCanonical, at: offset - 1) }
      if count == 0 {
        if pair == 0 {
          // Only zero begins with a pair of zeros.
          guard first == EncodedNumber.positive, !more, offset == start + 2 else {
            throw EncodingFault(.notCanonical, at: offset - 1)
          }
          self = DecimalDigits()
          return
        }
        exponent = power * 2 + (pair >= 10 ? 1 : 0)
        if pair >= 10 { try append(pair / 10, offset) }
        try append(pair % 10, offset)
      } else {
        try append(pair / 10, offset)
        try append(pair % 10, offset)
      }
    }
    try finish(offset - start - 1, offset)
  }

  private mutating func append(_ digit: UInt8, _ offset: Int) throws(EncodingFault) {
    // One more than fits may come: the zero that fills the last pair.
    if count == ModelLimits.numberDigitsMax {
      guard digit == 0 else { throw EncodingFault(.notCanonical, at: offset - 1) }
      return
    }
    digits[count] = digit
    count += 1
  }

  /// Drops the zero that filled the last pair, and checks that no pair is one too many.
  private mutating func finish(_ pairs: Int, _ offset: Int) throws(EncodingFault) {
    if digits[count - 1] == 0 { count -= 1 }
    let alone = exponent & 1 == 0 ? 1 : 0
    guard digits[count - 1] != 0, pairs == alone + (count - alone + 1) / 2 else {
      throw EncodingFault(.notCanonical, at: offset - 1)
    }
  }
}
