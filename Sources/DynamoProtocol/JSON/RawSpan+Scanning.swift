/// Reading a body's bytes. Every access is checked: an offset that is wrong stops the process, it never
/// reads beyond the body.
extension RawSpan {
  @inline(__always)
  func byte(_ offset: Int) -> UInt8 {
    unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// Eight bytes as one little-endian word: the byte at `offset` is the lowest.
  @inline(__always)
  func word(_ offset: Int) -> UInt64 {
    UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}

extension RawSpan {
  /// The bytes from `offset` to the end, of which there are fewer than eight, as the low bytes of a word whose
  /// other bytes are zero.
  @inline(__always)
  func tailWord(from offset: Int) -> UInt64 {
    let count = byteCount - offset
    if count == 0 { return 0 }
    if byteCount >= 8 { return word(byteCount - 8) >> UInt64(8 * (8 - count)) }
    if count >= 4 {
      let low = UInt32(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
      let high = UInt32(littleEndian: unsafeLoadUnaligned(fromByteOffset: byteCount - 4, as: UInt32.self))
      return UInt64(low) | UInt64(high) << UInt64(8 * (count - 4))
    }
    // One to three bytes: the first, the middle and the last are all of them.
    let first = UInt64(byte(offset))
    let middle = UInt64(byte(offset + count >> 1)) << UInt64(8 * (count >> 1))
    return first | middle | UInt64(byte(byteCount - 1)) << UInt64(8 * (count - 1))
  }

  /// The bytes as text. They must be UTF-8, which the reader has checked for all it hands out.
  var text: String {
    withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether these are exactly the bytes of `other`.
  @inline(__always)
  func isEqual(to other: RawSpan) -> Bool {
    guard byteCount == other.byteCount else { return false }
    var offset = 0
    while offset + 8 <= byteCount {
      guard word(offset) == other.word(offset) else { return false }
      offset += 8
    }
    while offset < byteCount {
      guard byte(offset) == other.byte(offset) else { return false }
      offset += 1
    }
    return true
  }
}

/// Tests eight bytes at a time for those that end a plain run of text.
enum TextScan {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// Marks, by the high bit of each byte, what a text in JSON can't have as it is: a quote, a backslash, a control
  /// character. Only the lowest mark is to be believed; zero is exact.
  @inline(__always)
  static func escaped(in word: UInt64) -> UInt64 {
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let quoteHit = (quote &- ones) & ~quote
    let backslashHit = (backslash &- ones) & ~backslash
    let controlHit = (word &- (ones &* 0x20)) & ~word
    return (quoteHit | backslashHit | controlHit) & highs
  }

  /// Whether any byte of two words is one of those. By the same arithmetic on both at once: comparisons of sixteen bytes are
  /// taken apart by this compiler into sixteen.
  @inline(__always)
  static func needsEscapes(_ words: SIMD2<UInt64>) -> Bool {
    let ones = SIMD2(repeating: Self.ones)
    let quote = words ^ SIMD2(repeating: Self.ones &* 0x22)
    let backslash = words ^ SIMD2(repeating: Self.ones &* 0x5C)
    let quoteHit = (quote &- ones) & ~quote
    let backslashHit = (backslash &- ones) & ~backslash
    let controlHit = (words &- SIMD2(repeating: Self.ones &* 0x20)) & ~words
    let hits = quoteHit | backslashHit | controlHit
    return (hits[0] | hits[1]) & highs != 0
  }

  /// Marks, by the high bit of each byte, what is not plain text: a quote, a backslash, a control character
  /// or a byte of a longer UTF-8 sequence. Borrows may mark a byte above a marked one wrongly, so only
  /// the lowest mark is to be believed; zero is exact.
  @inline(__always)
  static func specials(in word: UInt64) -> UInt64 {
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let quoteHit = (quote &- ones) & ~quote
    let backslashHit = (backslash &- ones) & ~backslash
    let controlHit = (word &- (ones &* 0x20)) & ~word
    return (quoteHit | backslashHit | controlHit | word) & highs
  }
}
