/// Reading bytes out of a `RawSpan`. Every access is checked: bytes that lie about their length stop the
/// process, they never read beyond the span.
extension RawSpan {
  @inlinable @inline(__always)
  func byte(at offset: Int) -> UInt8 {
    unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// Eight bytes as a big-endian integer, so that comparing two of them is comparing their bytes.
  @inlinable @inline(__always)
  func word(at offset: Int) -> UInt64 {
    UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Four bytes as a big-endian integer.
  @inlinable @inline(__always)
  func halfWord(at offset: Int) -> UInt32 {
    UInt32(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}

/// Orders two byte strings as `memcmp` does, a prefix before what it is a prefix of.
///
/// Eight bytes a step: names and keys are short, and the call into the C library costs more than they do.
///
/// - Returns: negative, zero or positive.
@inlinable @inline(__always)
package func compareBytes(_ left: RawSpan, _ right: RawSpan) -> Int {
  let shared = min(left.byteCount, right.byteCount)
  guard shared >= 8 else { return compareFewBytes(left, right, shared) }
  var offset = 0
  while true {
    let a = left.word(at: offset)
    let b = right.word(at: offset)
    if a != b { return a < b ? -1 : 1 }
    if offset == shared - 8 { return left.byteCount - right.byteCount }
    // The last step overlaps what was found equal before.
    offset = min(offset + 8, shared - 8)
  }
}

/// The same for fewer than eight bytes in common.
@inlinable @inline(__always)
func compareFewBytes(_ left: RawSpan, _ right: RawSpan, _ shared: Int) -> Int {
  if shared >= 4 {
    let a = UInt64(left.halfWord(at: 0)) << 32 | UInt64(left.halfWord(at: shared - 4))
    let b = UInt64(right.halfWord(at: 0)) << 32 | UInt64(right.halfWord(at: shared - 4))
    if a != b { return a < b ? -1 : 1 }
  } else {
    for offset in 0..<shared {
      let a = left.byte(at: offset)
      let b = right.byte(at: offset)
      if a != b { return a < b ? -1 : 1 }
    }
  }
  return left.byteCount - right.byteCount
}

/// Whether two byte strings are the same.
@inlinable @inline(__always)
package func equalBytes(_ left: RawSpan, _ right: RawSpan) -> Bool {
  left.byteCount == right.byteCount && compareBytes(left, right) == 0
}
