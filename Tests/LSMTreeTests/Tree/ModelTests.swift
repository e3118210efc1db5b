import LSMTree
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Random histories against a dictionary. What a history does and with which options it runs follow from its seed.
@Suite struct ModelTests {
  static let isLong = getenv("FLYWHEEL_LONG") != nil
  static let seeds: [UInt64] = isLong ? Array(1...20) : Array(1...6)
  static let stepsPerSeed = isLong ? 50_000 : 8_000

  @Test(arguments: seeds)
  func historyMatchesModel(seed: UInt64) throws {
    var history = try ModelHistory(seed: seed, fileSystem: MemoryFileSystem())
    for step in 0..<Self.stepsPerSeed {
      try history.step(step)
    }
    try history.finish()
  }

  @Test func historyMatchesModelInMemory() throws {
    var history = try ModelHistory(seed: 77, fileSystem: nil)
    for step in 0..<Self.stepsPerSeed { try history.step(step) }
    try history.finish()
  }
}

/// One history: a tree, what it should hold, and what its snapshots should hold.
struct ModelHistory {
  private typealias Content = [[UInt8]: [UInt8]]

  private let seed: UInt64
  private var random: SeededGenerator
  private let fileSystem: MemoryFileSystem?
  private var tree: Tree
  private var model: Content = [:]
  private var snapshots: [(snapshot: Snapshot, content: Content)] = []
  private let keys: [[UInt8]]
  private let valueBytesMax: Int
  private let cipher: ToyCiphers?

  init(seed: UInt64, fileSystem: MemoryFileSystem?) throws {
    var random = SeededGenerator(seed: seed)
    var options = TreeOptions.random(&random)
    cipher = seed % 2 == 0 ? ToyCiphers() : nil
    options.cipher = cipher
    self.seed = seed
    self.fileSystem = fileSystem
    valueBytesMax = [20, 200, 2000][random.below(3)]
    keys = Self.keys([50, 300, 2000][random.below(3)], &random)
    tree =
      try fileSystem.map { try Tree.open("/model", options: options, fileSystem: $0) }
      ?? .inMemory(options: options)
    self.random = random
  }

  /// Short keys over few letters: many are prefixes of others, and one is empty.
  private static func keys(_ count: Int, _ random: inout SeededGenerator) -> [[UInt8]] {
    var keys: Set<[UInt8]> = [[]]
    while keys.count < count {
      var key: [UInt8] = []
      for _ in 0..<random.below(12) { key.append([0, 1, 97, 98, 254, 255][random.below(6)]) }
      keys.insert(key)
    }
    return keys.sorted { $0.lexicographicallyPrecedes($1) }
  }

  // MARK: Steps

  mutating func step(_ step: Int) throws {
    switch random.below(1000) {
    case ..<700: try write(step)
    case ..<900: try read(step)
    case ..<940: try checkRange(tree.appliedView(), model, step)
    case ..<960: try snapshot(step)
    case ..<985: try readSnapshot(step)
    case ..<992: try tree.flush()
    case ..<993: try tree.compact(from: key(), to: nil)
    case ..<994: try excise()
    case ..<995: try ingest(step)
    case ..<996: try checkAll(tree.appliedView(), model, step)
    case ..<997: try reopen(step)
    default: try tree.waitUntilDurable(tree.appliedSequence)
    }
  }

  mutating func finish() throws {
    try checkAll(tree.appliedView(), model, -1)
    snapshots = []
    try tree.flush()
    try tree.compact()
    try checkAll(tree.view(), model, -2)
    _ = try tree.verify()
    try tree.close()
  }

  private mutating func key() -> [UInt8] { keys[random.below(keys.count)] }

