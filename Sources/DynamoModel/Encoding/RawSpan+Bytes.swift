/// Reading bytes out of a `RawSpan`. Every access is checked: bytes that lie about their length stop the
/// process, they never read beyond the span.
extension RawSpan {
  @inline(__always)
  func byte(at offset: Int) -> UInt8 {
    unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// Eight bytes as a big-endian integer, so that comparing two of them is comparing their bytes.
  @inline(__always)
  func word(at offset: Int) -> UInt64 {
    UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}

/// Orders two byte strings as `memcmp` does, a prefix before what it is a prefix of.
///
/// Eight bytes a step: names and keys are short, and the call into the C library costs more than they do.
///
/// - Returns: negative, zero or positive.
@inline(__always)
package func compareBytes(_ left: RawSpan, _ right: RawSpan) -> Int {
  let shared = min(left.byteCount, right.byteCount)
  var offset = 0
  while offset + 8 <= shared {
    let a = left.word(at: offset)
    let b = right.word(at: offset)
    if a != b { return a < b ? -1 : 1 }
    offset += 8
  }
  while offset < shared {
    let a = left.byte(at: offset)
    let b = right.byte(at: offset)
    if a != b { return a < b ? -1 : 1 }
    offset += 1
  }
  return left.byteCount - right.byteCount
}

/// Whether two byte strings are the same.
@inline(__always)
package func equalBytes(_ left: RawSpan, _ right: RawSpan) -> Bool {
  left.byteCount == right.byteCount && compareBytes(left, right) == 0
}
