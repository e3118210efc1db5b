/// Reads numbers and byte strings one after the other, none of them beyond the end. For metadata that is read once
/// when a file is opened; blocks are read in place.
struct ByteReader {
  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { offset == bytes.count }

  /// A varint, or nil.
  mutating func number() -> UInt64? {
    var next = offset
    let number = Varint.read(bytes.span.bytes, at: &next)
    offset = next
    return number
  }

  /// A varint that is at most `limit`, or nil.
  mutating func number(atMost limit: UInt64) -> UInt64? {
    guard let number = number(), number <= limit else { return nil }
    return number
  }

  /// A length and that many bytes, or nil.
  mutating func string() -> [UInt8]? {
    guard let count = number(), count <= UInt64(bytes.count - offset) else { return nil }
    defer { offset += Int(count) }
    return Array(bytes[offset..<offset + Int(count)])
  }
}