  /// Two tables whose keys lie side by side, from one place in the order or from all over it.
  private mutating func ingest(_ step: Int) throws {
    guard let fileSystem else { return }
    let start = random.below(keys.count)
    let chosen =
      random.below(2) == 0
      ? Array(keys[start..<min(keys.count, start + 1 + random.below(30))])
      : Set((0..<(1 + random.below(40))).map { _ in key() }).sorted { $0.lexicographicallyPrecedes($1) }
    let cut = random.below(chosen.count)
    var paths: [String] = []
    for part in [chosen.prefix(cut), chosen.suffix(chosen.count - cut)] where !part.isEmpty {
      paths.append("/built \(step) \(paths.count)")
      var builder = try TableBuilder(paths[paths.count - 1], fileSystem: fileSystem)
      for key in part {
        if random.below(5) == 0 {
          try builder.delete(key)
          model[key] = nil
        } else {
          let value = random.bytes(random.below(valueBytesMax))
          try builder.put(key, value)
          model[key] = value
        }
      }
      _ = try builder.finish()
    }
    let before = tree.appliedSequence
    #expect(try tree.ingest(paths, verify: random.below(2) == 0) == before + 1)
    #expect(tree.durableSequence == before + 1)
    for path in paths { try fileSystem.remove(path) }
  }

  private mutating func excise() throws {
    let lower = key()
    let upper = keys[min(keys.count - 1, (keys.firstIndex(of: lower) ?? 0) + random.below(keys.count / 4))]
    try tree.excise(from: lower, to: upper)
    model = model.filter {
      $0.key.lexicographicallyPrecedes(lower) || !$0.key.lexicographicallyPrecedes(upper)
    }
  }

  private mutating func write(_ step: Int) throws {
    var batch = WriteBatch()
    let before = tree.appliedSequence
    // One in sixty is large beside a small memtable.
    let entries = random.below(60) == 0 ? 600 : random.below(4) == 0 ? 1 + random.below(20) : 1
    for _ in 0..<entries {
      switch random.below(100) {
      case ..<70:
        let key = key()
        let value = random.bytes(random.below(valueBytesMax))
        batch.put(key, value)
        model[key] = value
      case ..<97:
        let key = key()
        batch.delete(key)
        model[key] = nil
      default:
        let lower = key()
        let upper =
          random.below(3) == 0
          ? key() : keys[min(keys.count - 1, (keys.firstIndex(of: lower) ?? 0) + random.below(8))]
        batch.deleteRange(from: lower, to: upper)
        for key in model.keys
        where !key.lexicographicallyPrecedes(lower) && key.lexicographicallyPrecedes(upper) {
          model[key] = nil
        }
      }
    }
    let sequence = try tree.commit(batch)
    #expect(sequence == before + UInt64(batch.count), "seed \(seed) step \(step)")
    if random.below(3) == 0 { try tree.waitUntilDurable(sequence) }
  }

  private mutating func read(_ step: Int) throws {
    let view = tree.appliedView()
    for _ in 0..<3 {
      let key = key()
      let value = try tree.bytes(key, in: view)
      #expect(value == model[key], "seed \(seed) step \(step) key \(key)")
    }
  }

  private mutating func snapshot(_ step: Int) throws {
    if snapshots.count >= 4 { snapshots.remove(at: random.below(snapshots.count)) }
    try tree.waitUntilDurable(tree.appliedSequence)
    snapshots.append((tree.snapshot(), model))
  }

  private mutating func readSnapshot(_ step: Int) throws {
    guard !snapshots.isEmpty else { return }
    let (snapshot, content) = snapshots[random.below(snapshots.count)]
    let key = key()
    let value = try tree.bytes(key, in: snapshot.view())
    #expect(value == content[key], "seed \(seed) step \(step) key \(key) at \(snapshot.sequence)")
    try checkRange(snapshot.view(), content, step)
  }

  private mutating func reopen(_ step: Int) throws {
    guard let fileSystem else { return }
    snapshots = []
    try tree.close()
    var options = TreeOptions.random(&random)
    options.cipher = cipher
    tree = try Tree.open("/model", options: options, fileSystem: fileSystem)
    try checkAll(tree.view(), model, step)
  }

  // MARK: Cursors

