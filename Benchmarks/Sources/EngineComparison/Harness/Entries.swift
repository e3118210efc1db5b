/// Marsaglia's xorshift64: three shifts a number, so that choosing a key costs nothing beside reading it.
struct Xorshift {
  private var state: UInt64

  init(seed: Int) {
    state = (UInt64(truncatingIfNeeded: seed) &+ 1) &* 0x9E37_79B9_7F4A_7C15
  }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  /// From 0 up to, not including, `bound`.
  mutating func next(below bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}

/// The numbers below `count`, each once, in an order that looks like none: bits are mixed within the next power of two, and what
/// falls outside is mixed again.
struct Shuffle: Sendable {
  private let count: UInt64
  private let mask: UInt64
  private let shift: UInt64

  init(count: Int) {
    self.count = UInt64(count)
    let bits = UInt64.bitWidth - UInt64(max(count - 1, 1)).leadingZeroBitCount
    mask = ~0 >> UInt64(UInt64.bitWidth - bits)
    shift = UInt64(bits + 1) / 2
  }

  subscript(_ number: Int) -> Int {
    var value = UInt64(truncatingIfNeeded: number)
    repeat {
      value = value &* 0x9E37_79B9_7F4A_7C15 & mask
      value ^= value >> shift
      value = value &* 0xD6E8_FEB8_6659_FD93 & mask
      value ^= value >> shift
    } while value >= count
    return Int(value)
  }
}

/// The key of one thread: sixteen bytes, its number first, so that keys are in the order of their numbers.
struct Key {
  static let byteCount = 16
  let bytes: Bytes
  private let words: UnsafeMutablePointer<UInt64>

  /// Lives as long as the program: a thread has one.
  init() {
    words = .allocate(capacity: 2)
    bytes = Bytes(start: words, count: Self.byteCount)
    set(0)
  }

  /// Key `number`; or, absent, one that lies right behind it and was never written.
  func set(_ number: Int, isAbsent: Bool = false) {
    let word = UInt64(truncatingIfNeeded: number)
    words[0] = word.bigEndian
    words[1] = ((word &* 0x9E37_79B9_7F4A_7C15) & ~1 | (isAbsent ? 1 : 0)).bigEndian
  }
}

/// Values, cut from one pool of bytes of which every other 50 repeat the 50 before. Each begins at such a pair, so that it
/// compresses to about half.
struct Values: @unchecked Sendable {
  // Sendable: the pool is never written after `init`.
  private static let pieceBytes = 50
  private static let poolBytes = 2 << 20
  private let pool: UnsafeMutableRawPointer
  let byteCount: Int

  init(byteCount: Int) {
    self.byteCount = byteCount
    pool = .allocate(byteCount: Self.poolBytes, alignment: 16)
    var random = Xorshift(seed: 7)
    for offset in 0..<Self.poolBytes {
      let isRepeated = offset / Self.pieceBytes % 2 == 1
      let byte =
        isRepeated
        ? pool.load(fromByteOffset: offset - Self.pieceBytes, as: UInt8.self)
        : UInt8(truncatingIfNeeded: random.next() >> 32)
      pool.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
    }
  }

  func free() { pool.deallocate() }

  func next(_ random: inout Xorshift) -> Bytes {
    let pairBytes = 2 * Self.pieceBytes
    let pair = random.next(below: (Self.poolBytes - byteCount) / pairBytes)
    return Bytes(start: pool + pair * pairBytes, count: byteCount)
  }
}
