import LSMTree
import Testing

/// Trees whose values live in value files.
@Suite struct ValueTreeTests {
  private static func options(_ change: (inout TreeOptions) -> Void = { _ in }) -> TreeOptions {
    var options = TreeOptions()
    options.durability = .none
    options.memtableBytesMax = 256 << 10
    options.logSegmentBytes = 256 << 10
    options.valueFileThresholdBytes = 1000
    options.valueFileBytesMax = 1 << 20
    options.l0CompactionSublevels = 2
    change(&options)
    return options
  }

  private static func open(
    _ fileSystem: any FileSystem, _ change: (inout TreeOptions) -> Void = { _ in }
  ) throws -> Tree {
    try Tree.open("/tree", options: options(change), fileSystem: fileSystem)
  }

  private static func key(_ index: Int) -> [UInt8] { Array("key \(1000 + index)".utf8) }

  private static func put(_ tree: Tree, _ index: Int, _ value: [UInt8]) throws {
    var batch = WriteBatch()
    batch.put(key(index), value)
    try tree.commit(batch)
  }

  private static func valueFiles(_ fileSystem: any FileSystem) throws -> [String] {
    try fileSystem.list("/tree").filter { $0.hasSuffix(".values") }
  }

  /// Small and large values side by side, read in every way, before and after the tree is opened again.
  @Test func largeValuesAreReadLikeOthers() throws {
    var generator = SeededGenerator(seed: 61)
    let fileSystem = MemoryFileSystem()
    var content: [[UInt8]: [UInt8]] = [:]
    var tree = try Self.open(fileSystem)
    for index in 0..<200 {
      let value = generator.bytes([0, 10, 999, 1000, 5000, 50_000][index % 6])
      try Self.put(tree, index, value)
      content[Self.key(index)] = value
    }
    try tree.flush()
    #expect(tree.metrics().valueFiles > 0)
    for turn in 0..<3 {
      #expect(try tree.content(in: tree.view()) == content)
      for (key, value) in content { #expect(try tree.bytes(key, in: tree.view()) == value) }
      var cursor = try tree.cursor(in: tree.view())
      try cursor.seekToLast()
      var backward: [[UInt8]] = []
      while cursor.isValid {
        #expect(Array(cursor.value) == content[Array(cursor.key)])
        backward.append(Array(cursor.key))
        // To and fro: what is aside and what is on top take turns.
        if generator.below(3) == 0 {
          try cursor.next()
          if cursor.isValid {
            #expect(Array(cursor.value) == content[Array(cursor.key)])
            try cursor.previous()
          } else {
            try cursor.seekToLast()
          }
          #expect(Array(cursor.key) == backward.last)
        }
        try cursor.previous()
      }
      #expect(backward == content.keys.sorted { $1.lexicographicallyPrecedes($0) })
      let report = try tree.verify()
      #expect(report.files > tree.metrics().valueFiles)
      if turn == 0 { try tree.compact() }
      if turn == 1 {
        try tree.close()
        tree = try Self.open(fileSystem)
      }
    }
    try tree.close()
  }

  @Test func whatIsNotInMemoryWouldBlock() throws {
    let fileSystem = MemoryFileSystem()
    let tree = try Self.open(fileSystem)
    let value = [UInt8](repeating: 5, count: 20_000)
    try Self.put(tree, 1, value)
    try tree.flush()
    func scan() throws {
      var cursor = try tree.cursor(in: tree.view(), io: .memoryOnly)
      try cursor.seekToFirst()
      #expect(Array(cursor.value) == value)
    }
    #expect(throws: TreeError.wouldBlock) {
      _ = try tree.bytes(Self.key(1), in: tree.view(), io: .memoryOnly)
    }
    #expect(throws: TreeError.wouldBlock) { try scan() }
    #expect(try tree.bytes(Self.key(1), in: tree.view()) == value)
    #expect(try tree.bytes(Self.key(1), in: tree.view(), io: .memoryOnly) == value)
    try scan()
    try tree.close()
  }

