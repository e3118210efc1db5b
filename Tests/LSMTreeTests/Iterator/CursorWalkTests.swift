import LSMTree
import Testing

/// Long random walks, both ways and turning round, over trees whose blocks hold everything that a step must mind: several
/// versions of a key, deletions, versions too new for the snapshot, other sources in the middle of a block or nowhere near it,
/// range deletions, bounds.
@Suite struct CursorWalkTests {
  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func walksShowWhatAModelHolds(seed: UInt64) throws {
    var history = try WalkHistory(seed: seed)
    for round in 0..<4 {
      try history.write(round)
      for snapshot in history.snapshots.indices {
        for _ in 0..<4 { try history.walk(snapshot) }
      }
    }
    try history.tree.close()
  }

  /// One run whose blocks nobody else has a say in, as after a load in order: all walks go through blocks.
  @Test(arguments: 11...14 as ClosedRange<UInt64>)
  func walksThroughOneRunShowAll(seed: UInt64) throws {
    var history = try WalkHistory(seed: seed)
    try history.load()
    for _ in 0..<20 { try history.walk(0) }
    try history.tree.close()
  }

  @Test func aTurnInEveryPlaceShowsTheNeighbour() throws {
    var history = try WalkHistory(seed: 15)
    try history.load()
    try history.turnEverywhere()
    try history.tree.close()
  }
}

private struct WalkHistory {
  typealias Content = [(key: [UInt8], value: [UInt8])]

  let seed: UInt64
  let tree: Tree
  private(set) var snapshots: [(snapshot: Snapshot, content: Content)] = []
  private var random: SeededGenerator
  private var model: [[UInt8]: [UInt8]] = [:]
  private let keys: [[UInt8]]

  init(seed: UInt64) throws {
    self.seed = seed
    random = SeededGenerator(seed: seed)
    var options = TreeOptions()
    options.durability = .none
    options.memtableBytesMax = 64 << 10
    options.blockBytes = (1 << 10) << random.below(3)
    options.compression = random.below(2) == 0 ? .lz4 : .none
    options.tableBytesMax = 16 << 10
    options.levelBaseBytesMax = 64 << 10
    options.blockCacheBytesMax = [0, 64 << 10, 8 << 20][random.below(3)]
    tree = try Tree.open("/walk", options: options, fileSystem: MemoryFileSystem())
    keys = Self.keys(&random)
  }

  /// Numbers in order, as most keys are; and short keys over few letters, of which many are prefixes of others.
  private static func keys(_ random: inout SeededGenerator) -> [[UInt8]] {
    var keys: Set<[UInt8]> = []
    if random.below(2) == 0 {
      for number in 0..<1_500 {
        let tail = random.bytes(random.below(6))
        keys.insert([7, 7, 7, UInt8(number >> 8), UInt8(number & 255)] + tail)
      }
    } else {
      keys.insert([])
      while keys.count < 1_200 {
        keys.insert((0..<random.below(14)).map { _ in [0, 1, 97, 255][random.below(4)] })
      }
    }
    return keys.sorted { $0.lexicographicallyPrecedes($1) }
  }

  // MARK: Writing

  mutating func load() throws {
    for key in keys { try put(key) }
    try tree.flush()
    try tree.compact()
    snapshot()
  }

  /// A round of writes, some of them flushed, some compacted, in narrow ranges or all over.
  mutating func write(_ round: Int) throws {
    for part in 0..<5 {
      let width = [20, 200, keys.count][random.below(3)]
      let start = random.below(max(1, keys.count - width))
      for _ in 0..<[50, 800][random.below(2)] {
        let key = keys[start + random.below(width)]
        switch random.below(20) {
        case ..<14: try put(key)
        case ..<19: try delete(key)
        default: if random.below(8) == 0 { try deleteRange(from: start) }
        }
      }
      if part == 2 { snapshot() }
      if random.below(2) == 0 { try tree.flush() }
    }
    if round % 2 == 0 { try tree.compact() }
    snapshot()
    if snapshots.count > 5 { snapshots.removeFirst(snapshots.count - 5) }
  }

