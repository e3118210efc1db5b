import LSMTree
import Synchronization
import Testing

@Suite struct CompactionJobTests {
  private static var options: CompactionOptions {
    var options = CompactionOptions()
    options.l0CompactionSublevels = 3
    options.levelBaseBytesMax = 12_000
    options.levelSizeRatio = 3
    options.tableBytesMax = 3000
    return options
  }

  @discardableResult
  private func run(
    _ compaction: Compaction, _ fixture: StoreFixture, snapshots: [SequenceNumber],
    filter: (any CompactionFilter)? = nil
  ) throws -> CompactionResult {
    var environment = CompactionEnvironment(fixture.versions, snapshots: snapshots)
    environment.filter = filter
    let job = CompactionJob(compaction, options: Self.options, environment: environment)
    let result = try job.run()
    try fixture.versions.apply(result.edit)
    try fixture.store.removeUnusedFiles()
    return result
  }

  /// Random writes, flushes, snapshots and compactions: at every moment every snapshot reads what it did.
  @Test(arguments: 1...8)
  func noReaderSeesACompaction(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    var fixture = try StoreFixture { $0.blockBytes = 1024 }
    let picker = CompactionPicker(options: Self.options)
    var snapshots: [SequenceNumber] = []
    var compactions = 0
    var works: Set<String> = []
    for turn in 0..<40 {
      try fixture.flushRandom(60 + generator.below(60), keys: 400, &generator)
      if generator.below(3) == 0 { snapshots.append(fixture.sequence - SequenceNumber(generator.below(40))) }
      if generator.below(3) == 0, !snapshots.isEmpty {
        snapshots.remove(at: generator.below(snapshots.count))
      }
      let held = snapshots.sorted() + [fixture.sequence]
      for _ in 0..<100 {
        guard
          let compaction = picker.pick(fixture.versions.current, claims: CompactionClaims(), snapshots: held)
        else { break }
        try run(compaction, fixture, snapshots: held)
        works.insert("\(compaction.reason) \(compaction.work)")
        compactions += 1
      }
      #expect(
        picker.pick(fixture.versions.current, claims: CompactionClaims(), snapshots: held) == nil,
        "it settles")
      for sequence in held {
        let found = try StoreFixture.scan(fixture.versions.current, at: sequence)
        #expect(found == fixture.state(at: sequence), "seed \(seed), turn \(turn), snapshot \(sequence)")
      }
    }
    let state = fixture.state(at: fixture.sequence)
    for index in 0..<400 {
      let key = StoreFixture.key(index)
      #expect(try StoreFixture.get(fixture.versions.current, key, at: fixture.sequence) == state[key])
    }
    #expect(compactions >= 10)
    #expect(works.contains("l0 merge") && works.contains("levelSize merge"), "seed \(seed): \(works)")
    #expect(
      try StoreFixture(on: fixture.fileSystem).versions.current.fileCount
        == fixture.versions.current.fileCount)
    for file in fixture.versions.current.levels.joined() { _ = try file.reader(.blocking).verify() }
  }

  /// When everything is at the bottom and nobody holds a snapshot, only what lives is left.
  @Test(arguments: 1...4)
  func theBottomHoldsLiveEntriesOnly(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(100 + seed))
    var fixture = try StoreFixture()
    for _ in 0..<10 { try fixture.flushRandom(100, keys: 200, &generator) }
    let picker = CompactionPicker(options: Self.options)
    while let step = picker.pickManual(
      fixture.versions.current, from: nil, to: nil, claims: CompactionClaims())
    {
      try run(step, fixture, snapshots: [fixture.sequence])
    }
    while let step = picker.pick(
      fixture.versions.current, claims: CompactionClaims(), snapshots: [fixture.sequence])
    {
      try run(step, fixture, snapshots: [fixture.sequence])
    }
    let version = fixture.versions.current
    #expect(version.levels[..<6].allSatisfy { $0.isEmpty })
    #expect(version.rangeDeletions.isEmpty)
    let entries = version.levels[6].reduce(0) { $0 + $1.info.entryCount }
    #expect(entries == fixture.state(at: fixture.sequence).count)
    #expect(version.levels[6].allSatisfy { $0.info.deletionCount == 0 })
  }

  @Test func whatNewReadersMayYetSeeIsKept() throws {
    // The two versions are above the last snapshot: a reader may come between them.
    let fixture = try StoreFixture()
    try fixture.versions.apply(
      try fixture.writeTable(
        [
          Entry(key: [1], sequence: 5, value: [5]), Entry(key: [1], sequence: 6, kind: .deletion),
          Entry(key: [2], sequence: 3, value: [3]),
        ], [RangeDeletion(lower: [2], upper: [3], sequence: 7)]))
    let picker = CompactionPicker(options: Self.options)
    // Something below, so that the file can't just move.
    try fixture.versions.apply(try fixture.writeTable([Entry(key: [1], sequence: 1, value: [1])], level: 6))
    let step = try #require(
      picker.pickManual(fixture.versions.current, from: nil, to: nil, claims: CompactionClaims()))
    #expect(step.work == .merge)
    try run(step, fixture, snapshots: [4])
    let version = fixture.versions.current
    #expect(try StoreFixture.get(version, [1], at: 4) == [1])
    #expect(try StoreFixture.get(version, [1], at: 5) == [5])
    #expect(try StoreFixture.get(version, [1], at: 6) == nil)
    #expect(try StoreFixture.get(version, [2], at: 6) == [3])
    #expect(try StoreFixture.get(version, [2], at: 7) == nil)
  }

  @Test func outputsAreCutBySizeAndShareNoKeys() throws {
    let fixture = try StoreFixture {
      $0.blockBytes = 1024
      $0.compression = .none
    }
    for round in 0..<4 as Range<UInt64> {
      let entries = (0..<300).map { number in
        Entry(
          key: StoreFixture.key(number / 3), sequence: 1 + round * 300 + UInt64(number),
          value: [UInt8](repeating: 7, count: 50))
      }
      try fixture.versions.apply(
        try fixture.writeTable(
          entries,
          [
            RangeDeletion(
              lower: StoreFixture.key(3), upper: StoreFixture.key(70), sequence: 301 + round * 300)
          ]))
    }
    let step = try #require(
      CompactionPicker(options: Self.options).pickManual(
        fixture.versions.current, from: nil, to: nil, claims: CompactionClaims()))
    // A snapshot at every sequence keeps everything.
    try run(step, fixture, snapshots: Array(0...1300))
    let files = fixture.versions.current.levels[6]
    #expect(files.count > 10)
    #expect(files.allSatisfy { $0.info.sizeBytes < 8000 })
    #expect(zip(files, files.dropFirst()).allSatisfy { $0.info.range.isBefore($1.info.range) })
    #expect(files.reduce(0) { $0 + $1.info.entryCount } == 1200)
    #expect(files.filter { $0.info.rangeDeletionCount > 0 }.count > 3)
  }

  @Test func outputsEndBeforeTheyOverlapTooMuchBelow() throws {
    let fixture = try StoreFixture { $0.compression = .none }
    for key in 0..<40 as Range<UInt8> {
      let value = [UInt8](repeating: key, count: 3000)
      try fixture.versions.apply(
        try fixture.writeTable([Entry(key: [key], sequence: 1, value: value)], level: 6))
    }
    for level in [5, 0] {
      let entries = (0..<40).map { Entry(key: [UInt8($0)], sequence: SequenceNumber(10 - level), value: [1]) }
      try fixture.versions.apply(try fixture.writeTable(entries, level: level))
    }
    var options = Self.options
    options.levelBaseBytesMax = 60_000
    let step = try #require(
      CompactionPicker(options: options).pickManual(
        fixture.versions.current, from: nil, to: nil, claims: CompactionClaims()))
    #expect(step.outputLevel == 5)
    try run(step, fixture, snapshots: [100])
    // Ten tables of 3,000 bytes are allowed to lie below each output.
    #expect((3...5).contains(fixture.versions.current.levels[5].count))
  }

  struct DropOdd: CompactionFilter {
    func shouldDelete(key: RawSpan, value: RawSpan) -> Bool {
      key.unsafeLoad(as: UInt8.self) % 2 == 1
    }
  }

  @Test func aFilterDeletesWhatEveryReaderSees() throws {
    let fixture = try StoreFixture()
    try fixture.versions.apply(
      try fixture.writeTable((0..<10).map { Entry(key: [$0], sequence: 1, value: [1]) }, level: 6))
    try fixture.versions.apply(
      try fixture.writeTable((0..<10).map { Entry(key: [$0], sequence: $0 < 6 ? 5 : 9, value: [2]) }))
    let picker = CompactionPicker(options: Self.options)
    let step = try #require(
      picker.pickManual(fixture.versions.current, from: nil, to: nil, claims: CompactionClaims()))
    try run(step, fixture, snapshots: [5, 9], filter: DropOdd())
    let version = fixture.versions.current
    for key in 0..<10 as Range<UInt8> {
      let isDeleted = key % 2 == 1 && key < 6
      #expect(try StoreFixture.get(version, [key], at: 9) == (isDeleted ? nil : [2]), "key \(key)")
    }
    // Key 7's new version is not seen by the older snapshot, so both of its versions stay.
    #expect(try StoreFixture.get(version, [7], at: 5) == [1])
  }

  @Test func whenToldToStopItLeavesNothingBehind() throws {
    var generator = SeededGenerator(seed: 61)
    var fixture = try StoreFixture { $0.blockBytes = 1024 }
    for _ in 0..<4 { try fixture.flushRandom(1500, keys: 5000, &generator) }
    let before = try fixture.fileSystem.list(StoreFixture.directory)
    var environment = CompactionEnvironment(fixture.versions, snapshots: [fixture.sequence])
    let asked = Counter()
    environment.shouldStop = { asked.increment() == 3 }
    let step = try #require(
      CompactionPicker(options: Self.options).pick(
        fixture.versions.current, claims: CompactionClaims(), snapshots: [fixture.sequence]))
    let job = CompactionJob(step, options: Self.options, environment: environment)
    do {
      _ = try job.run()
      Issue.record("it went on")
    } catch {
      #expect(error == .closed)
    }
    #expect(try fixture.fileSystem.list(StoreFixture.directory) == before)
  }

  @Test func anErrorLeavesNothingBehind() throws {
    var generator = SeededGenerator(seed: 62)
    let disk = FaultFileSystem()
    var fixture = try StoreFixture(on: disk)
    for _ in 0..<4 { try fixture.flushRandom(300, keys: 500, &generator) }
    let before = try disk.list(StoreFixture.directory)
    let start = disk.changeCount
    let step = try #require(
      CompactionPicker(options: Self.options).pick(
        fixture.versions.current, claims: CompactionClaims(), snapshots: [fixture.sequence]))
    for number in 0..<5 {
      let failing = disk.changeCount + number
      disk.setPlan { $0.number == failing ? .fail(errno: 28) : nil }
      #expect(throws: TreeError.self) {
        let job = CompactionJob(
          step, options: Self.options,
          environment: CompactionEnvironment(fixture.versions, snapshots: [fixture.sequence]))
        _ = try job.run()
      }
      #expect(try disk.list(StoreFixture.directory) == before)
    }
    #expect(disk.changeCount > start)
  }

  final class Counter: Sendable {
    private let value = Mutex(0)
    func increment() -> Int {
      value.withLock { value in
        value += 1
        return value
      }
    }
  }
}
