import LSMTree
import Testing

@Suite struct VersionSetTests {
  @Test(arguments: 1...3)
  func reopeningFindsTheSameVersion(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    var fixture = try StoreFixture()
    for _ in 0..<5 { try fixture.flushRandom(80, keys: 60, &generator) }
    let again = try StoreFixture(on: fixture.fileSystem)
    #expect(
      again.versions.current.levels.map { $0.map(\.info) }
        == fixture.versions.current.levels.map { $0.map(\.info) })
    #expect(again.versions.flushedSequence == fixture.versions.flushedSequence)
    #expect(again.versions.lastSequence == fixture.versions.lastSequence)
    #expect(again.versions.newFileNumber() > fixture.versions.newFileNumber())
    #expect(
      try StoreFixture.scan(again.versions.current, at: fixture.sequence)
        == fixture.state(at: fixture.sequence))
  }

  @Test func aRemovedFileGoesWhenItsLastReaderDoes() throws {
    let fixture = try StoreFixture()
    let added = try fixture.writeTable([Entry(key: [1], sequence: 1, value: [7])])
    try fixture.versions.apply(added)
    let number = added.added[0].file.number
    let path = fixture.store.files.path(of: number)
    var reader: Version? = fixture.versions.current
    var removal = VersionEdit()
    removal.removed = [.init(level: 0, number: number)]
    try fixture.versions.apply(removal)
    try fixture.store.removeUnusedFiles()
    #expect(fixture.fileSystem.exists(path))
    #expect(try StoreFixture.get(try #require(reader), [1], at: 5) == [7])
    reader = nil
    try fixture.store.removeUnusedFiles()
    #expect(!fixture.fileSystem.exists(path))
  }

  @Test func aMovedFileStays() throws {
    let fixture = try StoreFixture()
    let added = try fixture.writeTable([Entry(key: [1], sequence: 1, value: [7])])
    try fixture.versions.apply(added)
    var move = VersionEdit()
    move.removed = [.init(level: 0, number: added.added[0].file.number)]
    move.added = [.init(level: 6, file: added.added[0].file)]
    try fixture.versions.apply(move)
    try fixture.store.removeUnusedFiles()
    #expect(try StoreFixture.get(fixture.versions.current, [1], at: 5) == [7])
    #expect(
      try StoreFixture.get(try StoreFixture(on: fixture.fileSystem).versions.current, [1], at: 5) == [7])
  }

  @Test func filesThatNoEditNamesAreRemovedAtOpening() throws {
    let fixture = try StoreFixture()
    let orphan = try fixture.writeTable([Entry(key: [1], sequence: 1)])
    let path = fixture.store.files.path(of: orphan.added[0].file.number)
    #expect(fixture.fileSystem.exists(path))
    _ = try StoreFixture(on: fixture.fileSystem)
    #expect(!fixture.fileSystem.exists(path))
    #expect(
      try fixture.fileSystem.list(StoreFixture.directory).filter { $0.hasPrefix("manifest") }.count == 1)
  }

  @Test func lossesAreReported() throws {
    let fixture = try StoreFixture()
    let edit = try fixture.writeTable([Entry(key: [1], sequence: 1)])
    try fixture.versions.apply(edit)
    let path = fixture.store.files.path(of: edit.added[0].file.number)
    let bytes = try fixture.fileSystem.readAll(path, limitBytes: 1 << 20)
    try fixture.fileSystem.createFile(path).write(bytes.span.bytes.extracting(droppingLast: 1), at: 0)
    expectCorruption(fixture.fileSystem)
    try fixture.fileSystem.remove(path)
    expectCorruption(fixture.fileSystem)
    try fixture.fileSystem.createFile(path).write(bytes.span.bytes, at: 0)
    _ = try StoreFixture(on: fixture.fileSystem)
    try fixture.fileSystem.remove(StoreFixture.directory + "/CURRENT")
    expectCorruption(fixture.fileSystem)
  }

  private func expectCorruption(_ fileSystem: any FileSystem) {
    do {
      _ = try StoreFixture(on: fileSystem)
      Issue.record("opened in spite of the loss")
    } catch TreeError.corruption {
    } catch {
      Issue.record("not corruption: \(error)")
    }
  }

  @Test func aLongManifestIsWrittenAnew() throws {
    let fixture = try StoreFixture()
    let edit = try fixture.writeTable(
      [Entry(key: [UInt8](repeating: 1, count: 30_000), sequence: 1)], level: 5)
    try fixture.versions.apply(edit)
    let file = edit.added[0].file
    var sizes: [Int] = []
    for turn in 0..<60 {
      var move = VersionEdit()
      move.removed = [.init(level: turn % 2 == 0 ? 5 : 6, number: file.number)]
      move.added = [.init(level: turn % 2 == 0 ? 6 : 5, file: file)]
      try fixture.versions.apply(move)
      sizes.append(fixture.versions.manifestSizeBytes)
    }
    #expect(sizes.max()! < 2 << 20)
    #expect(zip(sizes, sizes.dropFirst()).contains { $0 > $1 })
    #expect(
      try StoreFixture(on: fixture.fileSystem).versions.current.levels[5].map(\.number) == [file.number])
  }

  @Test func afterAFailedSyncNothingMoreIsAccepted() throws {
    let disk = FaultFileSystem()
    let fixture = try StoreFixture(on: disk)
    let edits = try (0..<2).map { try fixture.writeTable([Entry(key: [UInt8($0)], sequence: 1)], level: 6) }
    disk.setPlan { $0.kind == .sync && $0.path.contains("manifest") ? .fail(errno: 5) : nil }
    #expect(throws: TreeError.self) { try fixture.versions.apply(edits[0]) }
    disk.setPlan { _ in nil }
    #expect(throws: TreeError.poisoned(reason: "an earlier write to the manifest failed")) {
      try fixture.versions.apply(edits[1])
    }
    #expect(fixture.versions.current.fileCount == 0)
  }

  /// Flushes one table after another until the power goes, at every operation in turn. What was acknowledged is there.
  @Test func acknowledgedEditsSurviveACutAtAnyOperation() throws {
    func run(_ disk: FaultFileSystem) -> Int {
      var acknowledged = 0
      do {
        let fixture = try StoreFixture(on: disk)
        for number in 0..<4 {
          try fixture.versions.apply(
            try fixture.writeTable([Entry(key: [UInt8(number)], sequence: SequenceNumber(number + 1))]))
          acknowledged += 1
        }
      } catch {}
      return acknowledged
    }
    let whole = FaultFileSystem()
    #expect(run(whole) == 4)
    for number in 0..<whole.changeCount {
      let disk = FaultFileSystem { $0.number == number ? .cutPower : nil }
      let acknowledged = run(disk)
      for seed in 0..<4 as Range<UInt64> {
        let found = try StoreFixture(on: disk.afterPowerCut(seed: seed)).versions
        let keys = Set(found.current.levels.joined().map { $0.info.smallest[0] })
        #expect(keys.isSuperset(of: (0..<acknowledged).map(UInt8.init)), "cut at \(number), seed \(seed)")
        #expect(keys.count <= acknowledged + 1)
        #expect(found.lastSequence == SequenceNumber(keys.count))
      }
    }
  }
}