  private mutating func checkAll(_ view: consuming ReadView, _ content: Content, _ step: Int) throws {
    let expected = content.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    var cursor = try tree.cursor(in: view)
    var found: [(key: [UInt8], value: [UInt8])] = []
    try cursor.seekToFirst()
    while cursor.isValid {
      found.append((Array(cursor.key), Array(cursor.value)))
      try cursor.next()
    }
    #expect(found.map(\.key) == expected.map(\.key), "seed \(seed) step \(step)")
    #expect(found.map(\.value) == expected.map(\.value), "seed \(seed) step \(step)")
    found = []
    try cursor.seekToLast()
    while cursor.isValid {
      found.append((Array(cursor.key), Array(cursor.value)))
      try cursor.previous()
    }
    #expect(found.reversed().map(\.key) == expected.map(\.key), "seed \(seed) step \(step) backward")
    #expect(found.reversed().map(\.value) == expected.map(\.value), "seed \(seed) step \(step) backward")
  }

  /// A walk at random within random bounds.
  private mutating func checkRange(_ view: consuming ReadView, _ content: Content, _ step: Int) throws {
    let lower = random.below(4) == 0 ? [] : key()
    let upper: [UInt8]? = random.below(4) == 0 ? nil : key()
    let expected = content.filter { entry in
      !entry.key.lexicographicallyPrecedes(lower)
        && upper.map { entry.key.lexicographicallyPrecedes($0) } ?? true
    }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    var cursor = try tree.cursor(in: view, from: lower, to: upper)
    var place: Int
    let target = key()
    switch random.below(4) {
    case 0:
      try cursor.seekToFirst()
      place = 0
    case 1:
      try cursor.seekToLast()
      place = expected.count - 1
    case 2:
      try cursor.seek(target.span.bytes)
      place = expected.firstIndex { !$0.key.lexicographicallyPrecedes(target) } ?? expected.count
    default:
      try cursor.seekForPrevious(target.span.bytes)
      place = expected.lastIndex { !target.lexicographicallyPrecedes($0.key) } ?? -1
    }
    for _ in 0..<random.below(30) {
      guard expected.indices.contains(place) else { break }
      guard cursor.isValid else {
        Issue.record("seed \(seed) step \(step): the cursor has ended")
        return
      }
      #expect(Array(cursor.key) == expected[place].key, "seed \(seed) step \(step)")
      #expect(Array(cursor.value) == expected[place].value, "seed \(seed) step \(step)")
      if random.below(3) == 0 {
        try cursor.previous()
        place -= 1
      } else {
        try cursor.next()
        place += 1
      }
    }
    let isValid = cursor.isValid
    #expect(isValid == expected.indices.contains(place), "seed \(seed) step \(step)")
  }
}

extension TreeOptions {
  /// Small limits, so that a short history meets all of them.
  static func random(_ random: inout SeededGenerator) -> TreeOptions {
    var options = TreeOptions()
    options.durability = [.fsync, .interval(milliseconds: 1), .none][random.below(3)]
    options.memtableBytesMax = (64 << 10) << random.below(4)
    options.memtablesSealedMax = 1 + random.below(3)
    options.logSegmentBytes = (64 << 10) << random.below(3)
    options.logSegmentsRecycledMax = random.below(3)
    options.blockBytes = (1 << 10) << random.below(4)
    options.compression = random.below(2) == 0 ? .lz4 : .none
    options.bloomBitsPerKey = random.below(2) * 10
    options.filterPrefixBytes = random.below(4)
    options.tableBytesMax = (16 << 10) << random.below(4)
    options.levelBaseBytesMax = (64 << 10) << random.below(3)
    options.levelSizeRatio = 2 + random.below(9)
    options.l0CompactionSublevels = 1 + random.below(4)
    options.blockCacheBytesMax = [0, 64 << 10, 8 << 20][random.below(3)]
    options.openFilesMax = 16
    options.backgroundThreads = 1 + random.below(2)
    options.valueFileThresholdBytes = [0, 32, 100, 1000][random.below(4)]
    options.valueFileBytesMax = (64 << 10) << random.below(4)
    options.valueFileGarbagePercentMax = [1, 20, 50, 100][random.below(4)]
    return options
  }
}
