import LSMTree

/// Writes a small tree that has something of everything its release knows, and knows what it holds.
///
/// Sessions one to three leave tables, each with other options; two more what came with version 2, value files and
/// tables that share a file or came from outside; three leave what is only in the log, a segment each; then the
/// version set is opened alone, and moves tables to levels where so little data would not go by itself, an edit of
/// the manifest each. A release whose files can hold more adds a session for it.
struct FixtureHistory {
  let fileSystem = MemoryFileSystem()
  private var model: [[UInt8]: [UInt8]] = [:]
  private var random = SeededGenerator(seed: 1)

  private static let directory = "/tree"

  /// The tree's directory is `/tree` of `fileSystem` when this is done.
  mutating func run() throws {
    try writeTwoIndexLevels()
    try writeOverwrites()
    try writeTopLevel()
    try writeLargeValues()
    try writeParts()
    try writeUnflushed()
    try moveDown()
  }

  /// What the tree should answer.
  var expected: String {
    let absent = ["", "a", "key 0", "key 0201", "key 9999", "two levels", "unflushed 99", "zzz"]
    let asked =
      absent.map { Array($0.utf8) } + sortedKeys.enumerated().filter { $0.offset % 29 == 0 }.map(\.element)
    return FixtureText.text(
      gets: asked.map { ($0, model[$0]) }, scan: sortedKeys.map { ($0, model[$0]!) })
  }

  private var sortedKeys: [[UInt8]] { model.keys.sorted { $0.lexicographicallyPrecedes($1) } }

  private static func options(_ change: (inout TreeOptions) -> Void = { _ in }) -> TreeOptions {
    var options = TreeOptions()
    options.durability = .none
    options.now = { 1_700_000_000 }
    options.blockBytes = 1 << 10
    options.memtableBytesMax = 1 << 20
    options.logSegmentBytes = 64 << 10
    options.logSegmentsRecycledMax = 0
    options.l0CompactionSublevels = 100
    options.l0SlowdownSublevelsMax = 100
    options.l0StopSublevelsMax = 100
    options.idleMilliseconds = 0
    change(&options)
    return options
  }

  private func open(_ options: TreeOptions) throws -> Tree {
    try Tree.open(Self.directory, options: options, fileSystem: fileSystem)
  }

  // MARK: Sessions

  /// LZ4 and Bloom filters. Keys of 3,000 bytes have a block each, and make the index need two levels.
  private mutating func writeTwoIndexLevels() throws {
    let tree = try open(Self.options())
    for number in 0..<100 {
      let prefix = Array("two levels ".utf8) + [UInt8](repeating: UInt8(ascii: "."), count: 3000)
      try commit(tree) { $0.put(prefix + Array(Self.padded(number).utf8), Array("value \(number)".utf8)) }
    }
    for number in 0..<300 { try put(tree, "key ", number, "first") }
    try tree.flush()
    try tree.compact()
    try tree.close()
  }

  /// Neither compression nor filters; deletions and range deletions of what lies below.
  private mutating func writeOverwrites() throws {
    let tree = try open(
      Self.options {
        $0.compression = .none
        $0.bloomBitsPerKey = 0
      })
    for number in stride(from: 0, to: 300, by: 4) { try put(tree, "key ", number, "second") }
    for number in stride(from: 1, to: 300, by: 10) {
      try commit(tree) { $0.delete(Self.key("key ", number)) }
    }
    try commit(tree) { $0.deleteRange(from: Self.key("key ", 200), to: Self.key("key ", 220)) }
    try tree.flush()
    try tree.close()
  }

  /// Tables in L0 that overlap, one of them with several versions of its keys, kept by a snapshot, and one with
  /// nothing but a range deletion.
  private mutating func writeTopLevel() throws {
    let tree = try open(Self.options { $0.logSegmentsRecycledMax = 1 })
    for number in 30..<60 { try put(tree, "key ", number, "third") }
    let snapshot = tree.snapshot()
    for number in 40..<70 { try put(tree, "key ", number, "fourth") }
    try tree.flush()
    withExtendedLifetime(snapshot) {}
    try commit(tree) { $0.deleteRange(from: Self.key("key ", 100), to: Self.key("key ", 110)) }
    try tree.flush()
    for number in 105..<120 { try put(tree, "key ", number, "fifth") }
    try commit(tree) { $0.put([], Array("the empty key".utf8)) }
    try commit(tree) { $0.put([0, 255, 128], [0, 1, 2, 253, 254, 255]) }
    try commit(tree) { $0.put(Array("empty value".utf8), []) }
    try tree.flush()
    try tree.close()
  }

