import LSMTree
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct FaultFileSystemTests {
  private static let directory = "/d"
  private static let path = "/d/file"

  private func disk(_ plan: @escaping FaultFileSystem.Plan = { _ in nil }) throws -> FaultFileSystem {
    let fileSystem = FaultFileSystem(plan: plan)
    try fileSystem.createDirectory(Self.directory)
    return fileSystem
  }

  private func contentAfterCut(_ fileSystem: FaultFileSystem, seed: UInt64) -> [UInt8]? {
    try? fileSystem.afterPowerCut(seed: seed).readAll(Self.path, limitBytes: 1 << 20)
  }

  @Test func whatWasSyncedSurvivesEveryCut() throws {
    for seed in 0..<50 as Range<UInt64> {
      let fileSystem = try disk()
      let file = try fileSystem.createFile(Self.path)
      try file.write([UInt8](repeating: 1, count: 100).span.bytes, at: 0)
      try file.sync()
      try fileSystem.syncDirectory(Self.directory)
      try file.write([UInt8](repeating: 2, count: 50).span.bytes, at: 100)
      let content = try #require(contentAfterCut(fileSystem, seed: seed))
      #expect(content.prefix(100).allSatisfy { $0 == 1 }, "seed \(seed)")
      #expect(content.count <= 150)
    }
  }

  @Test func allThatMayHappenToUnsyncedBytesDoes() throws {
    var seen: Set<String> = []
    for seed in 0..<200 as Range<UInt64> {
      let fileSystem = try disk()
      let file = try fileSystem.createFile(Self.path)
      try fileSystem.syncDirectory(Self.directory)
      try file.write([UInt8](repeating: 1, count: 10).span.bytes, at: 0)
      try file.write([UInt8](repeating: 2, count: 10).span.bytes, at: 10)
      let content = try #require(contentAfterCut(fileSystem, seed: seed))
      switch (content.contains(1), content.contains(2), content.count) {
      case (false, false, _): seen.insert("nothing")
      case (true, true, 20) where !content.contains(0): seen.insert("everything")
      case (false, true, _): seen.insert("a later write without an earlier one")
      default: seen.insert("a part")
      }
    }
    #expect(seen.count == 4, "\(seen)")
  }

  @Test func aNameNeedsItsDirectorySynced() throws {
    var outcomes: Set<Bool> = []
    for seed in 0..<50 as Range<UInt64> {
      let fileSystem = try disk()
      let file = try fileSystem.createFile(Self.path)
      try file.write([UInt8](repeating: 1, count: 10).span.bytes, at: 0)
      try file.sync()
      outcomes.insert(contentAfterCut(fileSystem, seed: seed) != nil)
    }
    #expect(outcomes == [true, false])
  }

  @Test func aRenameIsDoneWholeOrNotAtAll() throws {
    for seed in 0..<50 as Range<UInt64> {
      let fileSystem = try disk()
      for (path, byte) in [(Self.path, UInt8(1)), ("/d/new", 2)] {
        let file = try fileSystem.createFile(path)
        try file.write([byte].span.bytes, at: 0)
        try file.sync()
      }
      try fileSystem.syncDirectory(Self.directory)
      try fileSystem.rename("/d/new", to: Self.path)
      let survivor = fileSystem.afterPowerCut(seed: seed)
      let content = try survivor.readAll(Self.path, limitBytes: 9)
      #expect(content == [2] || content == [1] && survivor.exists("/d/new"))
      #expect(content == [1] || !survivor.exists("/d/new"))
    }
  }

  @Test func afterAFailedSyncNothingIsSure() throws {
    var outcomes: Set<Bool> = []
    for seed in 0..<50 as Range<UInt64> {
      let fileSystem = try disk { $0.kind == .sync && $0.number == 3 ? .fail(errno: EIO) : nil }
      let file = try fileSystem.createFile(Self.path)
      try fileSystem.syncDirectory(Self.directory)
      try file.write([UInt8](repeating: 1, count: 10).span.bytes, at: 0)
      #expect(throws: TreeError.io(path: Self.path, operation: "fdatasync", errno: EIO)) { try file.sync() }
      try file.sync()
      outcomes.insert(try #require(contentAfterCut(fileSystem, seed: seed)).count == 10)
    }
    #expect(outcomes == [true, false])
  }

  @Test func afterTheCutEverythingFails() throws {
    let fileSystem = try disk { $0.number == 2 ? .cutPower : nil }
    let file = try fileSystem.createFile(Self.path)
    try fileSystem.syncDirectory(Self.directory)
    #expect(throws: TreeError.self) { try file.write(([1] as [UInt8]).span.bytes, at: 0) }
    #expect(fileSystem.isOff)
    #expect(throws: TreeError.self) { try file.sync() }
    #expect(throws: TreeError.self) { _ = try fileSystem.openForReading(Self.path) }
    #expect(fileSystem.afterPowerCut(seed: 1).exists(Self.path))
  }

  @Test func theSameSeedFindsTheSameDisk() throws {
    let fileSystem = try disk()
    for number in 0..<5 {
      let file = try fileSystem.createFile("/d/\(number)")
      for turn in 0..<5 {
        try file.write([UInt8](repeating: UInt8(turn), count: 30).span.bytes, at: turn * 20)
      }
    }
    func contents(_ disk: FaultFileSystem) throws -> [[UInt8]] {
      try disk.list(Self.directory).map { try disk.readAll("/d/" + $0, limitBytes: 1000) }
    }
    #expect(
      try contents(fileSystem.afterPowerCut(seed: 7)) == (try contents(fileSystem.afterPowerCut(seed: 7))))
  }
}
