/// Lengths and counts: seven bits a byte, least significant first, the top bit saying that more follow.
///
/// At most five bytes and never longer than needed, so that equal values have equal bytes.
package enum Varint {
  /// The most bytes a length takes.
  @inlinable package static var bytesMax: Int { 5 }

  /// How many bytes `value` takes.
  @inlinable @inline(__always)
  package static func byteCount(_ value: Int) -> Int {
    if value < 1 << 7 { return 1 }
    if value < 1 << 14 { return 2 }
    if value < 1 << 21 { return 3 }
    if value < 1 << 28 { return 4 }
    return 5
  }
}

extension RawSpan {
  /// Reads the length at `offset` and moves `offset` behind it.
  @inlinable @inline(__always)
  func varint(at offset: inout Int) -> Int {
    let first = byte(at: offset)
    offset += 1
    if first < 0x80 { return Int(first) }
    return longVarint(first, &offset)
  }

  /// Most lengths above 127 take two bytes.
  @inlinable @inline(__always)
  func longVarint(_ first: UInt8, _ offset: inout Int) -> Int {
    let second = byte(at: offset)
    if second < 0x80 {
      offset += 1
      return Int(first & 0x7F) | Int(second) << 7
    }
    return longestVarint(first, &offset)
  }

  @usableFromInline @inline(never)
  func longestVarint(_ first: UInt8, _ offset: inout Int) -> Int {
    var value = Int(first & 0x7F)
    var shift = 7
    while true {
      let next = byte(at: offset)
      offset += 1
      value |= Int(next & 0x7F) << shift
      if next < 0x80 { return value }
      shift += 7
      precondition(shift < 7 * Varint.bytesMax, "a length of more than \(Varint.bytesMax) bytes")
    }
  }
}

/// A position in bytes that are known to be well formed: written by an ``ItemBuilder``, or checked.
///
/// A read beyond the end stops the process, as any index out of bounds does.
@usableFromInline
struct ByteReader: ~Escapable {
  @usableFromInline let bytes: RawSpan
  @usableFromInline var offset: Int

  @_lifetime(copy bytes)
  @inlinable @inline(__always)
  init(_ bytes: RawSpan, at offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  @inlinable var isAtEnd: Bool {
    @inline(__always) get { offset >= bytes.byteCount }
  }

  @_lifetime(self: copy self)
  @inlinable @inline(__always)
  mutating func byte() -> UInt8 {
    let value = bytes.byte(at: offset)
    offset += 1
    return value
  }

  @_lifetime(self: copy self)
  @inlinable @inline(__always)
  mutating func varint() -> Int {
    bytes.varint(at: &offset)
  }

  /// The next `count` bytes.
  @_lifetime(copy self)
  @inlinable @inline(__always)
  mutating func take(_ count: Int) -> RawSpan {
    let taken = bytes.extracting(offset..<offset + count)
    offset += count
    return taken
  }

  /// Steps over the value that starts here.
  @_lifetime(self: copy self)
  @inlinable @inline(__always)
  mutating func skipValue() {
    if byte() >= ValueTag.number.rawValue {
      let length = varint()
      offset += length
    }
  }
}
