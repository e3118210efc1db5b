import DynamoModel

/// Finds bytes in bytes.
enum ByteSearch {
  /// Needles up to this are searched for by comparing at each place; the work per place is bounded by it.
  private static let shortNeedleBytesMax = 32

  /// Whether `needle` is somewhere in `haystack`. An empty needle is everywhere.
  ///
  /// Both come from clients and may have hundreds of kilobytes, so a long needle is searched for in time that is
  /// linear whatever the two hold (Knuth, Morris and Pratt).
  static func contains(_ needle: RawSpan, in haystack: RawSpan) -> Bool {
    guard needle.byteCount > 0 else { return true }
    guard needle.byteCount <= haystack.byteCount else { return false }
    return needle.byteCount <= shortNeedleBytesMax
      ? containsShort(needle, in: haystack) : containsLong(needle, in: haystack)
  }

  private static func containsShort(_ needle: RawSpan, in haystack: RawSpan) -> Bool {
    let first = byte(needle, 0)
    for start in 0...(haystack.byteCount - needle.byteCount) where byte(haystack, start) == first {
      if equalBytes(haystack.extracting(start..<start + needle.byteCount), needle) { return true }
    }
    return false
  }

  private static func containsLong(_ needle: RawSpan, in haystack: RawSpan) -> Bool {
    let fallback = fallbacks(of: needle)
    var matched = 0
    for offset in 0..<haystack.byteCount {
      let next = byte(haystack, offset)
      while matched > 0, byte(needle, matched) != next { matched = fallback[matched - 1] }
      if byte(needle, matched) == next { matched += 1 }
      if matched == needle.byteCount { return true }
    }
    return false
  }

  /// For each prefix of the needle, the length of the longest shorter prefix that it ends with.
  private static func fallbacks(of needle: RawSpan) -> [Int] {
    var fallback = [Int](repeating: 0, count: needle.byteCount)
    var matched = 0
    for offset in 1..<needle.byteCount {
      let next = byte(needle, offset)
      while matched > 0, byte(needle, matched) != next { matched = fallback[matched - 1] }
      if byte(needle, matched) == next { matched += 1 }
      fallback[offset] = matched
    }
    return fallback
  }

  @inline(__always)
  private static func byte(_ bytes: RawSpan, _ offset: Int) -> UInt8 {
    bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }
}
