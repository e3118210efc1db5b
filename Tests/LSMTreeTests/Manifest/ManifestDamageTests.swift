import CPlatform
import LSMTree
import Testing

/// A damaged manifest is reported, or it is one whose last edit a crash could have cut off.
@Suite struct ManifestDamageTests {
  private func manifestPath(_ fileSystem: any FileSystem) throws -> String {
    let name = String(
      decoding: try fileSystem.readAll(StoreFixture.directory + "/CURRENT", limitBytes: 100).dropLast(),
      as: UTF8.self)
    return StoreFixture.directory + "/" + name
  }

  /// A disk with three tables, and what its versions held before each edit.
  private func makeDisk() throws -> (MemoryFileSystem, histories: [Set<UInt64>]) {
    let fileSystem = MemoryFileSystem()
    let fixture = try StoreFixture(on: fileSystem)
    var histories: [Set<UInt64>] = [[]]
    for number in 0..<3 {
      let edit = try fixture.writeTable([Entry(key: [UInt8(number)], sequence: SequenceNumber(number + 1))])
      try fixture.versions.apply(edit)
      histories.append(Set(fixture.versions.current.levels.joined().map(\.number)))
    }
    return (fileSystem, histories)
  }

  /// The numbers of the version's files; nil if opening reports damage. A copy of the disk is opened, since opening
  /// writes.
  private func open(_ fileSystem: MemoryFileSystem, manifest: [UInt8]) throws -> Set<UInt64>? {
    let copy = MemoryFileSystem()
    try copy.createDirectory(StoreFixture.directory)
    for name in try fileSystem.list(StoreFixture.directory) {
      let path = StoreFixture.directory + "/" + name
      let bytes = name.hasPrefix("manifest") ? manifest : try fileSystem.readAll(path, limitBytes: 1 << 20)
      try copy.createFile(path).write(bytes.span.bytes, at: 0)
    }
    do {
      return Set(try StoreFixture(on: copy).versions.current.levels.joined().map(\.number))
    } catch TreeError.corruption {
      return nil
    }
  }

  @Test func flippedBits() throws {
    let (fileSystem, histories) = try makeDisk()
    let good = try fileSystem.readAll(try manifestPath(fileSystem), limitBytes: 1 << 20)
    #expect(try open(fileSystem, manifest: good) == histories[3])
    var reported = 0
    for index in good.indices {
      var bad = good
      bad[index] ^= 1 << UInt8(index % 8)
      let found = try open(fileSystem, manifest: bad)
      // Damage of the last record can't be told from a crash; of any other it can.
      #expect(found == nil || found == histories[2], "byte \(index)")
      reported += found == nil ? 1 : 0
    }
    #expect(reported > good.count / 2)
  }

  @Test func cuts() throws {
    let (fileSystem, histories) = try makeDisk()
    let good = try fileSystem.readAll(try manifestPath(fileSystem), limitBytes: 1 << 20)
    var found: Set<Set<UInt64>> = []
    for count in 0..<good.count {
      if let files = try open(fileSystem, manifest: Array(good[..<count])) { found.insert(files) }
    }
    #expect(found == Set(histories[..<3]))
  }

  @Test func randomBytes() throws {
    let (fileSystem, _) = try makeDisk()
    let header = try fileSystem.readAll(try manifestPath(fileSystem), limitBytes: 1 << 20)[..<24]
    var generator = SeededGenerator(seed: 51)
    for turn in 0..<500 {
      var bytes = generator.bytes(generator.below(300))
      if turn % 2 == 0 { bytes = header + bytes }
      #expect(try open(fileSystem, manifest: bytes) == nil, "turn \(turn)")
    }
  }

  @Test func manifestsOfVersion1AreRead() throws {
    let (fileSystem, histories) = try makeDisk()
    let good = try fileSystem.readAll(try manifestPath(fileSystem), limitBytes: 1 << 20)
    // The same records behind the header that the first release wrote.
    var header = Array(good[..<8]) + [1, 0, 0, 0]
    let checksum = header.withUnsafeBytes { platform_crc32c(0, $0.baseAddress, $0.count) }
    withUnsafeBytes(of: checksum.littleEndian) { header.append(contentsOf: $0) }
    #expect(try open(fileSystem, manifest: header + good[24...]) == histories[3])
  }

