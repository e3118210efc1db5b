import LSMTree
import Testing

@Suite struct SubcompactionTests {
  private static func options(_ subcompactionsMax: Int) -> CompactionOptions {
    var options = CompactionOptions()
    options.tableBytesMax = 2000
    options.levelBaseBytesMax = 1 << 20
    options.subcompactionsMax = subcompactionsMax
    return options
  }

  /// A last level of many small tables under L0, and the compaction of all of it.
  private func fixture(
    on fileSystem: any FileSystem = MemoryFileSystem(), seed: Int
  ) throws -> (StoreFixture, Compaction) {
    var generator = SeededGenerator(seed: UInt64(seed))
    var fixture = try StoreFixture(on: fileSystem) {
      $0.blockBytes = 1024
      $0.compression = .none
    }
    let picker = CompactionPicker(options: Self.options(1))
    for isLast in [false, true] {
      for _ in 0..<6 { try fixture.flushRandom(300, keys: 500, &generator) }
      guard
        let step = picker.pickManual(fixture.versions.current, from: nil, to: nil, claims: CompactionClaims())
      else { break }
      if isLast { return (fixture, step) }
      let environment = CompactionEnvironment(fixture.versions, snapshots: [0])
      try fixture.versions.apply(
        try SubcompactionRunner(step, options: Self.options(1), environment: environment).run().edit)
    }
    throw TreeError.closed
  }

  private struct Found: Equatable {
    var key: [UInt8]
    var value: [UInt8]
  }

  private func entries(of version: Version) throws -> [Found] {
    var found: [Found] = []
    for cursor in version.cursors(from: nil, to: nil, io: .blocking) {
      try cursor.seekToFirst()
      while cursor.isValid {
        found.append(Found(key: Array(cursor.unsafeKey), value: Array(cursor.unsafeValue)))
        try cursor.next()
      }
    }
    return found
  }

  @Test(arguments: 1...4)
  func manyWriteWhatOneWrites(_ seed: Int) throws {
    var results: [[Found]] = []
    for threads in [1, 4] {
      let (fixture, step) = try fixture(seed: seed)
      let snapshots = [fixture.sequence / 2, fixture.sequence]
      let environment = CompactionEnvironment(fixture.versions, snapshots: snapshots)
      let runner = SubcompactionRunner(step, options: Self.options(threads), environment: environment)
      #expect(runner.parts.count == threads)
      let result = try runner.run()
      #expect(result.bytesRead == step.inputBytes)
      try fixture.versions.apply(result.edit)
      let version = fixture.versions.current
      for sequence in snapshots {
        #expect(try StoreFixture.scan(version, at: sequence) == fixture.state(at: sequence), "seed \(seed)")
      }
      for file in version.levels.joined() { _ = try file.reader(.blocking).verify() }
      results.append(try entries(of: version))
    }
    #expect(results[0] == results[1], "seed \(seed)")
  }

  @Test func partsMeetAndAreAboutEquallyLarge() throws {
    let (fixture, step) = try fixture(seed: 9)
    let environment = CompactionEnvironment(fixture.versions, snapshots: [fixture.sequence])
    let parts = SubcompactionRunner(step, options: Self.options(3), environment: environment).parts
    #expect(parts.count == 3 && parts.first?.lower == nil && parts.last?.upper == nil)
    #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.upper == $1.lower && $0.upper != nil })
    let tables = step.inputs[1].files
    let counts = parts.map { part in
      tables.filter { $0.info.range.overlaps(from: part.lower, to: part.upper) }.count
    }
    #expect(counts.max()! - counts.min()! <= 2, "\(counts)")
  }

  @Test func whenOneFailsNothingIsLeft() throws {
    let disk = FaultFileSystem()
    let (fixture, step) = try fixture(on: disk, seed: 11)
    try fixture.store.removeUnusedFiles()
    let before = try disk.list(StoreFixture.directory)
    for number in [0, 3, 8] {
      let failing = disk.changeCount + number
      disk.setPlan { $0.number == failing ? .fail(errno: 28) : nil }
      let environment = CompactionEnvironment(fixture.versions, snapshots: [fixture.sequence])
      let runner = SubcompactionRunner(step, options: Self.options(4), environment: environment)
      do {
        _ = try runner.run()
        Issue.record("it went on")
      } catch {
        guard case .io(_, _, 28) = error else {
          Issue.record("\(error)")
          return
        }
      }
      #expect(try disk.list(StoreFixture.directory) == before)
    }
  }
}
