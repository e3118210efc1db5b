import LSMTree
import Synchronization
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Tables that were built elsewhere. Random histories with ingests in them are in `ModelTests`.
@Suite struct IngestTests {
  private static func options() -> TreeOptions {
    var options = TreeOptions()
    options.memtableBytesMax = 64 << 10
    options.tableBytesMax = 16 << 10
    options.levelBaseBytesMax = 64 << 10
    options.logSegmentBytes = 64 << 10
    return options
  }

  private static func open(_ fileSystem: any FileSystem) throws -> Tree {
    try Tree.open("/tree", options: options(), fileSystem: fileSystem)
  }

  private static func key(_ number: Int) -> [UInt8] { Array(String(1000 + number).utf8) }

  @discardableResult
  private static func build(
    _ path: String, _ keys: Range<Int>, _ value: [UInt8], on fileSystem: any FileSystem
  ) throws -> TableBuilder.Info {
    var builder = try TableBuilder(path, options: options(), fileSystem: fileSystem)
    for number in keys { try builder.put(key(number), value) }
    return try builder.finish()
  }

  private static func commit(_ tree: Tree, _ keys: Range<Int>, _ value: [UInt8]) throws {
    var batch = WriteBatch()
    for number in keys { batch.put(key(number), value) }
    try tree.waitUntilDurable(try tree.commit(batch))
  }

  @Test func hasOnePlaceInTheHistory() throws {
    let disk = MemoryFileSystem()
    let tree = try Self.open(disk)
    try Self.commit(tree, 0..<20, [1])
    let before = tree.snapshot()
    let info = try Self.build("/built", 10..<30, [2], on: disk)
    #expect(info.entryCount == 20 && info.smallestKey == Self.key(10) && info.largestKey == Self.key(29))
    let sequence = try tree.ingest(["/built"])
    #expect(sequence == 21 && tree.durableSequence == 21)
    let between = tree.snapshot()
    try Self.commit(tree, 25..<35, [3])
    for _ in 0..<2 {
      #expect(try tree.content(in: before.view()).count == 20)
      #expect(try tree.bytes(Self.key(15), in: before.view()) == [1])
      #expect(try tree.bytes(Self.key(15), in: between.view()) == [2])
      #expect(try tree.bytes(Self.key(27), in: between.view()) == [2])
      #expect(try tree.bytes(Self.key(27), in: tree.view()) == [3])
      #expect(try tree.content(in: tree.view()).count == 35)
      // The same when compaction has given entries their number.
      try tree.compact()
    }
    _ = try tree.verify()
    try tree.close()
    let reopened = try Self.open(disk)
    #expect(reopened.appliedSequence == 31)
    #expect(try reopened.content(in: reopened.view()).count == 35)
    try reopened.close()
  }

  @Test func goesAsDeepAsItMay() throws {
    let disk = MemoryFileSystem()
    let tree = try Self.open(disk)
    func levels() -> [Int] { tree.metrics().levels.map(\.files) }
    try Self.build("/a", 100..<200, [1], on: disk)
    try Self.build("/b", 300..<400, [1], on: disk)
    try tree.ingest(["/a", "/b"])
    #expect(levels() == [0, 0, 0, 0, 0, 0, 2])
    // Between the two, and over one of them.
    try Self.build("/c", 200..<300, [2], on: disk)
    try Self.build("/d", 350..<500, [2], on: disk)
    try tree.ingest(["/d", "/c"])
    #expect(levels() == [0, 0, 0, 0, 0, 1, 3])
    try Self.commit(tree, 0..<1, [3])
    try tree.flush()
    try Self.build("/e", 0..<10, [4], on: disk)
    try tree.ingest(["/e"], verify: false)
    #expect(levels()[0] == 2)
    #expect(try tree.content(in: tree.view()).count == 410)
    #expect(try tree.bytes(Self.key(0), in: tree.view()) == [4])
    #expect(try tree.bytes(Self.key(360), in: tree.view()) == [2])
    try tree.close()
  }

  @Test func whatIsRefused() throws {
    let disk = MemoryFileSystem()
    let tree = try Self.open(disk)
    try Self.commit(tree, 0..<10, [1])
    try Self.build("/good", 0..<10, [2], on: disk)
    try Self.build("/overlapping", 9..<12, [2], on: disk)
    let bytes = try disk.readAll("/good", limitBytes: 1 << 20)
    var damaged = bytes
    damaged[3] ^= 1
    try disk.createFile("/damaged").write(damaged.span.bytes, at: 0)
    try disk.createFile("/none").write([1, 2, 3].span.bytes, at: 0)
    // A table of a tree has places in the history already.
    try tree.flush()
    let own = try #require(try disk.list("/tree").first { $0.hasSuffix(".table") })
    let names = try disk.list("/tree")
    for paths in [
      ["/good", "/overlapping"], ["/good", "/damaged"], ["/good", "/none"], ["/good", "/missing"],
      ["/good", "/tree/" + own], Array(repeating: "/good", count: 1001),
    ] {
      #expect(throws: TreeError.self) { try tree.ingest(paths) }
      #expect(try disk.list("/tree") == names)
    }
    #expect(try tree.ingest([]) == 10)
    #expect(try tree.content(in: tree.view()).values.allSatisfy { $0 == [1] })
    try tree.ingest(["/good"])
    #expect(try tree.content(in: tree.view()).values.allSatisfy { $0 == [2] })
    try tree.close()

    var builder = try TableBuilder("/ordered", fileSystem: disk)
    try builder.put([2], [])
    #expect(throws: TreeError.self) { try builder.put([2], []) }
    #expect(throws: TreeError.self) { try builder.delete([1, 9]) }
    try builder.delete([2, 0])
    let info = try builder.finish()
    #expect(info.entryCount == 2 && info.deletionCount == 1)
    #expect(throws: TreeError.self) { try TableBuilder("/empty", fileSystem: disk).finish() }
  }

