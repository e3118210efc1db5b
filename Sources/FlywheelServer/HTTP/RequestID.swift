import NIOCore

/// Makes the values of `x-amzn-RequestId`: 52 characters of the digits and `A`–`V`.
///
/// The service's own end in the same 26 characters and vary in the 26 before them, so ours do too: tools
/// that recognise such an identifier recognise these. The generator is a plain xorshift64*, seeded by the
/// system: the identifiers must differ, they need not be hard to guess.
struct RequestIDGenerator {
  private var state: UInt64

  private static let constantTail: StaticString = "VV4KQNSO5AEMVJF66Q9ASUAAJG"
  private static let variableCount = 26
  private static let charactersPerWord = 12

  init(seed: UInt64) {
    state = seed | 1
  }

  /// Appends the next identifier to `buffer`: 52 bytes.
  mutating func writeNext(to buffer: inout ByteBuffer) {
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.variableCount) { destination in
      var word: UInt64 = 0
      for index in 0..<Self.variableCount {
        if index % Self.charactersPerWord == 0 { word = nextWord() }
        let digit = UInt8(truncatingIfNeeded: word & 31)
        destination[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10
        word >>= 5
      }
      return Self.variableCount
    }
    buffer.writeStaticString(Self.constantTail)
  }

  private mutating func nextWord() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return (state &* 0x2545_F491_4F6C_DD1D) >> 4
  }
}
