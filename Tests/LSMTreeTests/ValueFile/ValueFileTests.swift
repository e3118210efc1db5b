import LSMTree
import Testing

/// A value file in memory, and what it takes to read it.
struct ValueFixture {
  static let number: UInt64 = 7
  let fileSystem = MemoryFileSystem()
  let store: TableStore
  var info = ValueFileInfo(number: Self.number, sizeBytes: 0, valueCount: 0, valueBytes: 0)
  private(set) var pointers: [ValuePointer] = []
  private(set) var values: [[UInt8]] = []

  init(_ change: (inout TreeOptions) -> Void = { _ in }) throws {
    var options = TreeOptions()
    options.blockCacheBytesMax = 1 << 20
    change(&options)
    try fileSystem.createDirectory("/values")
    store = TableStore(directory: "/values", fileSystem: fileSystem, options: options)
  }

  /// The key whose value is the one of that number.
  static func keyHash(_ index: Int) -> UInt32 {
    [UInt8(index & 255), UInt8(index >> 8)].withUnsafeBytes { ValueFileFormat.keyHash($0) }
  }

  mutating func write(_ values: [[UInt8]]) throws {
    var writer = try store.newValueFile(Self.number)
    pointers = []
    self.values = values
    for (index, value) in values.enumerated() {
      pointers.append(
        try value.withUnsafeBytes { try writer.add($0, keyHash: Self.keyHash(index)) })
    }
    info = try writer.finish()
  }

  /// As if it was looked at for the first time.
  var file: ValueFile { ValueFile(info, in: store) }

  var path: String { store.files.path(of: Self.number, .values) }

  var bytes: [UInt8] {
    get throws { try fileSystem.readAll(path, limitBytes: 1 << 30) }
  }

  func overwrite(_ bytes: [UInt8]) throws {
    store.files.close(Self.number)
    try fileSystem.createFile(path).write(bytes.span.bytes, at: 0)
  }

  /// Reads all there is, past the cache, and checks it as `Tree.verify` does.
  func readEverything() throws {
    let file = file
    try file.verify()
    for (index, pointer) in pointers.enumerated() {
      try file.verify(pointer, keyHash: Self.keyHash(index))
      let value = try file.read(pointer, keyHash: Self.keyHash(index))
      #expect(Array(value.unsafeBytes) == values[index])
    }
  }
}

@Suite struct ValueFileTests {
  private func isReported(_ fixture: ValueFixture) -> Bool {
    do {
      try fixture.readEverything()
      return false
    } catch TreeError.corruption {
      return true
    } catch {
      Issue.record("not corruption: \(error)")
      return true
    }
  }

  private func values(_ count: Int, bytesMax: Int, _ generator: inout SeededGenerator) -> [[UInt8]] {
    (0..<count).map { index in
      let bytes = generator.bytes(generator.below(bytesMax))
      // Every other one is worth compressing.
      return index % 2 == 0 ? bytes : bytes + bytes
    }
  }

  @Test(arguments: [Compression.none, .lz4])
  func valuesComeBackAsTheyWere(_ compression: Compression) throws {
    var generator = SeededGenerator(seed: 41)
    var fixture = try ValueFixture { $0.compression = compression }
    // Among them an empty one, and one that is larger than what is gathered before it is written.
    try fixture.write([[]] + values(200, bytesMax: 9000, &generator) + [generator.bytes(600_000)])
    #expect(fixture.info.valueCount == 202)
    #expect(fixture.info.sizeBytes == (try fixture.bytes).count)
    #expect(fixture.pointers.reduce(0) { $0 + $1.recordBytes } == fixture.info.recordBytes)
    try fixture.readEverything()
  }

  @Test func whatWasReadIsInMemory() throws {
    var generator = SeededGenerator(seed: 42)
    var fixture = try ValueFixture()
    try fixture.write(values(20, bytesMax: 3000, &generator))
    let file = fixture.file
    for (index, pointer) in fixture.pointers.enumerated() {
      let hash = ValueFixture.keyHash(index)
      #expect(throws: TreeError.wouldBlock) { _ = try file.value(at: pointer, keyHash: hash, .memoryOnly) }
      let value = try file.value(at: pointer, keyHash: hash, .blocking)
      #expect(try file.value(at: pointer, keyHash: hash, .memoryOnly) === value)
      #expect(Array(value.unsafeBytes) == fixture.values[index])
    }
  }

