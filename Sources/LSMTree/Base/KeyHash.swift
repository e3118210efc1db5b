/// A 64-bit hash of a user key, computed once per point read and used by the memtable's index and by every table's
/// Bloom filter. **On disk** (filters are built from it): it may change only with the table format's version.
///
/// Multiply-and-fold over 8-byte little-endian words, two at a time, the last one or two overlapping: about 4 ns for 31
/// bytes. It is not keyed: an adversary who chooses keys can slow point reads down to a skiplist search, not further.
package enum KeyHash {
  private static let k0: UInt64 = 0xa076_1d64_78bd_642f
  private static let k1: UInt64 = 0xe703_7ed1_a0b4_28db
  private static let k2: UInt64 = 0x8ebc_6af0_9c88_c6e3

  @inline(__always)
  private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  @inline(__always)
  private static func word(_ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always)
  package static func hash(_ base: UnsafeRawPointer, _ count: Int) -> UInt64 {
    var state = k0
    var a: UInt64 = 0
    var b: UInt64 = 0
    if count >= 8 {
      var offset = 0
      while count &- offset > 16 {
        state = fold(word(base, offset) ^ k1, word(base, offset &+ 8) ^ state)
        offset &+= 16
      }
      // Eight to sixteen bytes are left; the two words may overlap each other.
      a = count &- offset >= 8 ? word(base, offset) : word(base, count &- 8)
      b = word(base, count &- 8)
    } else {
      var offset = 0
      while offset < count {
        a = a << 8 | UInt64(base.load(fromByteOffset: offset, as: UInt8.self))
        offset &+= 1
      }
    }
    return fold(k2 ^ UInt64(truncatingIfNeeded: count), fold(a ^ k1, b ^ state))
  }

  @inline(__always)
  package static func hash(_ key: RawSpan) -> UInt64 {
    key.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else {
        return withUnsafeBytes(of: UInt64(0)) { hash($0.baseAddress!, 0) }
      }
      return hash(base, bytes.count)
    }
  }

  package static func hash(_ key: [UInt8]) -> UInt64 { hash(key.span.bytes) }
}
