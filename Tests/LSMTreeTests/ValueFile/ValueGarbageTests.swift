import LSMTree
import Testing

/// The collection of garbage, step by step, without a tree.
@Suite struct ValueGarbageTests {
  private static var options: CompactionOptions {
    var options = CompactionOptions()
    options.l0CompactionSublevels = 3
    options.levelBaseBytesMax = 12_000
    options.levelSizeRatio = 3
    options.tableBytesMax = 3000
    options.valueFileBytesMax = 20_000
    return options
  }

  private func run(
    _ compaction: Compaction, _ fixture: StoreFixture, snapshots: [SequenceNumber],
    filter: (any CompactionFilter)? = nil
  ) throws {
    var environment = CompactionEnvironment(fixture.versions, snapshots: snapshots)
    environment.values.fileBytesMax = Self.options.valueFileBytesMax
    environment.filter = filter
    let job = CompactionJob(compaction, options: Self.options, environment: environment)
    try fixture.versions.apply(try job.run().edit)
    try fixture.store.removeUnusedFiles()
  }

  /// Random histories, with snapshots that come and go: nobody sees a difference, no file is lost or left, and each
  /// history comes to an end in which no value file has too much garbage.
  @Test(arguments: 1...5)
  func itEndsAndNobodySeesIt(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    var fixture = try StoreFixture {
      $0.blockBytes = 1024
      $0.valueFileThresholdBytes = 32
    }
    let picker = CompactionPicker(options: Self.options)
    var snapshots: [SequenceNumber] = []
    var collections = 0
    for turn in 0..<20 {
      try fixture.flushRandom(60 + generator.below(60), keys: 400, &generator, valueBytesMax: 200)
      if generator.below(3) == 0 { snapshots.append(fixture.sequence - SequenceNumber(generator.below(40))) }
      if generator.below(3) == 0, !snapshots.isEmpty {
        snapshots.remove(at: generator.below(snapshots.count))
      }
      let held = snapshots.sorted() + [fixture.sequence]
      var steps = 0
      while let compaction = picker.pick(
        fixture.versions.current, claims: CompactionClaims(), snapshots: held)
      {
        try run(compaction, fixture, snapshots: held)
        collections += compaction.reason == .valueGarbage ? 1 : 0
        steps += 1
        guard steps < 200 else {
          Issue.record("seed \(seed), turn \(turn): it goes on and on")
          return
        }
      }
      try check(fixture, held, "seed \(seed), turn \(turn)")
    }
    #expect(collections > 0, "seed \(seed)")
    let version = fixture.versions.current
    let again = try StoreFixture(on: fixture.fileSystem).versions.current
    #expect(again.valueFiles.map(\.file.info) == version.valueFiles.map(\.file.info), "seed \(seed)")
    #expect(again.valueFiles.map(\.references) == version.valueFiles.map(\.references), "seed \(seed)")
  }

