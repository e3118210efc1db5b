/// Order of keys: bytes as unsigned numbers, a prefix before what it prefixes.
///
/// Eight bytes at a time, big-endian, so that one compare of two words is a compare of eight bytes. For keys of
/// 20–60 bytes, which is what the engine holds, this is faster than calling `memcmp` (no call, no dispatch on
/// length). The tail of less than eight bytes is one word as well, loaded so that it overlaps bytes
/// already known to be equal.
package enum KeyOrder {
  /// Negative, zero or positive as `left` is before, equal to or after `right`.
  @inline(__always)
  package static func compare(
    _ left: UnsafeRawPointer, _ leftCount: Int, _ right: UnsafeRawPointer, _ rightCount: Int
  ) -> Int {
    let shared = leftCount < rightCount ? leftCount : rightCount
    if shared >= 8 {
      var offset = 0
      let lastWord = shared &- 8
      while offset < lastWord {
        let l = word(left, offset)
        let r = word(right, offset)
        if l != r { return l < r ? -1 : 1 }
        offset &+= 8
      }
      let l = word(left, lastWord)
      let r = word(right, lastWord)
      if l != r { return l < r ? -1 : 1 }
    } else {
      var offset = 0
      while offset < shared {
        let l = left.load(fromByteOffset: offset, as: UInt8.self)
        let r = right.load(fromByteOffset: offset, as: UInt8.self)
        if l != r { return l < r ? -1 : 1 }
        offset &+= 1
      }
    }
    return leftCount &- rightCount
  }

  @inline(__always)
  package static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    guard let l = left.baseAddress, let r = right.baseAddress else { return left.count &- right.count }
    return compare(l, left.count, r, right.count)
  }

  @inline(__always)
  package static func compare(_ left: RawSpan, _ right: RawSpan) -> Int {
    left.withUnsafeBytes { l in right.withUnsafeBytes { r in compare(l, r) } }
  }

  package static func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
    compare(left.span.bytes, right.span.bytes)
  }

  /// Order of internal keys: user key ascending, then newest first. Both have at least the eight bytes of a trailer.
  @inline(__always)
  package static func compareInternal(
    _ left: UnsafeRawPointer, _ leftCount: Int, _ right: UnsafeRawPointer, _ rightCount: Int
  ) -> Int {
    let leftUser = leftCount &- InternalKey.trailerBytes
    let rightUser = rightCount &- InternalKey.trailerBytes
    let order = compare(left, leftUser, right, rightUser)
    if order != 0 { return order }
    let l = word(left, leftUser)
    let r = word(right, rightUser)
    return l == r ? 0 : (l < r ? -1 : 1)
  }

  @inline(__always)
  package static func compareInternal(_ left: RawSpan, _ right: RawSpan) -> Int {
    left.withUnsafeBytes { l in
      right.withUnsafeBytes { r in
        compareInternal(l.baseAddress!, l.count, r.baseAddress!, r.count)
      }
    }
  }

  package static func compareInternal(_ left: [UInt8], _ right: [UInt8]) -> Int {
    compareInternal(left.span.bytes, right.span.bytes)
  }

  @inline(__always)
  static func word(_ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    UInt64(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