  /// Value files, the first with garbage in it.
  private mutating func writeLargeValues() throws {
    let tree = try open(Self.options { $0.valueFileThresholdBytes = 1_000 })
    for number in 0..<6 {
      let value = [UInt8](repeating: UInt8(ascii: "a") + UInt8(number), count: 2_000)
      try commit(tree) { $0.put(Self.key("large ", number), value) }
    }
    try tree.flush()
    try commit(tree) { $0.put(Self.key("large ", 2), [UInt8](repeating: UInt8(ascii: "z"), count: 3_000)) }
    try commit(tree) { $0.delete(Self.key("large ", 3)) }
    try tree.flush()
    try tree.close()
  }

  /// A table that was ingested, and tables that show what lies on either side of a range that was cut out.
  private mutating func writeParts() throws {
    let tree = try open(Self.options())
    var builder = try TableBuilder("/built", options: Self.options(), fileSystem: fileSystem)
    for number in 80..<85 {
      let value = Array("ingested \(number)".utf8)
      try builder.put(Self.key("key ", number), value)
      apply(.value, Self.key("key ", number), value)
    }
    _ = try builder.finish()
    try tree.ingest(["/built"])
    try fileSystem.remove("/built")
    let (lower, upper) = (Self.key("key ", 230), Self.key("key ", 240))
    try tree.excise(from: lower, to: upper)
    apply(.rangeDeletion, lower, upper)
    try tree.close()
  }

  /// The first of these overwrites a segment that was released, so that records of its earlier life follow its own.
  private mutating func writeUnflushed() throws {
    for session in 0..<3 {
      let tree = try open(Self.options { $0.logSegmentsRecycledMax = 1 })
      for number in 0..<5 { try put(tree, "unflushed ", session * 5 + number, "sixth") }
      try commit(tree) { batch in
        batch.put(Self.key("key ", 130 + session), Array("seventh".utf8))
        batch.delete(Self.key("key ", 140 + session))
        batch.deleteRange(
          from: Self.key("key ", 150 + 10 * session), to: Self.key("key ", 155 + 10 * session))
        batch.put(Self.key("key ", 152 + 10 * session), Array("eighth".utf8))
      }
      try tree.waitUntilDurable(try commit(tree, .fsync) { $0.delete(Self.key("unflushed ", session * 5)) })
      try tree.close()
    }
  }

  /// The oldest table of L0 may lie on any level above what is below, and then the next one above that.
  private func moveDown() throws {
    let versions = try VersionSet(
      opening: TableStore(directory: Self.directory, fileSystem: fileSystem, options: Self.options()))
    for level in [5, 4] {
      let file = versions.current.levels[0].last!
      var edit = VersionEdit()
      edit.removed = [.init(level: 0, number: file.number)]
      edit.added = [.init(level: level, file: file.info)]
      try versions.apply(edit)
    }
  }

  // MARK: Writes

  private static func padded(_ number: Int) -> String {
    String(repeating: "0", count: 4 - String(number).count) + String(number)
  }

  private static func key(_ prefix: String, _ number: Int) -> [UInt8] {
    Array((prefix + padded(number)).utf8)
  }

  private mutating func put(_ tree: Tree, _ prefix: String, _ number: Int, _ value: String) throws {
    let filler = String(repeating: "abcdefgh", count: random.below(6))
    try commit(tree) { $0.put(Self.key(prefix, number), Array("\(value) \(number) \(filler)".utf8)) }
  }

  /// Commits a batch and does to the model what the batch says.
  @discardableResult
  private mutating func commit(
    _ tree: Tree, _ durability: Durability? = nil, _ fill: (inout WriteBatch) -> Void
  ) throws -> SequenceNumber {
    var batch = WriteBatch()
    fill(&batch)
    batch.bytes.withUnsafeBytes { bytes in
      var reader = WriteBatchReader(bytes)
      while let entry = reader.next() { apply(entry.kind, Array(entry.key), Array(entry.value)) }
    }
    return try tree.commit(batch, durability: durability)
  }
  private mutating func apply(_ kind: EntryKind, _ key: [UInt8], _ value: [UInt8]) {
    switch kind {
    case .value: model[key] = value
    case .rangeDeletion:
      model = model.filter { KeyOrder.compare($0.key, key) < 0 || KeyOrder.compare($0.key, value) >= 0 }
    default: model[key] = nil
    }
  }
}