  @Test func editsComeBackAsTheyWere() {
    var generator = SeededGenerator(seed: 52)
    for _ in 0..<300 {
      var edit = VersionEdit()
      for _ in 0..<generator.below(4) {
        let lower = generator.bytes(generator.below(20))
        edit.added.append(
          .init(
            level: generator.below(7),
            file: TableFileInfo(
              number: UInt64(generator.below(1 << 40)), sizeBytes: generator.below(1 << 40),
              smallest: InternalKey.make(lower, 8, .value),
              largest: InternalKey.make(lower + [1], 9, .deletion),
              entryCount: generator.below(1000), deletionCount: generator.below(10),
              rangeDeletionCount: generator.below(3))))
      }
      for _ in 0..<generator.below(3) {
        edit.valueFilesAdded.append(
          ValueFileInfo(
            number: UInt64(generator.below(1 << 40)), sizeBytes: 32 + generator.below(1 << 40),
            valueCount: generator.below(1 << 30), valueBytes: generator.below(1 << 40)))
        edit.valueFilesRemoved.append(UInt64(generator.below(1 << 40)))
        guard !edit.added.isEmpty else { continue }
        edit.added[0].file.attributes.valueReferences = ValueReferences(
          (0..<generator.below(4)).map {
            .init(
              file: UInt64($0 * 1000), bytes: 1 + generator.below(1 << 40), count: 1 + generator.below(99))
          })!
      }
      for _ in 0..<generator.below(4) {
        edit.removed.append(.init(level: generator.below(7), number: UInt64(generator.below(1 << 40))))
      }
      if generator.below(2) == 0 { edit.flushedSequence = UInt64(generator.below(1 << 50)) }
      if generator.below(2) == 0 { edit.lastSequence = UInt64(generator.below(1 << 50)) }
      if generator.below(2) == 0 { edit.nextFileNumber = UInt64(generator.below(1 << 50)) }
      let bytes = edit.encode()
      #expect(VersionEdit.decode(bytes) == edit)
      // No byte string makes the decoder do anything but answer.
      var bad = bytes + generator.bytes(1)
      for _ in 0..<3 { bad[generator.below(bad.count)] = generator.bytes(1)[0] }
      _ = VersionEdit.decode(bad)
    }
  }

  /// An attribute that is not understood changes what a table means, so its edit is refused.
  @Test func attributes() {
    var plain = VersionEdit()
    plain.added = [
      .init(
        level: 1,
        file: TableFileInfo(
          number: 7, sizeBytes: 100, smallest: InternalKey.make([1], 8, .value),
          largest: InternalKey.make([2], 9, .value)))
    ]
    let bytes = plain.encode()
    #expect(bytes[0] == 1)
    let tagged = [6] + bytes[1...]
    #expect(VersionEdit.decode(tagged) == nil)
    #expect(VersionEdit.decode(tagged + [0]) == plain)
    #expect(VersionEdit.decode(tagged + [1, 127, 0]) == nil)
    #expect(VersionEdit.decode(tagged + [1]) == nil)
    // A backing file: each attribute once, in ascending order, to its last byte.
    var virtual = plain
    virtual.added[0].file.attributes.backing = .init(number: 5, sizeBytes: 99)
    #expect(virtual.encode() == tagged + [1, 2, 2, 5, 99])
    #expect(VersionEdit.decode(virtual.encode()) == virtual)
    virtual.added[0].file.attributes.sequence = 77
    #expect(virtual.encode() == tagged + [2, 2, 2, 5, 99, 3, 1, 77])
    #expect(VersionEdit.decode(virtual.encode()) == virtual)
    #expect(VersionEdit.decode(tagged + [2, 3, 1, 77, 2, 2, 5, 99]) == nil)
    #expect(VersionEdit.decode(tagged + [1, 2, 3, 5, 99, 0]) == nil)
    #expect(VersionEdit.decode(tagged + [1, 2, 1, 5]) == nil)
    #expect(VersionEdit.decode(tagged + [2, 2, 2, 5, 99, 2, 2, 5, 99]) == nil)
  }
}