  /// Whatever became of a value since, who holds a snapshot or a view reads it.
  @Test func snapshotsKeepOldValues() throws {
    let fileSystem = MemoryFileSystem()
    let tree = try Self.open(fileSystem)
    var snapshots: [(Snapshot, UInt8)] = []
    for round in 0..<6 as Range<UInt8> {
      for index in 0..<10 { try Self.put(tree, index, [UInt8](repeating: round, count: 10_000)) }
      try tree.flush()
      snapshots.append((tree.snapshot(), round))
      if round % 2 == 1 { try tree.compact() }
    }
    for (snapshot, round) in snapshots {
      for index in 0..<10 {
        #expect(try tree.bytes(Self.key(index), in: snapshot.view())?.first == round)
      }
    }
    let view = tree.view()
    for index in 0..<10 { try Self.put(tree, index, [9]) }
    snapshots = []
    try tree.flush()
    try tree.compact()
    #expect(tree.metrics().valueFiles == 0)
    #expect(try Self.valueFiles(fileSystem).isEmpty == false, "a view still reads from them")
    #expect(try tree.bytes(Self.key(3), in: view)?.count == 10_000)
    try finishReading(view)
    #expect(
      try eventually {
        try Self.put(tree, 1, [8])
        try tree.flush()
        return try Self.valueFiles(fileSystem).isEmpty
      })
    try tree.close()
  }

  private func finishReading(_ view: consuming ReadView) throws { #expect(view.sequence > 0) }

  /// Each value is written to the log and once more, however often its entry is compacted.
  @Test func compactionDoesNotRewriteValues() throws {
    var generator = SeededGenerator(seed: 63)
    let tree = try Self.open(MemoryFileSystem()) {
      $0.levelBaseBytesMax = 64 << 10
      $0.compression = .none
    }
    let value = generator.bytes(10_000)
    for number in 0..<500 { try Self.put(tree, number * 7 % 500, value) }
    try tree.flush()
    try tree.compact()
    let metrics = tree.metrics()
    #expect(metrics.compactions > 1)
    #expect(metrics.flushBytes >= 5_000_000 && metrics.flushBytes < 5_200_000)
    #expect(metrics.compactionBytesWritten < 500_000)
    #expect(metrics.valueBytesRelocated == 0)
    try tree.close()
  }

  /// Space after every value was overwritten five times: no more garbage than there is data. And then nothing more is
  /// done.
  @Test func garbageIsCollectedAndThenThereIsPeace() throws {
    var generator = SeededGenerator(seed: 64)
    let fileSystem = MemoryFileSystem()
    let tree = try Self.open(fileSystem) { $0.compression = .none }
    let count = 300
    var content: [[UInt8]: [UInt8]] = [:]
    for _ in 0..<6 * count {
      let index = generator.below(count)
      let value = generator.bytes(5000 + generator.below(5000))
      try Self.put(tree, index, value)
      content[Self.key(index)] = value
    }
    try tree.flush()
    try tree.compact()
    let live = content.values.reduce(0) { $0 + $1.count }
    #expect(
      eventually {
        let metrics = tree.metrics()
        return metrics.valueFileBytes <= 2 * metrics.valueFileLiveBytes + 4096
      })
    var last = tree.metrics()
    #expect(
      eventually {
        UnixTime.sleep(nanoseconds: 100_000_000)
        defer { last = tree.metrics() }
        return last.compactions == tree.metrics().compactions
      })
    #expect(last.valueFileLiveBytes >= live && last.valueFileLiveBytes < live + live / 10)
    #expect(last.valueFileBytes <= 2 * last.valueFileLiveBytes + 4096)
    #expect(last.valueBytesRelocated > 0)
    #expect(try tree.content(in: tree.view()) == content)
    _ = try tree.verify()
    try tree.close()
    // What is not part of the tree any more is not on the disk either.
    let onDisk = try Self.valueFiles(fileSystem).reduce(0) {
      try $0 + fileSystem.sizeBytes(of: "/tree/" + $1)
    }
    #expect(onDisk == last.valueFileBytes)
  }

  /// With another threshold values change their place when compaction meets them, and until then they are read where
  /// they are.
  @Test func theThresholdMayChange() throws {
    var generator = SeededGenerator(seed: 65)
    let fileSystem = MemoryFileSystem()
    var content: [[UInt8]: [UInt8]] = [:]
    for (turn, threshold) in [0, 1000, 0, 3000, .max, 40].enumerated() {
      let tree = try Self.open(fileSystem) {
        $0.valueFileThresholdBytes = threshold
        $0.valueFileGarbagePercentMax = 1
      }
      #expect(try tree.content(in: tree.view()) == content, "turn \(turn)")
      for _ in 0..<60 {
        let index = generator.below(100)
        let value = generator.bytes(generator.below(6000))
        try Self.put(tree, index, value)
        content[Self.key(index)] = value
      }
      try tree.flush()
      try tree.compact()
      #expect(try tree.content(in: tree.view()) == content, "turn \(turn)")
      _ = try tree.verify()
      if turn == 0 { #expect(tree.metrics().valueFiles == 0) }
      if threshold == 40 {
        let large = content.values.filter { $0.count >= 40 }.reduce(0) { $0 + $1.count }
        #expect(tree.metrics().valueFileLiveBytes >= large)
      }
      try tree.close()
    }
  }

  /// What lies in the middle goes without a value being read; what lies beside it can be read and checked at every moment.
  @Test func aRangeIsCutOutOfTablesThatReferToValues() throws {
    let tree = try Self.open(MemoryFileSystem()) { $0.compression = .none }
    for index in 0..<100 { try Self.put(tree, index, [UInt8](repeating: UInt8(index), count: 5000)) }
    try tree.flush()
    try tree.compact()
    try tree.excise(from: Self.key(20), to: Self.key(90))
    #expect(tree.metrics().valueFileLiveBytes < 400_000, "of a small part it is counted")
    for _ in 0..<2 {
      let content = try tree.content(in: tree.view())
      #expect(content.count == 30)
      for index in Array(0..<20) + Array(90..<100) {
        #expect(content[Self.key(index)] == [UInt8](repeating: UInt8(index), count: 5000))
      }
      _ = try tree.verify()
      try tree.compact()
    }
    #expect(
      eventually {
        let metrics = tree.metrics()
        return metrics.valueFileBytes < 300_000 + 10_000 && metrics.valueFileLiveBytes > 150_000
      })
    try tree.close()
  }

  @Test func sizesCountWhatTablesReferTo() throws {
    let tree = try Self.open(MemoryFileSystem()) { $0.compression = .none }
    for index in 0..<100 { try Self.put(tree, index, [UInt8](repeating: 1, count: 10_000)) }
    try tree.flush()
    try tree.compact()
    let whole = try tree.approximateSizeBytes()
    #expect(whole > 1_000_000 && whole < 1_050_000)
    #expect(try tree.approximateSizeBytes(from: Self.key(100), to: nil) == 0)
    try tree.close()
  }

  // MARK: Damage

  private func makeDisk() throws -> MemoryFileSystem {
    let fileSystem = MemoryFileSystem()
    let tree = try Self.open(fileSystem)
    for index in 0..<20 { try Self.put(tree, index, [UInt8](repeating: UInt8(index), count: 5000)) }
    try tree.flush()
    try tree.close()
    return fileSystem
  }

  private func expectCorruption(_ body: () throws -> Void, _ what: String) {
    do {
      try body()
      Issue.record("\(what) went unnoticed")
    } catch TreeError.corruption {
    } catch {
      Issue.record("\(what): \(error) is not corruption")
    }
  }

  @Test func lossesAreReportedWhenTheTreeIsOpened() throws {
    let missing = try makeDisk()
    try missing.remove("/tree/" + Self.valueFiles(missing)[0])
    expectCorruption({ _ = try Self.open(missing) }, "a missing file")
    let short = try makeDisk()
    let path = "/tree/" + (try Self.valueFiles(short)[0])
    try short.openForWriting(path).truncate(to: try short.sizeBytes(of: path) - 1)
    expectCorruption({ _ = try Self.open(short) }, "a short file")
    let headless = try makeDisk()
    for name in ["CURRENT"] + (try headless.list("/tree").filter { $0.hasSuffix(".table") }) {
      try headless.remove("/tree/" + name)
    }
    expectCorruption({ _ = try Self.open(headless) }, "value files without a manifest")
  }

  @Test func damageIsReportedByReadersAndByVerify() throws {
    let fileSystem = try makeDisk()
    let path = "/tree/" + (try Self.valueFiles(fileSystem)[0])
    let byte: [UInt8] = [0xAA]
    try fileSystem.openForWriting(path).write(byte.span.bytes, at: ValueFileFormat.headerBytes + 20)
    let tree = try Self.open(fileSystem)
    expectCorruption({ _ = try tree.bytes(Self.key(0), in: tree.view()) }, "a get")
    expectCorruption({ _ = try tree.content(in: tree.view()) }, "a scan")
    expectCorruption({ _ = try tree.verify() }, "a check")
    #expect(try tree.bytes(Self.key(1), in: tree.view())?.count == 5000)
    try tree.close()
  }

  /// Nothing that is built elsewhere may point into a value file, and if it does, and nobody looked, it harms itself only.
  @Test func anIngestedTableCantPointIntoValueFiles() throws {
    let fileSystem = try makeDisk()
    let tree = try Self.open(fileSystem)
    var buffer = RawBuffer(capacity: 64)
    ValuePointer(file: 900, offset: 32, storedBytes: 10, rawBytes: 10).append(to: &buffer)
    var writer = TableWriter(file: try fileSystem.createFile("/elsewhere"))
    for index in [5, 7] {
      let key = InternalKey.make(Self.key(index), 0, .valuePointer)
      try writer.add(key.span.bytes, buffer.bytes, times: WriteTimes(1))
    }
    _ = try writer.finish()
    expectCorruption({ try tree.ingest(["/elsewhere"], verify: true) }, "a pointer")
    try tree.ingest(["/elsewhere"], verify: false)
    expectCorruption({ _ = try tree.bytes(Self.key(5), in: tree.view()) }, "a get")
    expectCorruption({ try tree.compact() }, "a compaction")
    expectCorruption({ _ = try tree.verify() }, "a check")
    #expect(try tree.bytes(Self.key(6), in: tree.view())?.count == 5000)
    try tree.close()
  }

  @Test func strangersAreRemovedWhenTheTreeIsOpened() throws {
    let fileSystem = try makeDisk()
    _ = try fileSystem.createFile("/tree/000900.values")
    let tree = try Self.open(fileSystem)
    #expect(!fileSystem.exists("/tree/000900.values"))
    #expect(try Self.valueFiles(fileSystem).count == tree.metrics().valueFiles)
    try tree.close()
  }
}
