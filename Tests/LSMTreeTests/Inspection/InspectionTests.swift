import LSMTree
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Looking at a tree without changing it.
@Suite struct InspectionTests {
  static func options() -> TreeOptions {
    var options = TreeOptions()
    options.memtableBytesMax = 64 << 10
    options.tableBytesMax = 16 << 10
    options.levelBaseBytesMax = 64 << 10
    options.blockBytes = 1 << 10
    options.valueFileThresholdBytes = 1000
    options.now = { 1_000_000_000 }
    // Nothing is compacted that is not asked for.
    options.l0CompactionSublevels = 100
    options.l0SlowdownSublevelsMax = 100
    options.l0StopSublevelsMax = 100
    options.idleMilliseconds = 0
    return options
  }

  static func key(_ number: Int) -> [UInt8] { Array("key \(1000 + number)".utf8) }

  /// A tree with everything in it: levels, value files, a virtual table, an ingested one, and a log of what is in
  /// none of them.
  static func makeTree(on disk: any FileSystem) throws -> Tree {
    let tree = try Tree.open("/tree", options: options(), fileSystem: disk)
    var random = SeededGenerator(seed: 3)
    for number in 0..<300 {
      var batch = WriteBatch()
      batch.put(key(number), random.bytes(number % 10 == 0 ? 2000 : 100))
      try tree.commit(batch)
    }
    try tree.compact()
    try tree.excise(from: key(100), to: key(120))
    var builder = try TableBuilder("/built", options: options(), fileSystem: disk)
    try builder.put(key(50), [1])
    try builder.delete(key(51))
    for number in 52..<55 { try builder.put(key(number), []) }
    _ = try builder.finish()
    try tree.ingest(["/built"])
    for number in 40..<60 {
      var batch = WriteBatch()
      batch.put(key(number), [2])
      batch.deleteRange(from: key(45), to: key(47))
      try tree.waitUntilDurable(tree.commit(batch))
    }
    return tree
  }

