import LSMTree
import Testing

/// Removing a range at the cost of metadata. Random histories with excisions in them are in `ModelTests`.
@Suite struct ExciseTests {
  private static func options() -> TreeOptions {
    var options = TreeOptions()
    options.memtableBytesMax = 64 << 10
    options.tableBytesMax = 16 << 10
    options.levelBaseBytesMax = 64 << 10
    options.blockBytes = 1 << 10
    return options
  }

  private static func key(_ number: Int) -> [UInt8] { Array(String(1_000_000 + number).utf8) }

  private static func fill(_ tree: Tree, _ count: Int) throws {
    var random = SeededGenerator(seed: 5)
    for start in stride(from: 0, to: count, by: 100) {
      var batch = WriteBatch()
      for number in start..<min(start + 100, count) { batch.put(key(number), random.bytes(100)) }
      try tree.commit(batch)
    }
  }

  @Test func tablesWithinGoUnreadAndTheirSpaceComesBack() throws {
    let disk = MemoryFileSystem()
    let counting = ReadCountingFileSystem(disk)
    let tree = try Tree.open("/tree", options: Self.options(), fileSystem: counting)
    try Self.fill(tree, 4000)
    try tree.compact()
    let before = tree.metrics().levels.reduce(0) { $0 + $1.bytes }
    let files = try disk.list("/tree").filter { $0.hasSuffix(".table") }.count
    counting.forget()
    try tree.excise(from: Self.key(500), to: Self.key(3500))
    // Two tables at the ends, and what the flush wrote. The index says how few blocks that may be.
    #expect(counting.tablesRead <= 4)
    #expect(counting.bytesRead < 40 << 10)
    let after = tree.metrics().levels.reduce(0) { $0 + $1.bytes }
    #expect(after < before * 3 / 10)
    let content = try tree.content(in: tree.view())
    #expect(content.count == 1000)
    #expect(content[Self.key(499)] != nil && content[Self.key(500)] == nil)
    #expect(content[Self.key(3499)] == nil && content[Self.key(3500)] != nil)
    _ = try tree.verify()
    try tree.compact()
    #expect(try tree.content(in: tree.view()) == content)
    // A compaction under way may keep files for a moment; nothing does when all is closed and opened again.
    try tree.close()
    try Tree.open("/tree", options: Self.options(), fileSystem: disk).close()
    #expect(try disk.list("/tree").filter { $0.hasSuffix(".table") }.count < files * 2 / 3)
  }

  @Test func snapshotsFromBeforeSeeAllOfIt() throws {
    let tree = try Tree.open("/tree", options: Self.options(), fileSystem: MemoryFileSystem())
    try Self.fill(tree, 1000)
    try tree.waitUntilDurable(tree.appliedSequence)
    let old = tree.view()
    let snapshot = tree.snapshot()
    try tree.excise(from: Self.key(100), to: Self.key(900))
    #expect(try tree.content(in: tree.view()).count == 200)
    #expect(try tree.content(in: old).count == 1000)
    try tree.compact()
    #expect(try tree.content(in: snapshot.view()).count == 1000)
    try tree.close()
  }

  @Test func whatIsWrittenAfterwardsStays() throws {
    let tree = try Tree.inMemory(options: Self.options())
    try Self.fill(tree, 500)
    try tree.excise(from: Self.key(0), to: Self.key(500))
    var batch = WriteBatch()
    batch.put(Self.key(250), [1])
    try tree.commit(batch)
    try tree.flush()
    try tree.excise(from: Self.key(300), to: Self.key(500))
    try tree.excise(from: Self.key(300), to: Self.key(300))
    #expect(try tree.content(in: tree.view()) == [Self.key(250): [1]])
    try tree.close()
  }

  /// All of the range is there, or none of it, and none once the call has returned.
  @Test func powerCutAnywhere() throws {
    for number in stride(from: 0, to: 1000, by: ModelTests.isLong ? 1 : 3) {
      let disk = FaultFileSystem()
      let tree = try Tree.open("/tree", options: Self.options(), fileSystem: disk)
      try Self.fill(tree, 200)
      try tree.compact()
      let start = disk.changeCount
      disk.setPlan { $0.number == start + number ? .cutPower : nil }
      let isDone = (try? tree.excise(from: Self.key(50), to: Self.key(150))) != nil
      try? tree.close()
      let wasCut = disk.isOff
      let reopened = try Tree.open(
        "/tree", options: Self.options(), fileSystem: disk.afterPowerCut(seed: UInt64(number)))
      let count = try reopened.content(in: reopened.view()).count
      #expect(count == 100 || !isDone && count == 200, "cut at \(number)")
      _ = try reopened.verify()
      try reopened.close()
      if isDone, !wasCut { return }
    }
    Issue.record("an excision never got through")
  }
}
