/// A number as its significant decimal digits: the form between text, encoding and arithmetic.
///
/// It lives on the stack. Text is read into it and written from it without an allocation, which is what puts
/// the numbers of a request into an item's bytes and back.
package struct DecimalDigits {
  package var isNegative = false
  /// The power of ten that the first digit stands for: 2 for 345, −1 for 0.5. 0 for zero.
  package var exponent = 0
  /// How many digits there are; zero has none. The first and the last are not 0.
  package var count = 0
  package var digits = InlineArray<38, UInt8>(repeating: 0)

  /// The smallest and the largest power of ten of a first digit.
  package static let exponents = -130...125

  /// Zero.
  package init() {}
}

// MARK: - Text

extension DecimalDigits {
  /// Reads `[+-] digits [. digits] [e [+-] digits]`; the point may also stand first or last.
  ///
  /// Magnitude is judged before precision, as the service does.
  package init(text: RawSpan) throws(NumberError) {
    var offset = 0
    let end = text.byteCount
    if offset < end {
      let sign = text.byte(at: offset)
      if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
        isNegative = sign == UInt8(ascii: "-")
        offset += 1
      }
    }
    let significant = try readCoefficient(text, &offset)
    let scale = try DecimalDigits.readExponent(text, &offset)
    guard offset == end else { throw .malformed }
    guard significant > 0 else {
      self = DecimalDigits()
      return
    }
    exponent += scale
    if exponent > DecimalDigits.exponents.upperBound { throw .overflow }
    if exponent < DecimalDigits.exponents.lowerBound { throw .underflow }
    if significant > ModelLimits.numberDigitsMax { throw .tooManyDigits }
    count = significant
  }

  /// Reads digits and a point; sets the digits and the exponent they have without a written one.
  ///
  /// - Returns: how many digits there are from the first to the last that is not 0. Above 38 the digits kept
  /// are
  ///   incomplete and the caller refuses the number.
  private mutating func readCoefficient(_ text: RawSpan, _ offset: inout Int) throws(NumberError) -> Int {
    let end = text.byteCount
    var digitsRead = 0
    var seen = 0  // digits from the first that is not 0
    var significant = 0
    var pointAt: Int?  // digits before the point, leading zeros included
    var leadingZeros = 0
    while offset < end {
      let byte = text.byte(at: offset)
      let digit = byte &- UInt8(ascii: "0")
      if digit < 10 {
        digitsRead += 1
        if seen > 0 || digit != 0 {
          if seen < ModelLimits.numberDigitsMax { digits[seen] = digit }
          seen += 1
          if digit != 0 { significant = seen }
        } else {
          leadingZeros += 1
        }
      } else if byte == UInt8(ascii: "."), pointAt == nil {
        pointAt = digitsRead
      } else {
        break
      }
      offset += 1
    }
    guard digitsRead > 0 else { throw .malformed }
    exponent = (pointAt ?? digitsRead) - leadingZeros - 1
    return significant
  }

  /// Reads `e [+-] digits` if it stands here.
  ///
  /// - Returns: the exponent, held within a range far beyond any a number may have, so that no length of it
  /// overflows.
  private static func readExponent(_ text: RawSpan, _ offset: inout Int) throws(NumberError) -> Int {
    let end = text.byteCount
    guard offset < end, text.byte(at: offset) | 0x20 == UInt8(ascii: "e") else { return 0 }
    offset += 1
    var isNegative = false
    if offset < end {
      let sign = text.byte(at: offset)
      if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
        isNegative = sign == UInt8(ascii: "-")
        offset += 1
      }
    }
    // No request is long enough for its digits to bring a larger exponent back into range.
    let exponentMax = 1 << 40
    let start = offset
    var value = 0
    while offset < end {
      let digit = text.byte(at: offset) &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      value = min(value * 10 + Int(digit), exponentMax)
      offset += 1
    }
    guard offset > start else { throw .malformed }
    return isNegative ? -value : value
  }

  /// The number as the service prints it: every digit written out, no exponent.
  package var text: NumberText {
    var text = NumberText()
    guard count > 0 else {
      text.append(UInt8(ascii: "0"))
      return text
    }
    if isNegative { text.append(UInt8(ascii: "-")) }
    if exponent < 0 {
      text.append(UInt8(ascii: "0"))
      text.append(UInt8(ascii: "."))
      for _ in 0..<(-exponent - 1) { text.append(UInt8(ascii: "0")) }
      for index in 0..<count { text.append(UInt8(ascii: "0") + digits[index]) }
    } else {
      for index in 0..<count {
        if index == exponent + 1 { text.append(UInt8(ascii: ".")) }
        text.append(UInt8(ascii: "0") + digits[index])
      }
      for _ in 0..<max(0, exponent + 1 - count) { text.append(UInt8(ascii: "0")) }
    }
    return text
  }
}

/// The text of a number, on the stack: at most ``ModelLimits/numberTextBytesMax`` bytes of ASCII.
public struct NumberText: Sendable {
  private var storage = InlineArray<170, UInt8>(repeating: 0)
  /// How many bytes the text has.
  public private(set) var count = 0

  init() {}

  mutating func append(_ byte: UInt8) {
    storage[count] = byte
    count += 1
  }

  /// The text's bytes.
  public var bytes: RawSpan {
    @_lifetime(borrow self) get {
      _overrideLifetime(storage.span.bytes.extracting(first: count), borrowing: self)
    }
  }
}