  /// From the cache and from the file alike.
  @Test func aPointerToAnotherKeysValueIsDamage() throws {
    var fixture = try ValueFixture()
    try fixture.write([[1, 2, 3], [4, 5, 6]])
    let file = fixture.file
    for _ in 0..<2 {
      #expect(isCorruption { _ = try file.value(at: fixture.pointers[0], keyHash: 99, .blocking) })
      _ = try file.value(at: fixture.pointers[0], keyHash: ValueFixture.keyHash(0), .blocking)
    }
    #expect(isCorruption { try file.verify(fixture.pointers[0], keyHash: 99) })
  }

  @Test func aPointerThatLeadsNowhereIsDamage() throws {
    var fixture = try ValueFixture()
    try fixture.write([[1, 2, 3], [4, 5, 6]])
    let good = fixture.pointers[1]
    for change in [
      { $0.offset = 0 }, { $0.offset += 1 }, { $0.offset -= 1 }, { $0.offset = 1 << 40 },
      { $0.storedBytes += 1 }, { $0.storedBytes = 1 << 29 }, { $0.rawBytes += 1 },
    ] as [(inout ValuePointer) -> Void] {
      var bad = good
      change(&bad)
      let file = fixture.file
      #expect(isCorruption { _ = try file.value(at: bad, keyHash: ValueFixture.keyHash(1), .blocking) })
      #expect(isCorruption { try file.verify(bad, keyHash: ValueFixture.keyHash(1)) })
    }
  }

  private func isCorruption(_ body: () throws -> Void) -> Bool {
    do {
      try body()
      return false
    } catch TreeError.corruption {
      return true
    } catch {
      return false
    }
  }

  @Test(arguments: [Compression.none, .lz4])
  func everyFlippedBitIsFound(_ compression: Compression) throws {
    let seed: UInt64 = 43
    var generator = SeededGenerator(seed: seed)
    var fixture = try ValueFixture { $0.compression = compression }
    try fixture.write(values(20, bytesMax: 100, &generator))
    let good = try fixture.bytes
    for index in good.indices {
      var bad = good
      bad[index] ^= 1 << UInt8(generator.below(8))
      try fixture.overwrite(bad)
      #expect(isReported(fixture), "byte \(index), seed \(seed)")
    }
    try fixture.overwrite(good)
    try fixture.readEverything()
  }

  @Test func everyCutIsFound() throws {
    var generator = SeededGenerator(seed: 44)
    var fixture = try ValueFixture()
    try fixture.write(values(10, bytesMax: 80, &generator))
    let good = try fixture.bytes
    for count in 0..<good.count {
      try fixture.overwrite(Array(good[..<count]))
      #expect(isReported(fixture), "cut to \(count) bytes")
    }
  }

  @Test func randomBytesAreNoValueFile() throws {
    var generator = SeededGenerator(seed: 45)
    var fixture = try ValueFixture()
    try fixture.write([[1]])
    let header = Array(try fixture.bytes[..<ValueFileFormat.headerBytes])
    for turn in 0..<500 {
      var bytes = generator.bytes(1 + generator.below(200))
      if turn % 2 == 0 { bytes = header + bytes }
      fixture.info.sizeBytes = bytes.count
      try fixture.overwrite(bytes)
      #expect(isReported(fixture), "turn \(turn)")
    }
  }

  @Test func aNewerFormatIsNamedAsSuch() throws {
    var fixture = try ValueFixture()
    try fixture.write([[1]])
    var bytes = try fixture.bytes
    bytes[8] = 200
    let checksum = bytes[..<28].withUnsafeBytes { TableFormat.checksum($0.baseAddress!, 28) }
    for byte in 0..<4 { bytes[28 + byte] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(byte))) }
    try fixture.overwrite(bytes)
    do {
      try fixture.readEverything()
      Issue.record("it was read")
    } catch TreeError.unsupportedFormat(_, let found, _) {
      #expect(found == 200)
    }
  }

  @Test func pointersComeBackAsTheyWere() {
    var generator = SeededGenerator(seed: 46)
    for _ in 0..<1000 {
      let pointer = ValuePointer(
        file: UInt64(generator.below(1 << 40)), offset: generator.below(1 << 50),
        storedBytes: generator.below(1 << 30), rawBytes: generator.below(1 << 30))
      var buffer = RawBuffer(capacity: 64)
      pointer.append(to: &buffer)
      let bytes = buffer.bytes.withUnsafeBytes { Array($0) }
      #expect(bytes.withUnsafeBytes { ValuePointer($0) } == pointer)
      #expect(bytes.dropLast().withUnsafeBytes { ValuePointer($0) } == nil)
      #expect((bytes + [0]).withUnsafeBytes { ValuePointer($0) } == nil)
      _ = generator.bytes(generator.below(20)).withUnsafeBytes { ValuePointer($0) }
    }
  }
}
