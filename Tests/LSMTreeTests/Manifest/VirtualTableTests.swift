import LSMTree
import Testing

/// Virtual tables: each shows the part of a file between its bounds, and nothing else of it.
@Suite struct VirtualTableTests {
  /// Cuts tables at random keys, and parts of tables again, and drops every other piece. What is left must read like a model
  /// without the pieces that went.
  @Test(arguments: 1...8)
  func partsShowTheirKeysOnly(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var fixture = try StoreFixture { $0.blockBytes = 1 << 10 }
    for _ in 0..<3 { try fixture.flushRandom(200, keys: 400, &random) }
    var dropped: [KeyRange] = []
    for _ in 0..<6 {
      let keys = [StoreFixture.key(random.below(400)), StoreFixture.key(random.below(400))].sorted {
        KeyOrder.compare($0, $1) < 0
      }
      guard keys[0] != keys[1] else { continue }
      try drop(keys[0], keys[1], fixture.versions)
      dropped.append(KeyRange(lower: keys[0], upper: keys[1], isUpperIncluded: false))
    }
    fixture.entries.removeAll { entry in dropped.contains { Self.holds($0, entry.key) } }
    try check(fixture.versions.current, fixture, &random)
    // The same when it comes from the manifest.
    let reopened = try StoreFixture(on: fixture.fileSystem)
    try check(reopened.versions.current, fixture, &random)
  }

  private static func holds(_ range: KeyRange, _ key: [UInt8]) -> Bool {
    KeyOrder.compare(range.lower, key) <= 0 && KeyOrder.compare(key, range.upper) < 0
  }

  /// Takes a range out of every table of L0.
  private func drop(_ lower: [UInt8], _ upper: [UInt8], _ versions: VersionSet) throws {
    var edit = VersionEdit()
    for file in versions.current.levels[0] where file.info.range.overlaps(from: lower, to: upper) {
      edit.removed.append(.init(level: 0, number: file.number))
      for (from, to) in [(nil, lower), (upper, nil)] {
        guard let part = try file.part(from: from, to: to, number: versions.newFileNumber()) else { continue }
        #expect(part.backingNumber == file.backing.number)
        edit.added.append(.init(level: 0, file: part))
      }
    }
    try versions.apply(edit)
  }

  private func check(
    _ version: Version, _ fixture: StoreFixture, _ random: inout SeededGenerator
  ) throws {
    // A reader that sees everything; deletions in the ranges that went are gone with them, but so is what they covered.
    let expected = fixture.state(at: fixture.sequence)
    #expect(try StoreFixture.scan(version, at: fixture.sequence) == expected)
    for index in 0..<400 {
      let key = StoreFixture.key(index)
      #expect(try StoreFixture.get(version, key, at: fixture.sequence) == expected[key])
    }
    for cursor in version.cursors(from: nil, to: nil, io: .blocking) {
      let keys = try Self.forward(cursor)
      #expect(try Self.backward(cursor) == keys.reversed())
      for _ in 0..<40 {
        let target = InternalKey.make(StoreFixture.key(random.below(400)), UInt64(random.below(700)), .value)
        try cursor.seek(target.span.bytes)
        #expect(Self.key(cursor) == keys.first { KeyOrder.compareInternal($0, target) >= 0 })
        try cursor.seekForPrevious(target.span.bytes)
        #expect(Self.key(cursor) == keys.last { KeyOrder.compareInternal($0, target) <= 0 })
      }
    }
  }

  private static func key(_ cursor: RunCursor) -> [UInt8]? { cursor.isValid ? Array(cursor.unsafeKey) : nil }

  private static func forward(_ cursor: RunCursor) throws -> [[UInt8]] {
    var keys: [[UInt8]] = []
    try cursor.seekToFirst()
    while let key = key(cursor) {
      keys.append(key)
      try cursor.next()
    }
    return keys
  }

  private static func backward(_ cursor: RunCursor) throws -> [[UInt8]] {
    var keys: [[UInt8]] = []
    try cursor.seekToLast()
    while let key = key(cursor) {
      keys.append(key)
      try cursor.previous()
    }
    return keys
  }

  /// A file stays until the last of its tables is gone from every version that somebody holds.
  @Test func aFileOutlivesAllOfItsParts() throws {
    let fileSystem = MemoryFileSystem()
    let fixture = try StoreFixture(on: fileSystem)
    let entries = (0..<100).map { Entry(key: StoreFixture.key($0), sequence: UInt64($0) + 1) }
    try fixture.versions.apply(try fixture.writeTable(entries))
    let path = StoreFixture.directory + "/" + FileNames.table(fixture.versions.current.levels[0][0].number)
    try drop(StoreFixture.key(30), StoreFixture.key(40), fixture.versions)
    #expect(fixture.versions.current.levels[0].count == 2)
    for number in fixture.versions.current.levels[0].map(\.number) {
      try fixture.store.removeUnusedFiles()
      #expect(fileSystem.exists(path))
      var edit = VersionEdit()
      edit.removed = [.init(level: 0, number: number)]
      try fixture.versions.apply(edit)
    }
    try fixture.store.removeUnusedFiles()
    #expect(!fileSystem.exists(path))
  }

  /// Counts are the share of the file's; sums of parts come near the whole.
  @Test func estimates() throws {
    let fixture = try StoreFixture {
      $0.blockBytes = 1 << 10
      $0.compression = .none
    }
    let entries = (0..<1000).map {
      Entry(key: StoreFixture.key($0), sequence: UInt64($0) + 1, value: [UInt8](repeating: 7, count: 50))
    }
    try fixture.versions.apply(try fixture.writeTable(entries))
    let whole = fixture.versions.current.levels[0][0].info
    try drop(StoreFixture.key(500), StoreFixture.key(600), fixture.versions)
    let parts = fixture.versions.current.levels[0].map(\.info)
    let sum = parts.reduce(0) { $0 + $1.entryCount }
    #expect((880...920).contains(sum))
    let bytes = parts.reduce(0) { $0 + $1.sizeBytes }
    #expect(bytes * 10 > whole.sizeBytes * 8 && bytes < whole.sizeBytes)
    #expect(try fixture.versions.current.approximateSizeBytes(from: nil, to: nil) == bytes)
    #expect(
      try fixture.versions.current.approximateSizeBytes(
        from: StoreFixture.key(500), to: StoreFixture.key(600)) <= 1 << 11)
  }
}