  /// Readers see all of an ingest or nothing, in order with commits; writers go on.
  @Test func readersAndWritersMeanwhile() throws {
    let disk = MemoryFileSystem()
    let tree = try Self.open(disk)
    let isDone = Shared(Atomic(false))
    let writer = BackgroundThread.start {
      var round = 0
      while !isDone.value.load(ordering: .acquiring) {
        round += 1
        #expect(throws: Never.self) { try Self.commit(tree, 200..<210, Array(String(round).utf8)) }
      }
    }
    let reader = BackgroundThread.start {
      var last = 0
      while !isDone.value.load(ordering: .acquiring) {
        let snapshot = tree.snapshot()
        for _ in 0..<2 {
          let content = (try? tree.content(in: snapshot.view())) ?? [:]
          let values = Set((0..<100).map { content[Self.key($0)] })
          #expect(values.count == 1, "a part of an ingest was seen")
          let round = values.first.flatMap { $0 }.map { Int($0[0]) } ?? 0
          #expect(round >= last)
          last = round
          #expect(Set((200..<210).map { content[Self.key($0)] }).count == 1)
        }
      }
    }
    for round in 1...30 {
      try Self.build("/left \(round)", 0..<50, [UInt8(round)], on: disk)
      try Self.build("/right \(round)", 50..<100, [UInt8(round)], on: disk)
      let before = tree.appliedSequence
      #expect(try tree.ingest(["/right \(round)", "/left \(round)"]) > before)
      #expect(try tree.bytes(Self.key(70), in: tree.view()) == [UInt8(round)])
    }
    isDone.value.store(true, ordering: .releasing)
    writer.join()
    reader.join()
    _ = try tree.verify()
    try tree.close()
  }

  // MARK: Crashes

  /// What a disk must show after a cut or a failure: the first writes, both files or none, and both once that was acknowledged.
  private struct History {
    var isIngested = false
    var isWrittenAfter = false

    mutating func run(_ tree: Tree) {
      isIngested = (try? tree.ingest(["/one", "/two"])) != nil
      guard isIngested else { return }
      isWrittenAfter = (try? IngestTests.commit(tree, 30..<31, [3])) != nil
    }

    func check(_ disk: FaultFileSystem, _ number: Int) throws {
      let tree = try IngestTests.open(disk)
      let content = try tree.content(in: tree.view())
      let ingested = (20..<40).filter { $0 != 30 && content[IngestTests.key($0)] == [2] }.count
      #expect(ingested == 19 || !isIngested && ingested == 0, "at \(number): \(ingested)")
      #expect(!isWrittenAfter || content[IngestTests.key(30)] == [3], "at \(number)")
      #expect((0..<10).allSatisfy { content[IngestTests.key($0)] == [1] }, "at \(number)")
      // What comes now wins, and is still there the next time.
      try IngestTests.commit(tree, 10..<20, [4])
      try tree.compact()
      _ = try tree.verify()
      try tree.close()
      let reopened = try IngestTests.open(disk)
      #expect(try reopened.bytes(IngestTests.key(15), in: reopened.view()) == [4], "at \(number)")
      try reopened.close()
    }
  }

  private func prepare(_ disk: FaultFileSystem) throws -> Tree {
    let tree = try Self.open(disk)
    try Self.commit(tree, 0..<10, [1])
    try Self.commit(tree, 15..<16, [1])
    try Self.build("/one", 20..<30, [2], on: disk)
    try Self.build("/two", 30..<40, [2], on: disk)
    return tree
  }

  @Test func powerCutAnywhere() throws {
    for number in 0..<1000 {
      let disk = FaultFileSystem()
      let tree = try prepare(disk)
      let start = disk.changeCount
      disk.setPlan { $0.number == start + number ? .cutPower : nil }
      var history = History()
      history.run(tree)
      let wasCut = disk.isOff
      try? tree.close()
      try history.check(disk.afterPowerCut(seed: UInt64(number)), number)
      if !wasCut { return }
    }
    Issue.record("an ingest never got through")
  }

  @Test func failuresAnywhere() throws {
    for number in 0..<1000 {
      let disk = FaultFileSystem()
      let tree = try prepare(disk)
      let start = disk.changeCount
      disk.setPlan { $0.number == start + number ? .fail(errno: EIO) : nil }
      var history = History()
      history.run(tree)
      let isThrough = disk.changeCount <= start + number
      if !history.isIngested { history.isWrittenAfter = (try? Self.commit(tree, 30..<31, [3])) != nil }
      try? tree.close()
      try history.check(disk.afterPowerCut(seed: UInt64(number)), number)
      if isThrough { return }
    }
    Issue.record("an ingest never got through")
  }
}
