/// Unsigned numbers in as few bytes as they need: seven bits a byte, least significant first, the top bit set on
/// all but the last.
package enum Varint {
  /// The most bytes a varint takes.
  package static let bytesMax = 10

  @inline(__always)
  package static func byteCount(_ value: UInt64) -> Int {
    // One byte for each seven bits; zero takes one.
    (70 &- (value | 1).leadingZeroBitCount) / 7
  }

  /// Writes `value` at `target`, which has room for it, and returns the number of bytes written.
  @inline(__always)
  package static func write(_ value: UInt64, to target: UnsafeMutableRawPointer) -> Int {
    var rest = value
    var offset = 0
    while rest >= 0x80 {
      target.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: offset, as: UInt8.self)
      rest >>= 7
      offset &+= 1
    }
    target.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: offset, as: UInt8.self)
    return offset &+ 1
  }

  package static func append(_ value: UInt64, to buffer: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      buffer.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    buffer.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Reads the varint at `offset` and moves `offset` behind it. Nil when it does not end before `count` or does not
  /// fit 64 bits.
  @inline(__always)
  package static func read(_ base: UnsafeRawPointer, _ count: Int, at offset: inout Int) -> UInt64? {
    guard offset < count else { return nil }
    let first = base.load(fromByteOffset: offset, as: UInt8.self)
    if first < 0x80 {
      offset &+= 1
      return UInt64(first)
    }
    return readLong(base, count, at: &offset)
  }

  package static func read(_ bytes: RawSpan, at offset: inout Int) -> UInt64? {
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return nil }
      return read(base, buffer.count, at: &offset)
    }
  }

  private static func readLong(_ base: UnsafeRawPointer, _ count: Int, at offset: inout Int) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while offset < count, shift < 64 {
      let byte = base.load(fromByteOffset: offset, as: UInt8.self)
      offset &+= 1
      if shift == 63, byte > 1 { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift &+= 7
    }
    return nil
  }
}
