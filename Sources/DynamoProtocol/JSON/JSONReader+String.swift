extension JSONReader {
  /// Passes a string, at whose quote the reader stands.
  ///
  /// Plain text is passed eight bytes a step and stays in the body. The first escape sends the string to
  /// the scratch buffer.
  @_lifetime(self: copy self)
  package mutating func readString() throws(SerializationFault) -> JSONString {
    let start = position + 1
    var offset = start
    let end = body.byteCount
    while true {
      while offset + 8 <= end {
        let marks = TextScan.specials(in: body.word(offset))
        if marks != 0 {
          offset += marks.trailingZeroBitCount >> 3
          break
        }
        offset += 8
      }
      guard offset < end else { throw .malformed }
      let byte = body.byte(offset)
      switch byte {
      case UInt8(ascii: "\""):
        position = offset + 1
        return JSONString(start: start, byteCount: offset - start, isDecoded: false)
      case UInt8(ascii: "\\"):
        return try readEscapedString(start: start, firstEscape: offset)
      case 0x80...:
        offset += try sequenceLength(at: offset)
      case 0x20...:
        offset += 1
      default:
        throw .malformed
      }
    }
  }

  /// The length of the UTF-8 sequence of two or more bytes at `offset`, all its bytes checked.
  func sequenceLength(at offset: Int) throws(SerializationFault) -> Int {
    let lead = body.byte(offset)
    let length: Int
    // The range of the second byte keeps out overlong forms, surrogates and what is above 10FFFF.
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0:
      length = 3
      second = 0xA0...0xBF
    case 0xE1...0xEC, 0xEE...0xEF: length = 3
    case 0xED:
      length = 3
      second = 0x80...0x9F
    case 0xF0:
      length = 4
      second = 0x90...0xBF
    case 0xF1...0xF3: length = 4
    case 0xF4:
      length = 4
      second = 0x80...0x8F
    default: throw .malformed
    }
    guard offset + length <= body.byteCount, second.contains(body.byte(offset + 1)) else { throw .malformed }
    for next in offset + 2..<offset + length where body.byte(next) & 0xC0 != 0x80 {
      throw .malformed
    }
    return length
  }

  /// Decodes a string into the scratch buffer, from its first escape on.
  @_lifetime(self: copy self)
  private mutating func readEscapedString(start: Int, firstEscape: Int) throws(SerializationFault)
    -> JSONString
  {
    scratch.removeAll(keepingCapacity: true)
    appendToScratch(from: start, to: firstEscape)
    var offset = firstEscape
    var runStart = offset
    let end = body.byteCount
    while offset < end {
      let byte = body.byte(offset)
      switch byte {
      case UInt8(ascii: "\""):
        appendToScratch(from: runStart, to: offset)
        position = offset + 1
        return JSONString(start: 0, byteCount: scratch.count, isDecoded: true)
      case UInt8(ascii: "\\"):
        appendToScratch(from: runStart, to: offset)
        offset = try decodeEscape(at: offset)
        runStart = offset
      case 0x80...:
        offset += try sequenceLength(at: offset)
      case 0x20...:
        offset += 1
      default:
        throw .malformed
      }
    }
    throw .malformed
  }

  @_lifetime(self: copy self)
  private mutating func appendToScratch(from start: Int, to end: Int) {
    guard start < end else { return }
    body.extracting(start..<end).withUnsafeBytes { scratch.append(contentsOf: $0) }
  }

  /// Decodes the escape whose backslash is at `offset`; returns the offset behind it.
  @_lifetime(self: copy self)
  private mutating func decodeEscape(at offset: Int) throws(SerializationFault) -> Int {
    guard offset + 1 < body.byteCount else { throw .malformed }
    switch body.byte(offset + 1) {
    case UInt8(ascii: "\""): scratch.append(UInt8(ascii: "\""))
    case UInt8(ascii: "\\"): scratch.append(UInt8(ascii: "\\"))
    case UInt8(ascii: "/"): scratch.append(UInt8(ascii: "/"))
    case UInt8(ascii: "b"): scratch.append(0x08)
    case UInt8(ascii: "f"): scratch.append(0x0C)
    case UInt8(ascii: "n"): scratch.append(0x0A)
    case UInt8(ascii: "r"): scratch.append(0x0D)
    case UInt8(ascii: "t"): scratch.append(0x09)
    case UInt8(ascii: "u"): return try decodeUnicodeEscape(at: offset)
    default: throw .malformed
    }
    return offset + 2
  }

  /// Decodes a `\u` escape of four hex digits, and the second half of a surrogate pair with the first.
  @_lifetime(self: copy self)
  private mutating func decodeUnicodeEscape(at offset: Int) throws(SerializationFault) -> Int {
    var value = try hexDigits(at: offset + 2)
    var next = offset + 6
    if value & 0xFC00 == 0xD800 {
      guard next + 1 < body.byteCount, body.byte(next) == UInt8(ascii: "\\"),
        body.byte(next + 1) == UInt8(ascii: "u")
      else { throw .malformed }
      let low = try hexDigits(at: next + 2)
      guard low & 0xFC00 == 0xDC00 else { throw .malformed }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
      next += 6
    }
    // A low half on its own is no scalar either.
    guard let scalar = Unicode.Scalar(value) else { throw .malformed }
    scratch.append(contentsOf: UTF8.encode(scalar)!)
    return next
  }

  private func hexDigits(at offset: Int) throws(SerializationFault) -> UInt32 {
    guard offset + 4 <= body.byteCount else { throw .malformed }
    var value: UInt32 = 0
    for index in offset..<offset + 4 {
      let byte = body.byte(index)
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
      default: throw .malformed
      }
    }
    return value
  }
}
