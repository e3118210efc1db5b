/// What is done to a tree, without a word on how the tree is set up: so that it can be done to many.
///
/// Keys are named by their place in `keys`, which is sorted.
struct History {
  enum Write {
    case put(key: Int, value: [UInt8])
    case delete(key: Int)
    case deleteRange(from: Int, to: Int)
  }

  enum Start {
    case first, last
    case seek(Int)
    case seekForPrevious(Int)
  }

  /// A walk of a cursor within bounds; nil is without end. True is a step forward.
  struct Walk {
    var lower: Int?
    var upper: Int?
    var start: Start
    var moves: [Bool]
  }

  enum Step {
    case write([Write], isAwaited: Bool)
    case get([Int])
    case walk(Walk)
    case readAll(isReverse: Bool)
    case takeSnapshot(slot: Int)
    case readSnapshot(slot: Int, key: Int, Walk)
    case dropSnapshot(slot: Int)
    /// A cursor that stays where it is while other things are done, and then goes on in the state that it began in.
    case openCursor(at: Int)
    case moveCursor([Bool])
    case flush
    case compact(from: Int?, to: Int?)
    case excise(from: Int, to: Int)
    /// Puts that come as a table built elsewhere, ascending.
    case ingest([(key: Int, value: [UInt8])])
    /// Copies the tree and reads all of the copy.
    case checkpoint
    /// Closes the tree and opens it again; snapshots and the cursor are gone.
    case reopen
  }

  static let snapshotSlots = 3
  let keys: [[UInt8]]
  var steps: [Step]
}

// MARK: Making one

extension History {
  init(seed: UInt64, stepCount: Int) {
    var random = SeededGenerator(seed: seed)
    let keys = Self.keys([60, 300, 1000][random.below(3)], &random)
    let valueBytesMax = [30, 300, 3000][random.below(3)]
    self.keys = keys
    steps = (0..<stepCount).map { _ in Self.step(keyCount: keys.count, valueBytesMax, &random) }
  }

  /// Short keys over few letters, of which many are prefixes of others and one is empty, and longer ones that share much.
  private static func keys(_ count: Int, _ random: inout SeededGenerator) -> [[UInt8]] {
    var keys: Set<[UInt8]> = [[]]
    while keys.count < count {
      var key: [UInt8] =
        random.below(3) == 0 ? Array("table \(random.below(3)) / partition \(random.below(9)) / ".utf8) : []
      for _ in 0..<random.below(12) { key.append([0, 1, 97, 98, 254, 255][random.below(6)]) }
      keys.insert(key)
    }
    return keys.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private static func step(
    keyCount: Int, _ valueBytesMax: Int, _ random: inout SeededGenerator
  ) -> Step {
    func key(_ random: inout SeededGenerator) -> Int { random.below(keyCount) }
    switch random.below(1000) {
    case ..<620:
      // Now and then more than the smallest memtable takes.
      let count = random.below(100) == 0 ? 400 : random.below(4) == 0 ? 1 + random.below(20) : 1
      let writes = (0..<count).map { _ in write(keyCount, valueBytesMax, &random) }
      return .write(writes, isAwaited: random.below(3) == 0)
    case ..<780: return .get((0..<3).map { _ in key(&random) })
    case ..<850: return .walk(walk(keyCount, &random))
    case ..<860: return .readAll(isReverse: random.below(2) == 0)
    case ..<880: return .takeSnapshot(slot: random.below(snapshotSlots))
    case ..<920:
      return .readSnapshot(slot: random.below(snapshotSlots), key: key(&random), walk(keyCount, &random))
    case ..<930: return .dropSnapshot(slot: random.below(snapshotSlots))
    case ..<940: return .openCursor(at: key(&random))
    case ..<970: return .moveCursor(moves(&random))
    case ..<980: return .flush
    case ..<986:
      return .compact(
        from: random.below(2) == 0 ? nil : key(&random), to: random.below(2) == 0 ? nil : key(&random))
    case ..<990:
      let lower = key(&random)
      return .excise(from: lower, to: min(keyCount - 1, lower + random.below(keyCount / 4)))
    case ..<992:
      let first = random.below(keyCount)
      let chosen = (first..<min(keyCount, first + 1 + random.below(40))).filter { _ in random.below(2) == 0 }
      return .ingest(chosen.map { ($0, value(random.below(valueBytesMax), &random)) })
    case ..<993: return .checkpoint
    default: return .reopen
    }
  }

  private static func write(_ keyCount: Int, _ valueBytesMax: Int, _ random: inout SeededGenerator) -> Write {
    switch random.below(100) {
    case ..<70:
      // Most are small; some are what a tree may keep apart from their keys.
      let bytes = random.below(50) == 0 ? 2000 + random.below(8000) : random.below(valueBytesMax)
      return .put(key: random.below(keyCount), value: value(bytes, &random))
    case ..<97: return .delete(key: random.below(keyCount))
    default:
      let lower = random.below(keyCount)
      return .deleteRange(
        from: lower,
        to: random.below(3) == 0 ? random.below(keyCount) : min(keyCount - 1, lower + random.below(8)))
    }
  }

  /// Half noise, half repetition, so that it compresses.
  private static func value(_ byteCount: Int, _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = random.bytes(byteCount / 2)
    bytes += [UInt8](repeating: UInt8(random.below(256)), count: byteCount - byteCount / 2)
    return bytes
  }

  private static func walk(_ keyCount: Int, _ random: inout SeededGenerator) -> Walk {
    let start: Start =
      switch random.below(4) {
      case 0: .first
      case 1: .last
      case 2: .seek(random.below(keyCount))
      default: .seekForPrevious(random.below(keyCount))
      }
    return Walk(
      lower: random.below(4) == 0 ? nil : random.below(keyCount),
      upper: random.below(4) == 0 ? nil : random.below(keyCount), start: start, moves: moves(&random))
  }

  private static func moves(_ random: inout SeededGenerator) -> [Bool] {
    let isMostlyForward = random.below(2) == 0
    return (0..<random.below(30)).map { _ in random.below(5) == 0 ? !isMostlyForward : isMostlyForward }
  }
}

// MARK: Answers

/// What a step showed: entries in the order in which they were seen, as a digest. Two that are equal showed the same.
struct Answer: Equatable, CustomStringConvertible {
  private(set) var count = 0
  private var digest: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ key: [UInt8], _ value: [UInt8]?) {
    count += 1
    mix(UInt64(key.count))
    for byte in key { mix(UInt64(byte)) }
    mix(value.map { UInt64($0.count) } ?? .max)
    for byte in value ?? [] { mix(UInt64(byte)) }
  }

  /// The cursor is at no entry.
  mutating func addEnd() { mix(.max - 1) }

  /// FNV-1a, a word at a time.
  private mutating func mix(_ word: UInt64) { digest = (digest ^ word) &* 0x0000_0100_0000_01B3 }

  var description: String { "\(count) entries, digest \(String(digest, radix: 16))" }
}
