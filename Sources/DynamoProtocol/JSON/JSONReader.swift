/// Reads JSON from a body in one pass, for callers who know what they expect.
///
/// **Why no tree.** A request's items end as encoded bytes, so values of the JSON are handed on as spans of
/// the body as they are met, and nothing is built in between: no object, no array, no tape of offsets. The
/// only storage is a scratch buffer for strings that contain escapes, reused from one to the next.
///
/// **What it holds.** The grammar of RFC 8259 and nothing more: one value, no trailing commas, no comments,
/// no bare control characters, text that is UTF-8 throughout (overlong forms, surrogates and code points
/// above 10FFFF are refused) and escapes whose surrogates come in pairs. Every byte is looked at once, by the
/// method that reads the value it belongs to, so a body whose operation has been read wholly has been checked
/// wholly, and what the operation doesn't know is checked by `skipValue`.
///
/// **What bounds it.** Callers recurse only as deep as the shapes they know; `skipValue` goes through foreign
/// values without recursion, at one bit a level. Numbers stay text: how large one may be is its reader's
/// business.
package struct JSONReader: ~Escapable {
  let body: RawSpan
  /// The offset of the next byte.
  package internal(set) var position = 0
  var scratch: [UInt8] = []

  @_lifetime(copy body)
  package init(_ body: RawSpan) {
    self.body = body
  }

  /// The bytes of a string that has been read. For one with escapes, only until the next is read.
  @_lifetime(borrow self)
  package func bytes(of string: JSONString) -> RawSpan {
    let end = string.start + string.byteCount
    if string.isDecoded {
      return _overrideLifetime(scratch.span.bytes.extracting(string.start..<end), borrowing: self)
    }
    return _overrideLifetime(body.extracting(string.start..<end), borrowing: self)
  }

  /// The text of a string that has been read.
  package func text(of string: JSONString) -> String {
    bytes(of: string).text
  }

  /// The text of a number that has been read.
  package func text(of number: JSONNumber) -> String {
    body.extracting(number.start..<number.start + number.byteCount).text
  }
}

// MARK: - Structure

extension JSONReader {
  /// Passes white space; returns the next byte without passing it, or zero at the end.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func nextSignificantByte() -> UInt8 {
    let end = body.byteCount
    while position < end {
      let byte = body.byte(position)
      if byte > 0x20 { return byte }
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      position += 1
    }
    return 0
  }

  /// What the next value is. The value is not passed.
  @inline(__always)
  @_lifetime(self: copy self)
  package mutating func kind() throws(SerializationFault) -> JSONKind {
    switch nextSignificantByte() {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "t"): return .true
    case UInt8(ascii: "f"): return .false
    case UInt8(ascii: "n"): return .null
    default: throw .malformed
    }
  }

  /// Passes the bracket that opens an object or an array, which `kind` has seen.
  @inline(__always)
  @_lifetime(self: copy self)
  package mutating func open() {
    position += 1
  }

  /// The name of an object's next member, its colon passed; nil when the object has ended.
  ///
  /// - Parameter isFirst: true before the first member; the reader sets it to false.
  @inline(__always)
  @_lifetime(self: copy self)
  package mutating func nextName(_ isFirst: inout Bool) throws(SerializationFault) -> JSONString? {
    var byte = nextSignificantByte()
    if byte == UInt8(ascii: "}") {
      position += 1
      return nil
    }
    if isFirst {
      isFirst = false
    } else {
      guard byte == UInt8(ascii: ",") else { throw .malformed }
      position += 1
      byte = nextSignificantByte()
    }
    guard byte == UInt8(ascii: "\"") else { throw .malformed }
    let name = try readString()
    guard nextSignificantByte() == UInt8(ascii: ":") else { throw .malformed }
    position += 1
    return name
  }

  /// Whether an array has another element, its comma passed; at the end its bracket is passed too.
  ///
  /// - Parameter isFirst: true before the first element; the reader sets it to false.
  @inline(__always)
  @_lifetime(self: copy self)
  package mutating func nextElement(_ isFirst: inout Bool) throws(SerializationFault) -> Bool {
    let byte = nextSignificantByte()
    if byte == UInt8(ascii: "]") {
      position += 1
      return false
    }
    if isFirst {
      isFirst = false
      return true
    }
    guard byte == UInt8(ascii: ",") else { throw .malformed }
    position += 1
    // `[1,]` ends here: what follows a comma must be a value.
    guard nextSignificantByte() != UInt8(ascii: "]") else { throw .malformed }
    return true
  }

  /// Checks that nothing but white space follows.
  @_lifetime(self: copy self)
  package mutating func finish() throws(SerializationFault) {
    guard nextSignificantByte() == 0, position == body.byteCount else { throw .malformed }
  }
}

// MARK: - Literals and numbers

extension JSONReader {
  /// Passes `true`, `false` or `null`, of which `kind` has seen the first letter.
  @_lifetime(self: copy self)
  package mutating func readLiteral(_ literal: StaticString) throws(SerializationFault) {
    let count = literal.utf8CodeUnitCount
    guard position + count <= body.byteCount else { throw .malformed }
    for index in 0..<count where body.byte(position + index) != literal.utf8Start[index] {
      throw .malformed
    }
    position += count
  }

  /// Passes a number, of which `kind` has seen the first byte.
  @_lifetime(self: copy self)
  package mutating func readNumber() throws(SerializationFault) -> JSONNumber {
    let start = position
    var isDecimal = false
    if body.byte(position) == UInt8(ascii: "-") { position += 1 }
    let integerStart = position
    guard passDigits() > 0 else { throw .malformed }
    // A leading zero stands alone.
    if body.byte(integerStart) == UInt8(ascii: "0"), position - integerStart > 1 { throw .malformed }
    if position < body.byteCount, body.byte(position) == UInt8(ascii: ".") {
      isDecimal = true
      position += 1
      guard passDigits() > 0 else { throw .malformed }
    }
    if position < body.byteCount, body.byte(position) | 0x20 == UInt8(ascii: "e") {
      isDecimal = true
      position += 1
      if position < body.byteCount {
        let sign = body.byte(position)
        if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
      }
      guard passDigits() > 0 else { throw .malformed }
    }
    return JSONNumber(start: start, byteCount: position - start, isDecimal: isDecimal)
  }

  /// Passes digits and counts them.
  @_lifetime(self: copy self)
  private mutating func passDigits() -> Int {
    let start = position
    while position < body.byteCount, body.byte(position) &- UInt8(ascii: "0") < 10 {
      position += 1
    }
    return position - start
  }

  /// A number as an integer: a fraction is cut off, and what does not fit becomes the nearest that does,
  /// as the service does it.
  package func integer(_ number: JSONNumber) -> Int {
    let end = number.start + number.byteCount
    var offset = number.start
    let isNegative = body.byte(offset) == UInt8(ascii: "-")
    if isNegative { offset += 1 }
    if number.isDecimal {
      // Exact up to 2^53, which is more than any limit of the API.
      let value = Double(text(of: number)) ?? 0
      return Int(exactly: value.rounded(.towardZero)) ?? (value < 0 ? Int.min : Int.max)
    }
    var value = 0
    while offset < end {
      let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tenfold.addingReportingOverflow(Int(body.byte(offset) - UInt8(ascii: "0")))
      if overflow || carry { return isNegative ? Int.min : Int.max }
      value = sum
      offset += 1
    }
    return isNegative ? -value : value
  }
}