  private func check(_ fixture: StoreFixture, _ snapshots: [SequenceNumber], _ comment: String) throws {
    let version = fixture.versions.current
    for sequence in snapshots {
      #expect(
        try StoreFixture.scan(version, at: sequence) == fixture.state(at: sequence),
        "\(comment), snapshot \(sequence)")
    }
    // The files on disk are those of the version, and its sums are those of its tables.
    try fixture.store.removeUnusedFiles()
    let names = try fixture.fileSystem.list(StoreFixture.directory).filter { $0.hasSuffix(".values") }
    #expect(names == version.valueFiles.map { FileNames.values($0.file.number) }, "\(comment)")
    let inL0 = Set(version.levels[0].flatMap { $0.info.attributes.valueReferences.shares.map(\.file) })
    for use in version.valueFiles {
      let shares = version.levels.joined().compactMap {
        $0.info.attributes.valueReferences[use.file.number]
      }
      #expect(use.references.bytes == shares.reduce(0) { $0 + $1.bytes }, "\(comment)")
      #expect(use.references.count == shares.reduce(0) { $0 + $1.count } && !shares.isEmpty, "\(comment)")
      if !inL0.contains(use.file.number) {
        #expect(2 * use.garbageBytes <= use.file.info.recordBytes, "\(comment)")
      }
    }
    for file in version.levels.joined() {
      let found = try file.reader(.blocking).verify(valuesIn: version)
      #expect(found.valueReferences == file.info.attributes.valueReferences, "\(comment)")
    }
  }

  /// Tables that don't lie next to each other are rewritten one after the other; those that do, together.
  @Test func theTablesThatReferToAFileAreRewritten() throws {
    let fixture = try fixtureWithGarbage()
    let picker = CompactionPicker(options: Self.options)
    var steps: [[UInt64]] = []
    while let step = picker.pick(fixture.versions.current, claims: CompactionClaims(), snapshots: [100]) {
      #expect(step.reason == .valueGarbage)
      #expect(step.inputs.count == 1 && step.inputs[0].level == 6 && step.outputLevel == 6)
      steps.append(step.inputs[0].files.map(\.number))
      try run(step, fixture, snapshots: [100])
    }
    #expect(steps.count == 1 && steps[0].count == 2)
    let version = fixture.versions.current
    #expect(version.valueFiles.allSatisfy { $0.garbageBytes == 0 })
    #expect(try StoreFixture.scan(version, at: 100).count == 6)
  }

  @Test func busyTablesWait() throws {
    let fixture = try fixtureWithGarbage()
    let version = fixture.versions.current
    let picker = CompactionPicker(options: Self.options)
    let all = Set(version.levels.joined().map(\.number))
    #expect(picker.pick(version, claims: CompactionClaims(numbers: all), snapshots: [100]) == nil)
    for table in version.levels[6].prefix(2) {
      let step = try #require(
        picker.pick(version, claims: CompactionClaims(numbers: [table.number]), snapshots: [100]))
      #expect(!step.inputNumbers.contains(table.number))
    }
  }

  /// Three tables of two keys each at the bottom; of the value file of the first two, three quarters are garbage.
  private func fixtureWithGarbage() throws -> StoreFixture {
    let fixture = try StoreFixture { $0.valueFileThresholdBytes = 32 }
    func entry(_ key: UInt8, _ sequence: SequenceNumber) -> Entry {
      Entry(key: [key], sequence: sequence, value: [UInt8](repeating: key, count: 100))
    }
    // One job writes all the values and two tables, each of which refers to a part of them.
    var values = try fixture.store.newValueFile(fixture.versions.newFileNumber())
    var edit = VersionEdit()
    for table in 0..<2 as Range<UInt8> {
      let number = fixture.versions.newFileNumber()
      var writer = try fixture.store.newTable(number)
      for key in 2 * table..<2 * table + 2 {
        for sequence in (1...4 as ClosedRange<UInt64>).reversed() {
          let entry = entry(key, sequence)
          let pointer = try entry.value.withUnsafeBytes { value in
            try entry.key.withUnsafeBytes {
              try values.add(value, keyHash: ValueFileFormat.keyHash($0))
            }
          }
          // Only the newest is written: the others are garbage from the beginning.
          guard sequence == 4 else { continue }
          var buffer = RawBuffer(capacity: 64)
          pointer.append(to: &buffer)
          let key = InternalKey.make(entry.key, sequence, .valuePointer)
          try writer.add(key.span.bytes, buffer.bytes, times: WriteTimes(1))
        }
      }
      edit.added.append(.init(level: 6, file: TableFileInfo(number: number, try writer.finish())))
    }
    edit.valueFilesAdded = [try values.finish()]
    edit.lastSequence = 4
    try fixture.versions.apply(edit)
    try fixture.versions.apply(try fixture.writeTable([entry(8, 5), entry(9, 6)], level: 6))
    return fixture
  }

  // MARK: Filters

  /// Deletes by the first byte of the value, or by the key alone.
  private struct Filter: CompactionFilter {
    var usesValue: Bool

    func needsValue(key: RawSpan) -> Bool { usesValue }

    func shouldDelete(key: RawSpan, value: RawSpan) -> Bool {
      usesValue
        ? value.byteCount > 0 && value.unsafeLoad(as: UInt8.self) % 2 == 1
        : value.byteCount == 0 && key.unsafeLoad(as: UInt8.self) % 2 == 1
    }
  }

  @Test(arguments: [true, false])
  func aFilterIsShownTheValueItself(_ usesValue: Bool) throws {
    let fixture = try StoreFixture { $0.valueFileThresholdBytes = 32 }
    let picker = CompactionPicker(options: Self.options)
    // Once through without a filter, so that the values are in a value file.
    for filter in [nil, Filter(usesValue: usesValue)] {
      for round in 0..<2 as Range<UInt64> {
        let sequence = fixture.versions.lastSequence + 1 + round
        let entries =
          filter == nil
          ? (0..<10).map { Entry(key: [$0], sequence: sequence, value: [UInt8](repeating: $0, count: 100)) }
          : [0, 200].map { Entry(key: [$0], sequence: sequence, value: [2]) }
        try fixture.versions.apply(try fixture.writeTable(entries))
      }
      while let step = picker.pickManual(
        fixture.versions.current, from: nil, to: nil, claims: CompactionClaims())
      {
        try run(step, fixture, snapshots: [100], filter: filter)
      }
    }
    let keys = try StoreFixture.scan(fixture.versions.current, at: 100).keys.map { $0[0] }.sorted()
    #expect(keys == [0, 2, 4, 6, 8, 200])
  }
}
