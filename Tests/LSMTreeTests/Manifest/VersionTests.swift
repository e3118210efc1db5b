import LSMTree
import Testing

@Suite struct VersionTests {
  @Test(arguments: 1...5)
  func readsFindWhatWasFlushed(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    var fixture = try StoreFixture { $0.blockBytes = 1024 }
    for _ in 0..<6 { try fixture.flushRandom(150, keys: 120, &generator) }
    let version = fixture.versions.current
    for sequence in [fixture.sequence, fixture.sequence / 2, 1, 0] {
      let expected = fixture.state(at: sequence)
      #expect(try StoreFixture.scan(version, at: sequence) == expected, "seed \(seed)")
      for index in 0..<125 {
        let key = StoreFixture.key(index)
        #expect(
          try StoreFixture.get(version, key, at: sequence) == expected[key], "seed \(seed), key \(index)")
      }
    }
  }

  @Test func aRunCursorGoesThroughItsFilesBothWays() throws {
    let fixture = try StoreFixture()
    var all: [Entry] = []
    for file in 0..<5 {
      let entries = (0..<10).map { Entry(key: [UInt8(file * 20 + $0)], sequence: 1 + SequenceNumber(file)) }
      try fixture.versions.apply(try fixture.writeTable(entries, level: 3))
      all += entries
    }
    let cursors = fixture.versions.current.cursors(from: nil, to: nil, io: .blocking)
    let cursor = try #require(cursors.first)
    #expect(cursors.count == 1)
    try cursor.seekToFirst()
    for entry in all {
      #expect(Array(cursor.unsafeKey) == entry.internalKey)
      try cursor.next()
    }
    #expect(!cursor.isValid)
    try cursor.seekToLast()
    for entry in all.reversed() {
      #expect(Array(cursor.unsafeKey) == entry.internalKey)
      try cursor.previous()
    }
    #expect(!cursor.isValid)
    for key in 0...110 as ClosedRange<UInt8> {
      let target = InternalKey.make([key], sequenceNumberMax, .value)
      try cursor.seek(target.span.bytes)
      #expect(firstByte(cursor) == all.first { $0.key[0] >= key }?.key[0])
      try cursor.seekForPrevious(target.span.bytes)
      #expect(firstByte(cursor) == all.last { $0.key[0] < key }?.key[0])
    }
  }

  private func firstByte(_ cursor: RunCursor) -> UInt8? {
    cursor.isValid ? cursor.unsafeKey.first : nil
  }

  @Test func cursorsLeaveOutFilesBeyondTheBounds() throws {
    let fixture = try StoreFixture()
    for file in 0..<5 {
      try fixture.versions.apply(
        try fixture.writeTable([Entry(key: [UInt8(file * 20)], sequence: 1)], level: 6))
    }
    try fixture.versions.apply(try fixture.writeTable([Entry(key: [70], sequence: 9)]))
    #expect(fixture.versions.current.cursors(from: [30], to: [60], io: .memoryOnly).count == 1)
    #expect(fixture.versions.current.cursors(from: [81], to: nil, io: .memoryOnly).isEmpty)
    #expect(fixture.versions.current.cursors(from: nil, to: nil, io: .memoryOnly).count == 2)
  }

  @Test func aFileThatEndsWhereTheNextBeginsDoesNotHideIt() throws {
    let fixture = try StoreFixture()
    try fixture.versions.apply(
      try fixture.writeTable(
        [Entry(key: [1], sequence: 1)], [RangeDeletion(lower: [2], upper: [5], sequence: 2)], level: 4))
    try fixture.versions.apply(try fixture.writeTable([Entry(key: [5], sequence: 3, value: [3])], level: 4))
    #expect(try StoreFixture.get(fixture.versions.current, [5], at: 9) == [3])
  }

  @Test func memoryOnlyReadsDontWaitForTheDisk() throws {
    let fixture = try StoreFixture()
    try fixture.versions.apply(try fixture.writeTable([Entry(key: [1], sequence: 1, value: [5])]))
    let key: [UInt8] = [1]
    func get(_ version: Version) throws -> [UInt8]? {
      try key.withUnsafeBytes {
        try version.get($0, hash: KeyHash.hash(key), sequence: 9, io: .memoryOnly).map {
          Array($0.value.unsafeBytes)
        }
      }
    }
    for version in [fixture.versions.current, try StoreFixture(on: fixture.fileSystem).versions.current] {
      #expect(throws: TreeError.wouldBlock) { _ = try get(version) }
      #expect(try StoreFixture.get(version, key, at: 9) == [5])
      #expect(try get(version) == [5])
    }
  }

  @Test func aTableThatCantBeReadBackNeverCounts() throws {
    let fixture = try StoreFixture()
    let edit = try fixture.writeTable([Entry(key: [1], sequence: 1)])
    let path = fixture.store.files.path(of: edit.added[0].file.number)
    try fixture.fileSystem.openForWriting(path).write(
      [UInt8](repeating: 0, count: 8).span.bytes, at: edit.added[0].file.sizeBytes - 60)
    #expect(throws: TreeError.self) { try fixture.versions.apply(edit) }
    #expect(fixture.versions.current.fileCount == 0)
    try fixture.versions.apply(try fixture.writeTable([Entry(key: [2], sequence: 2)]))
    #expect(fixture.versions.current.fileCount == 1)
  }

  @Test func threadsOpenATableTogether() async throws {
    let fixture = try StoreFixture { $0.openFilesMax = 16 }
    for number in 0..<30 as Range<UInt8> {
      try fixture.versions.apply(
        try fixture.writeTable([Entry(key: [number], sequence: 1, value: [number])], level: 6))
    }
    let version = fixture.versions.current
    let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
      for task in 0..<4 {
        group.addTask {
          var generator = SeededGenerator(seed: UInt64(task))
          return try (0..<2000).count { _ in
            let key = [UInt8(generator.below(30))]
            return try StoreFixture.get(version, key, at: 9) != key
          }
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(wrong == 0)
    #expect(fixture.store.files.count <= 16)
  }

  @Test func sizesAreEstimatedByRange() throws {
    let fixture = try StoreFixture {
      $0.blockBytes = 1024
      $0.compression = .none
    }
    let entries = (0..<200).map {
      Entry(key: [UInt8($0)], sequence: 1, value: [UInt8](repeating: 1, count: 500))
    }
    try fixture.versions.apply(try fixture.writeTable(entries, level: 6))
    let version = fixture.versions.current
    let whole = try version.approximateSizeBytes(from: nil, to: nil)
    let half = try version.approximateSizeBytes(from: [50], to: [150])
    #expect(whole > 100_000)
    #expect(abs(half - whole / 2) < 4000)
    #expect(try version.approximateSizeBytes(from: [250], to: nil) == 0)
  }
}
