import LSMTree
import Testing

/// What a scan reads of the file, and what it leaves in the cache.
@Suite struct ScanReadsTests {
  private static let cacheBytes = 1 << 20
  private static let blockBytes = 1 << 10

  /// A table of some 700 blocks in a file system that counts, and a cold cache that it would fit in.
  private struct Fixture {
    let memory = MemoryFileSystem()
    let counting: ReadCountingFileSystem
    let cache = BlockCache(bytesMax: ScanReadsTests.cacheBytes)
    let files: OpenFiles
    let entries: [Entry]
    let blockCount: Int

    init() throws {
      let counting = ReadCountingFileSystem(memory)
      self.counting = counting
      files = OpenFiles(fileSystem: counting, countMax: 16) { number, _ in "/\(number).table" }
      var generator = SeededGenerator(seed: 31)
      entries = (0..<6_000).map { number in
        Entry(key: [9, UInt8(number >> 8), UInt8(number & 255)], sequence: 5, value: generator.bytes(100))
      }
      var options = TableWriterOptions()
      options.blockBytes = ScanReadsTests.blockBytes
      var writer = TableWriter(file: try memory.createFile("/7.table"), options: options)
      for entry in entries {
        try writer.add(entry.internalKey.span.bytes, entry.value.span.bytes, times: WriteTimes(1))
      }
      blockCount = try writer.finish().properties.dataBlockCount
    }

    func cursor(_ io: ReadIO = .blocking) throws -> TableCursor {
      let table = try TableReader.open(7, cache: cache, files: files)
      counting.forget()
      return TableCursor(table, CursorOptions(io: io))
    }

    /// Goes through all and compares.
    func scan() throws {
      var cursor = try cursor()
      try cursor.seekToFirst()
      for entry in entries {
        #expect(cursor.entry == entry)
        try cursor.next()
      }
      let isValid = cursor.isValid
      #expect(!isValid)
    }
  }

  @Test func aScanReadsManyBlocksAtATime() throws {
    let fixture = try Fixture()
    #expect(fixture.blockCount > 500)
    try fixture.scan()
    let fileBytes = try fixture.memory.sizeBytes(of: "/7.table")
    #expect(fixture.counting.readCount < 10)
    #expect(fixture.counting.bytesRead <= fileBytes + 2 * Self.blockBytes)
  }

  @Test func aScanPutsATenthOfItsBytesIntoTheCache() throws {
    let fixture = try Fixture()
    let tenth = Self.cacheBytes / 10
    let slack = 2 * Self.blockBytes
    for scans in 1...3 {
      try fixture.scan()
      let bytes = fixture.cache.metrics().bytes
      #expect(bytes > scans * (tenth - slack))
      #expect(bytes < scans * (tenth + 4 * slack))
    }
    for _ in 4...12 { try fixture.scan() }
    #expect(fixture.cache.metrics().blocks == fixture.blockCount)
    fixture.counting.forget()
    try fixture.scan()
    #expect(fixture.counting.readCount == 0)
  }

  @Test func aSeekReadsItsBlockOnly() throws {
    let fixture = try Fixture()
    var cursor = try fixture.cursor()
    for place in [100, 4_000, 2_000, 5_500, 30] {
      try cursor.seek(fixture.entries[place].internalKey)
      #expect(cursor.entry == fixture.entries[place])
    }
    #expect(fixture.counting.readCount == 5)
    #expect(fixture.counting.bytesRead < 6 * Self.blockBytes)
    #expect(fixture.cache.metrics().blocks == 5)
  }

  @Test func aScanThatMayNotReadStopsWhereTheCacheEnds() throws {
    let fixture = try Fixture()
    var warming = try fixture.cursor()
    try warming.seekToFirst()
    for _ in 0..<20 { try warming.next() }
    let blocks = fixture.cache.metrics().blocks
    var cursor = try fixture.cursor(.memoryOnly)
    try cursor.seekToFirst()
    var shown = 0
    do throws(TreeError) {
      while cursor.isValid {
        shown += 1
        try cursor.next()
      }
      Issue.record("the scan has gone on without reading")
    } catch .wouldBlock {
    } catch { throw error }
    let isValid = cursor.isValid
    #expect(!isValid)
    #expect(shown > 20)
    #expect(fixture.counting.readCount == 0)
    #expect(fixture.cache.metrics().blocks == blocks)
  }

  @Test func damageAheadIsFoundWhereItIs() throws {
    let fixture = try Fixture()
    var bytes = try fixture.memory.readAll("/7.table", limitBytes: 1 << 30)
    bytes[300_000] ^= 0x40
    try fixture.memory.createFile("/7.table").write(bytes.span.bytes, at: 0)
    var cursor = try fixture.cursor()
    try cursor.seekToFirst()
    var place = 0
    do throws(TreeError) {
      while cursor.isValid {
        #expect(cursor.entry == fixture.entries[place])
        place += 1
        try cursor.next()
      }
      Issue.record("the damage was passed over")
    } catch .corruption {
    } catch { throw error }
    #expect(place > 2_000)
    #expect(place < 4_000)
    try cursor.seek(fixture.entries[5_000].internalKey)
    #expect(cursor.entry == fixture.entries[5_000])
  }
}
