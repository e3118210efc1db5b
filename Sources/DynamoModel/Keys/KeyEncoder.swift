/// The type of an attribute that is part of a key.
package enum KeyType: UInt8, Sendable, Hashable {
  case string, number, binary

  package var attributeType: AttributeType {
    switch self {
    case .string: .string
    case .number: .number
    case .binary: .binary
    }
  }
}

/// Why a value can't be part of a key.
package enum KeyError: Error, Sendable, Equatable {
  /// The value is of another type than the schema says.
  case typeMismatch(expected: AttributeType, actual: AttributeType)
  /// An S or B without a byte.
  case empty
  /// An S or B longer than the limit.
  case tooLong(bytes: Int, limitBytes: Int)
}

/// Puts attribute values into keys: bytes that compare as the values do, none of which is the beginning of
/// another.
///
/// A number is its ordered encoding, which ends itself. A string or a binary is its bytes with each 00
/// written as 00 FF, and 00 01 at the end: below any byte that could go on, so "a" stands before "a\0" and
/// before "aa". Parts of a key follow one another without more. Which types they have is known from the
/// schema and not in the bytes.
package enum KeyEncoder {
  static let escape: UInt8 = 0x00
  static let escapedZero: UInt8 = 0xFF
  static let terminator: UInt8 = 0x01

  /// Appends one value.
  package static func append(
    _ value: borrowing ValueView, as type: KeyType, limitBytes: Int, to key: inout KeyBuffer
  ) throws(KeyError) {
    try check(value, as: type, limitBytes: limitBytes)
    appendPart(value.payload, as: type, to: &key)
  }

  /// Whether a value can be part of a key.
  package static func check(
    _ value: borrowing ValueView, as type: KeyType, limitBytes: Int
  ) throws(KeyError) {
    guard value.type == type.attributeType else {
      throw .typeMismatch(expected: type.attributeType, actual: value.type)
    }
    guard type != .number else { return }
    let bytes = value.payload.byteCount
    if bytes == 0 { throw .empty }
    if bytes > limitBytes { throw .tooLong(bytes: bytes, limitBytes: limitBytes) }
  }

  /// Appends the part that a value's payload makes; the payload is one that ``check(_:as:limitBytes:)``
  /// passed.
  package static func appendPart(_ payload: RawSpan, as type: KeyType, to key: inout KeyBuffer) {
    if type == .number {
      key.append(payload)
      return
    }
    // As nearly all of them are, without a 00 to escape.
    if firstZero(in: payload, from: 0) == payload.byteCount {
      return key.append(payload, ending: escape, terminator)
    }
    appendPrefix(payload, as: type, to: &key)
    key.append(escape)
    key.append(terminator)
  }

  /// Appends a part without its end: every value that begins with these bytes has a part that begins with
  /// this. For strings and binaries.
  package static func appendPrefix(_ payload: RawSpan, as type: KeyType, to key: inout KeyBuffer) {
    precondition(type != .number, "numbers have no prefixes")
    var start = 0
    while start < payload.byteCount {
      let zero = firstZero(in: payload, from: start)
      key.append(payload.extracting(start..<zero))
      guard zero < payload.byteCount else { return }
      key.append(escape)
      key.append(escapedZero)
      start = zero + 1
    }
  }

  /// Where the next 00 is; the end if there is none. Eight bytes a step.
  static func firstZero(in bytes: RawSpan, from start: Int) -> Int {
    var offset = start
    while offset + 8 <= bytes.byteCount {
      let word = bytes.word(at: offset)
      // Set in each byte's top bit where that byte is 0, and perhaps above one that is.
      let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
      if zeros != 0 { break }
      offset += 8
    }
    while offset < bytes.byteCount, bytes.byte(at: offset) != 0 { offset += 1 }
    return offset
  }
}

/// The place of a partition key among all: 64 bits that stay the same for ever, since stored keys begin with
/// them.
///
/// XXH64 of each value's bytes as they are, before escaping, seeded with the hash so far and the type, so
/// that the string "1" and the number 1 part, and several attributes make one hash.
package struct PartitionHash {
  package private(set) var value: UInt64 = 0

  package init() {}

  /// Takes in the next of the partition key's attributes.
  package mutating func combine(_ payload: RawSpan, as type: KeyType) {
    value = xxHash64(payload, seed: value ^ UInt64(ValueTag(type.attributeType).rawValue))
  }

  /// The hash of a partition key of one attribute.
  package static func of(_ payload: RawSpan, as type: KeyType) -> UInt64 {
    var hash = PartitionHash()
    hash.combine(payload, as: type)
    return hash.value
  }
}