  private mutating func put(_ key: [UInt8]) throws {
    var batch = WriteBatch()
    let value = random.bytes(random.below(40))
    batch.put(key, value)
    model[key] = value
    try tree.commit(batch)
  }

  private mutating func delete(_ key: [UInt8]) throws {
    var batch = WriteBatch()
    batch.delete(key)
    model[key] = nil
    try tree.commit(batch)
  }

  private mutating func deleteRange(from start: Int) throws {
    let end = min(keys.count - 1, start + random.below(60))
    var batch = WriteBatch()
    batch.deleteRange(from: keys[start], to: keys[end])
    for key in keys[start..<max(start, end)] { model[key] = nil }
    try tree.commit(batch)
  }

  private mutating func snapshot() {
    let content = model.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    snapshots.append((tree.snapshot(), content.map { (key: $0.key, value: $0.value) }))
  }

  // MARK: Walking

  mutating func walk(_ index: Int) throws {
    let (snapshot, all) = snapshots[index]
    let lower = random.below(2) == 0 ? [] : keys[random.below(keys.count)]
    let upper = random.below(2) == 0 ? nil : keys[random.below(keys.count)]
    let expected = all.filter { entry in
      !entry.key.lexicographicallyPrecedes(lower)
        && upper.map { entry.key.lexicographicallyPrecedes($0) } ?? true
    }
    var cursor = try tree.cursor(in: snapshot.view(), from: lower, to: upper)
    for _ in 0..<6 {
      var place = try seek(&cursor, expected)
      for _ in 0..<8 {
        let isForward = random.below(2) == 0
        for _ in 0..<[1, 3, 40, 400][random.below(4)] {
          guard expected.indices.contains(place) else { break }
          guard check(cursor, expected[place]) else { return }
          if isForward { try cursor.next() } else { try cursor.previous() }
          place += isForward ? 1 : -1
        }
      }
      let isValid = cursor.isValid
      #expect(isValid == expected.indices.contains(place), "seed \(seed)")
    }
  }

  /// Where the cursor should be then.
  private mutating func seek(_ cursor: inout TreeCursor, _ expected: Content) throws -> Int {
    let target = keys[random.below(keys.count)] + random.bytes(random.below(2))
    switch random.below(6) {
    case 0:
      try cursor.seekToFirst()
      return 0
    case 1:
      try cursor.seekToLast()
      return expected.count - 1
    case 2, 3:
      try cursor.seek(target.span.bytes)
      return expected.firstIndex { !$0.key.lexicographicallyPrecedes(target) } ?? expected.count
    default:
      try cursor.seekForPrevious(target.span.bytes)
      return expected.lastIndex { !target.lexicographicallyPrecedes($0.key) } ?? -1
    }
  }

  private func check(_ cursor: borrowing TreeCursor, _ expected: (key: [UInt8], value: [UInt8])) -> Bool {
    guard cursor.isValid else {
      Issue.record("seed \(seed): the cursor has ended before \(expected.key)")
      return false
    }
    let key = Array(cursor.key)
    let value = Array(cursor.value)
    #expect(key == expected.key, "seed \(seed)")
    #expect(value == expected.value, "seed \(seed), key \(key)")
    return key == expected.key && value == expected.value
  }

  /// Forward to each entry, and a step back and one on again from there; then the same the other way.
  mutating func turnEverywhere() throws {
    let (snapshot, expected) = snapshots[0]
    var cursor = try tree.cursor(in: snapshot.view())
    try cursor.seekToFirst()
    for place in expected.indices.dropFirst() {
      try cursor.next()
      try cursor.previous()
      guard check(cursor, expected[place - 1]) else { return }
      try cursor.next()
      guard check(cursor, expected[place]) else { return }
    }
    for place in expected.indices.dropLast().reversed() {
      try cursor.previous()
      try cursor.next()
      guard check(cursor, expected[place + 1]) else { return }
      try cursor.previous()
      guard check(cursor, expected[place]) else { return }
    }
  }
}
