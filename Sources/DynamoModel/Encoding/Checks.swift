/// Checks bytes that may be anything, so that what passes can be trusted.
///
/// Everything that the encoding promises is checked: lengths in their shortest form that span exactly what
/// they say, names and set elements strictly ascending, text in UTF-8, numbers in canonical form, nesting
/// within its bound, the size in an item's header. What passes is the one encoding of its content, and equal
/// content has equal bytes.

/// Checks that bytes are exactly one item.
func checkItem(_ bytes: RawSpan) throws(EncodingFault) {
  var reader = CheckedReader(bytes)
  let version = try reader.byte()
  guard version == Item.formatVersion else { throw EncodingFault(.unsupportedVersion(version), at: 0) }
  let sizeBytes = try reader.varint()
  let body = reader.offset
  let count = try reader.varint()
  try reader.entries(count, level: 0)
  guard reader.offset == bytes.byteCount else { throw EncodingFault(.trailingBytes, at: reader.offset) }
  var cursor = ElementCursor(body: bytes.extracting(droppingFirst: body), type: .map)
  var actual = 0
  while cursor.next() { actual += cursor.name.byteCount + cursor.value.sizeBytes }
  guard actual == sizeBytes else { throw EncodingFault(.wrongSize, at: 1) }
}

/// Checks that bytes are exactly one value.
func checkValue(_ bytes: RawSpan) throws(EncodingFault) {
  var reader = CheckedReader(bytes)
  try reader.value(level: 1)
  guard reader.offset == bytes.byteCount else { throw EncodingFault(.trailingBytes, at: reader.offset) }
}

private struct CheckedReader: ~Escapable {
  let bytes: RawSpan
  var offset = 0

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) {
    self.bytes = bytes
  }

  @_lifetime(self: copy self)
  mutating func byte() throws(EncodingFault) -> UInt8 {
    guard offset < bytes.byteCount else { throw EncodingFault(.truncated, at: offset) }
    offset += 1
    return bytes.byte(at: offset - 1)
  }

  @_lifetime(self: copy self)
  mutating func varint() throws(EncodingFault) -> Int {
    let start = offset
    var value = 0
    var shift = 0
    while true {
      let next = try byte()
      value |= Int(next & 0x7F) << shift
      if next < 0x80 {
        // A last byte of 0 adds nothing: the form is longer than needed.
        guard next != 0 || shift == 0 else { throw EncodingFault(.badLength, at: start) }
        return value
      }
      shift += 7
      guard shift < 7 * Varint.bytesMax else { throw EncodingFault(.badLength, at: start) }
    }
  }

  /// A length, and that so many bytes follow.
  @_lifetime(self: copy self)
  mutating func length() throws(EncodingFault) -> Int {
    let length = try varint()
    guard length <= bytes.byteCount - offset else { throw EncodingFault(.truncated, at: offset) }
    return length
  }

  @_lifetime(self: copy self)
  mutating func value(level: Int) throws(EncodingFault) {
    guard level <= ModelLimits.nestingLevelsMax else { throw EncodingFault(.nestingTooDeep, at: offset) }
    let tagOffset = offset
    let raw = try byte()
    guard let tag = ValueTag(rawValue: raw) else { throw EncodingFault(.unknownTag(raw), at: tagOffset) }
    guard tag.hasPayload else { return }
    let length = try length()
    let end = offset + length
    switch tag {
    case .string: try text(length)
    case .binary: offset = end
    case .number: try number(end: end)
    case .list:
      let count = try varint()
      for _ in 0..<count { try value(level: level + 1) }
    case .map:
      let count = try varint()
      try entries(count, level: level)
    default: try set(tag, end: end)
    }
    guard offset == end else { throw EncodingFault(.badLength, at: tagOffset) }
  }

  @_lifetime(self: copy self)
  mutating func entries(_ count: Int, level: Int) throws(EncodingFault) {
    var previous = 0..<0
    for index in 0..<count {
      let length = try length()
      guard length <= ModelLimits.nameBytesMax else { throw EncodingFault(.badLength, at: offset) }
      let name = offset..<offset + length
      try text(length)
      if index > 0, compareBytes(bytes.extracting(previous), bytes.extracting(name)) >= 0 {
        throw EncodingFault(.notCanonical, at: name.lowerBound)
      }
      previous = name
      try value(level: level + 1)
    }
  }

  @_lifetime(self: copy self)
  private mutating func set(_ tag: ValueTag, end: Int) throws(EncodingFault) {
    let count = try varint()
    guard count > 0 else { throw EncodingFault(.notCanonical, at: offset) }
    var previous = 0..<0
    for index in 0..<count {
      let length = try length()
      let element = offset..<offset + length
      switch tag {
      case .stringSet: try text(length)
      case .numberSet: try number(end: element.upperBound)
      default: offset = element.upperBound
      }
      if index > 0, compareBytes(bytes.extracting(previous), bytes.extracting(element)) >= 0 {
        throw EncodingFault(.notCanonical, at: element.lowerBound)
      }
      previous = element
    }
  }

  @_lifetime(self: copy self)
  private mutating func number(end: Int) throws(EncodingFault) {
    _ = try DecimalDigits(bytes, &offset)
    guard offset == end else { throw EncodingFault(.badLength, at: offset) }
  }

  @_lifetime(self: copy self)
  private mutating func text(_ length: Int) throws(EncodingFault) {
    guard isUTF8(bytes.extracting(offset..<offset + length)) else {
      throw EncodingFault(.invalidUTF8, at: offset)
    }
    offset += length
  }
}

/// Whether bytes are UTF-8.
package func isUTF8(_ bytes: RawSpan) -> Bool {
  do throws(UTF8.ValidationError) {
    _ = try UTF8Span(validating: bytes._unsafeView(as: UInt8.self))
    return true
  } catch {
    return false
  }
}
