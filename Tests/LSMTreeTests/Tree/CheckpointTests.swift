import LSMTree
import Synchronization
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Copies that share the files of their source.
@Suite struct CheckpointTests {
  private static func options() -> TreeOptions {
    var options = TreeOptions()
    options.memtableBytesMax = 64 << 10
    options.tableBytesMax = 16 << 10
    options.levelBaseBytesMax = 64 << 10
    // Every other value is large enough for a value file.
    options.valueFileThresholdBytes = 150
    return options
  }

  private static func open(_ directory: String, _ fileSystem: any FileSystem) throws -> Tree {
    try Tree.open(directory, options: options(), fileSystem: fileSystem)
  }

  /// Commit number n, which has the sequence number n, writes n under one of a hundred keys.
  private static func write(_ number: Int, _ tree: Tree) throws {
    var batch = WriteBatch()
    batch.put(key(number), value(number))
    #expect(try tree.commit(batch) == UInt64(number))
  }

  private static func value(_ number: Int) -> [UInt8] {
    Array(String(number).utf8) + [UInt8](repeating: 0, count: number % 2 == 0 ? 200 : 100)
  }

  private static func key(_ number: Int) -> [UInt8] { Array("key \(number % 100)".utf8) }

  /// What the commits up to a number left.
  private static func state(_ last: Int) -> [[UInt8]: [UInt8]] {
    var state: [[UInt8]: [UInt8]] = [:]
    for number in max(1, last - 99)...max(1, last) where number <= last {
      state[key(number)] = value(number)
    }
    return state
  }

  private static func content(_ directory: String, _ fileSystem: any FileSystem) throws -> [[UInt8]: [UInt8]]
  {
    let tree = try open(directory, fileSystem)
    defer { try? tree.close() }
    _ = try tree.verify()
    return try tree.content(in: tree.view())
  }

  @Test func holdsTheStateAtItsNumberWhileWritingGoesOn() throws {
    let disk = MemoryFileSystem()
    let tree = try Self.open("/tree", disk)
    let isDone = Shared(Atomic(false))
    let writer = BackgroundThread.start {
      for number in 1...5000 { #expect(throws: Never.self) { try Self.write(number, tree) } }
      isDone.value.store(true, ordering: .releasing)
    }
    var count = 0
    repeat {
      let before = tree.appliedSequence
      let held = try tree.checkpoint(to: "/copy \(count)")
      #expect(held >= before)
      #expect(try Self.content("/copy \(count)", disk) == Self.state(Int(held)))
      count += 1
    } while !isDone.value.load(ordering: .acquiring)
    writer.join()
    // The source goes its way, and copies stay what they were.
    try tree.compact()
    let held = try tree.checkpoint(to: "/last")
    #expect(held == 5000)
    try tree.excise(from: Self.key(10), to: Self.key(90))
    try tree.compact()
    try tree.close()
    #expect(try Self.content("/last", disk) == Self.state(5000))
  }

  /// A copy is a tree: it takes writes of its own, and its source doesn't see them.
  @Test func copiesGoTheirOwnWay() throws {
    let disk = MemoryFileSystem()
    let tree = try Self.open("/tree", disk)
    for number in 1...120 { try Self.write(number, tree) }
    try tree.excise(from: Self.key(30), to: Self.key(40))
    try tree.compact(from: Self.key(50), to: nil)
    let expected = try tree.content(in: tree.view())
    try tree.checkpoint(to: "/copy")
    let copy = try Self.open("/copy", disk)
    #expect(copy.appliedSequence == tree.appliedSequence)
    #expect(try copy.content(in: copy.view()) == expected)
    try copy.excise(from: [], to: Self.key(60))
    try copy.compact()
    try copy.close()
    #expect(try tree.content(in: tree.view()) == expected)
    _ = try tree.verify()
    try tree.close()
  }

  @Test func anEmptyTree() throws {
    let disk = MemoryFileSystem()
    let tree = try Self.open("/tree", disk)
    #expect(try tree.checkpoint(to: "/copy") == 0)
    try tree.close()
    #expect(try Self.content("/copy", disk) == [:])
  }

  @Test func refusesADirectoryThatHoldsAnything() throws {
    let disk = MemoryFileSystem()
    let tree = try Self.open("/tree", disk)
    for directory in ["/tree", "/full"] {
      try disk.createDirectory(directory)
      _ = try disk.createFile(directory + "/file")
      #expect(throws: TreeError.self) { try tree.checkpoint(to: directory) }
      #expect(disk.exists(directory + "/file"))
    }
    try tree.close()
  }

  @Test func copiesWhatCannotBeLinked() throws {
    let disk = FaultFileSystem { $0.kind == .link ? .fail(errno: EXDEV) : nil }
    let tree = try Self.open("/tree", disk)
    for number in 1...1000 { try Self.write(number, tree) }
    try tree.checkpoint(to: "/copy")
    // What was copied is synced.
    try tree.close()
    #expect(try Self.content("/copy", disk.afterPowerCut(seed: 1)) == Self.state(1000))
  }

  /// Whole, or no tree; and the source keeps everything.
  @Test(arguments: [true, false]) func powerCutAnywhere(canLink: Bool) throws {
    for number in stride(from: 0, to: 1000, by: ModelTests.isLong ? 1 : 5) {
      let disk = FaultFileSystem()
      let tree = try Self.open("/tree", disk)
      for number in 1...120 { try Self.write(number, tree) }
      try tree.waitUntilDurable(120)
      let start = disk.changeCount
      disk.setPlan { operation in
        if operation.number == start + number { return .cutPower }
        return operation.kind == .link && !canLink ? .fail(errno: EXDEV) : nil
      }
      let isDone = (try? tree.checkpoint(to: "/copy")) != nil
      let wasCut = disk.isOff
      try? tree.close()
      let after = disk.afterPowerCut(seed: UInt64(number))
      #expect(try Self.content("/tree", after) == Self.state(120), "cut at \(number)")
      if isDone || after.exists("/copy/CURRENT") {
        #expect(try Self.content("/copy", after) == Self.state(120), "cut at \(number)")
      }
      if isDone, !wasCut { return }
    }
    Issue.record("a checkpoint never got through")
  }

  /// An error leaves the directory as it was, and the next try succeeds.
  @Test func failuresAnywhere() throws {
    for number in stride(from: 0, to: 1000, by: ModelTests.isLong ? 1 : 6) {
      let disk = FaultFileSystem()
      let tree = try Self.open("/tree", disk)
      for number in 1...120 { try Self.write(number, tree) }
      try tree.flush()
      let start = disk.changeCount
      disk.setPlan { $0.number == start + number ? .fail(errno: ENOSPC) : nil }
      let isDone = (try? tree.checkpoint(to: "/copy")) != nil
      disk.setPlan { _ in nil }
      if !isDone { try tree.checkpoint(to: "/copy") }
      try tree.close()
      #expect(try Self.content("/copy", disk) == Self.state(120), "failure at \(number)")
      if isDone { return }
    }
    Issue.record("a checkpoint never got through")
  }
}