  private static func files(_ disk: MemoryFileSystem) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for directory in ["/tree", "/tree/log"] {
      for name in try disk.list(directory) where name != "log" {
        files[directory + "/" + name] = try disk.readAll(directory + "/" + name, limitBytes: 1 << 30)
      }
    }
    return files
  }

  @Test func showsWhatATreeWouldAndChangesNothing() throws {
    let disk = MemoryFileSystem()
    let tree = try Self.makeTree(on: disk)
    let content = try tree.content(in: tree.view())
    let last = tree.appliedSequence
    try tree.close()
    let before = try Self.files(disk)
    let inspection = try TreeInspection("/tree", options: Self.options(), fileSystem: disk)
    #expect(inspection.lastSequence == last)
    var found: [[UInt8]: [UInt8]] = [:]
    let view = inspection.view()
    var cursor = try view.cursor()
    try cursor.seekToFirst()
    while cursor.isValid {
      found[Array(cursor.key)] = Array(cursor.value)
      try cursor.next()
    }
    #expect(found == content)
    let verified = try TreeInspection.verify("/tree", options: Self.options(), fileSystem: disk)
    #expect(verified.findings == [])
    #expect(verified.logRecords == 20)
    #expect(try Self.files(disk) == before)

    #expect(inspection.tables.contains { $0.isVirtual && $0.fileNumber != $0.number })
    #expect(inspection.tables.contains { $0.ingestedAt != nil && $0.entryCount == 5 })
    #expect(inspection.valueFiles.count > 0)
    #expect(try inspection.properties(ofTable: 1 << 40) == nil)
    let properties = try inspection.properties(ofTable: inspection.tables[0].number)
    #expect(properties?.first?.value == inspection.tables[0].fileName)
  }

  @Test func theHistoryOfAKey() throws {
    let disk = MemoryFileSystem()
    let tree = try Self.makeTree(on: disk)
    try tree.close()
    let inspection = try TreeInspection("/tree", options: Self.options(), fileSystem: disk)
    let history = try inspection.history(of: Self.key(50))
    try #require(history.count == 3)
    #expect(history[0].kind == .value(bytes: 1) && history[1].kind == .value(bytes: 1))
    #expect(history[0].place == .log && history[0].times == nil)
    guard case .valueInFile(_, 2000) = history[2].kind, case .table = history[2].place else {
      Issue.record("the first value of the key is \(history[2])")
      return
    }
    #expect(history[2].times == 1_000_000_000...1_000_000_000)
    #expect(history.map(\.sequence) == history.map(\.sequence).sorted(by: >))
    #expect(
      try inspection.history(of: Self.key(51)).map(\.kind) == [
        .value(bytes: 1), .deletion, .value(bytes: 100),
      ])
    // Twenty deletions of the range, and what they cover.
    let covered = try inspection.history(of: Self.key(45))
    #expect(covered.count == 22)
    #expect(covered[0].kind == .rangeDeletion(from: Self.key(45), to: Self.key(47)))
    #expect(try inspection.history(of: Self.key(2000)) == [])
    // The excised range has nothing but its deletion.
    #expect(
      try inspection.history(of: Self.key(110)).map(\.kind) == [
        .rangeDeletion(from: Self.key(100), to: Self.key(120))
      ])
  }

  /// One flipped bit in each file, all at once, and each is told with its file.
  @Test func allDamageIsFound() throws {
    let disk = MemoryFileSystem()
    try Self.makeTree(on: disk).close()
    let inspection = try TreeInspection("/tree", options: Self.options(), fileSystem: disk)
    let tables = Set(inspection.tables.map { "/tree/" + $0.fileName })
    let values = inspection.valueFiles.map { "/tree/" + $0.name }
    let segment = "/tree/log/" + inspection.logSegments[inspection.logSegments.count - 1].name
    for path in tables { try Self.flip(path, at: [100], on: disk) }
    let largest = try #require(try tables.max { try disk.sizeBytes(of: $0) < disk.sizeBytes(of: $1) })
    try Self.flip(largest, at: [try disk.sizeBytes(of: largest) / 2], on: disk)
    // In the log, behind a damaged record lies one that vouches for it.
    for path in values { try Self.flip(path, at: [200, 3000], on: disk) }
    try Self.flip(segment, at: [80], on: disk)
    let found = try TreeInspection.verify("/tree", options: Self.options(), fileSystem: disk)
    #expect(found.isDamaged)
    let damaged = found.findings.filter { $0.kind == .damage }.map(\.file)
    #expect(Set(damaged) == tables.union(values).union([segment]))
    #expect(damaged.count { $0 == largest } >= 2)
    #expect(damaged.count { $0 == values[0] } >= 2)
  }

  private static func flip(_ path: String, at offsets: [Int], on disk: MemoryFileSystem) throws {
    var bytes = try disk.readAll(path, limitBytes: 1 << 30)
    for offset in offsets { bytes[offset] ^= 4 }
    try disk.openForWriting(path).write(bytes.span.bytes, at: 0)
  }

  @Test func missingFilesStraysAndAManifestThatIsGone() throws {
    let disk = MemoryFileSystem()
    try Self.makeTree(on: disk).close()
    let tables = try disk.list("/tree").filter { $0.hasSuffix(".table") }
    try disk.remove("/tree/" + tables[0])
    for name in ["999998.table", "999999.values", "manifest-999997", "CURRENT.new"] {
      try disk.createFile("/tree/" + name).write([1].span.bytes, at: 0)
    }
    let found = try TreeInspection.verify("/tree", options: Self.options(), fileSystem: disk)
    #expect(found.findings.filter { $0.kind == .damage }.map(\.file) == ["/tree/" + tables[0]])
    #expect(found.findings.count { $0.kind == .stray } == 4)
    #expect(throws: TreeError.self) { try TreeInspection("/tree", options: Self.options(), fileSystem: disk) }
    // Without a manifest the tables are still checked, each by itself.
    try disk.createFile("/tree/CURRENT").write([1].span.bytes, at: 0)
    try Self.flip("/tree/" + tables[1], at: [100], on: disk)
    let blind = try TreeInspection.verify("/tree", options: Self.options(), fileSystem: disk)
    #expect(
      Set(blind.findings.map(\.file)) == ["/tree/CURRENT", "/tree/" + tables[1], "/tree/999998.table"])
  }

  /// The end of the log after a crash is no damage, and is told.
  @Test func aTornTail() throws {
    for seed in 0..<(ModelTests.isLong ? 20 : 4) {
      let disk = FaultFileSystem()
      let tree = try Tree.open("/tree", options: Self.options(), fileSystem: disk)
      var batch = WriteBatch()
      batch.put(Self.key(1), [UInt8](repeating: 7, count: 500))
      try tree.waitUntilDurable(tree.commit(batch))
      let start = disk.changeCount
      disk.setPlan { $0.number == start ? .cutPower : nil }
      try tree.commit(batch)
      try? tree.waitUntilDurable(tree.appliedSequence)
      try? tree.close()
      let after = disk.afterPowerCut(seed: UInt64(seed))
      let count = after.changeCount
      let found = try TreeInspection.verify("/tree", options: Self.options(), fileSystem: after)
      #expect(!found.isDamaged)
      #expect(found.findings.allSatisfy { $0.kind == .tornTail })
      let inspection = try TreeInspection("/tree", options: Self.options(), fileSystem: after)
      #expect(inspection.lastSequence == UInt64(found.logRecords))
      #expect(after.changeCount == count)
    }
  }

  @Test func whoHasTheTreeOpenIsLeftAlone() throws {
    var template = Array("/tmp/flywheel-inspection-XXXXXX\0".utf8CString.dropLast())
    let directory = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    defer {
      for path in [directory + "/log", directory + "/copy", directory] {
        for name in (try? RealFileSystem().list(path)) ?? [] {
          try? RealFileSystem().remove(path + "/" + name)
        }
        rmdir(path)
      }
    }
    let tree = try Tree.open(directory, options: Self.options())
    #expect(throws: TreeError.locked(path: directory + "/LOCK")) { try TreeInspection(directory) }
    #expect(throws: TreeError.locked(path: directory + "/LOCK")) { try TreeInspection.verify(directory) }
    try tree.checkpoint(to: directory + "/copy")
    // A checkpoint that nobody opened has no log and no lock yet, and gets none.
    let names = try RealFileSystem().list(directory + "/copy")
    let found = try TreeInspection.verify(directory + "/copy")
    #expect(found.findings == [])
    _ = try TreeInspection(directory + "/copy")
    #expect(try RealFileSystem().list(directory + "/copy") == names)
    try tree.close()
    _ = try TreeInspection(directory)
  }
}
