import LSMTree
import Testing

/// A table gives back what was written, by every way of reading and for every shape of file.
@Suite struct TableRoundTripTests {
  struct Shape: CustomTestStringConvertible {
    var entryCount: Int
    var options = TableWriterOptions()
    var testDescription: String {
      "\(entryCount) entries, blocks of \(options.blockBytes), restarts of \(options.restartInterval), "
        + "index blocks of \(options.indexBlockBytes), \(options.compression), \(options.bloomBitsPerKey) bits a key"
    }

    static func make(
      _ entryCount: Int, block: Int, restart: Int, index: Int, _ compression: Compression, bits: Int
    ) -> Shape {
      var shape = Shape(entryCount: entryCount)
      shape.options.blockBytes = block
      shape.options.restartInterval = restart
      shape.options.indexBlockBytes = index
      shape.options.compression = compression
      shape.options.bloomBitsPerKey = bits
      return shape
    }

    static let all = [
      make(1, block: 8192, restart: 16, index: 1 << 18, .lz4, bits: 10),
      make(700, block: 8192, restart: 16, index: 1 << 18, .lz4, bits: 10),
      make(700, block: 1, restart: 1, index: 1 << 18, .none, bits: 0),
      make(700, block: 300, restart: 3, index: 200, .none, bits: 4),
      make(700, block: 1000, restart: 16, index: 1, .lz4, bits: 32),
      make(700, block: 1 << 20, restart: 5, index: 1 << 18, .lz4, bits: 1),
    ]
  }

  @Test(arguments: Shape.all)
  func cursorShowsAllEntriesBothWays(_ shape: Shape) throws {
    var generator = SeededGenerator(seed: 11)
    let entries = randomEntries(shape.entryCount, &generator)
    let fixture = TableFixture()
    let finished = try fixture.write(entries, options: shape.options)
    #expect(finished.sizeBytes == (try fixture.bytes.count))
    for usesCache in [true, false] {
      var cursor = TableCursor(try fixture.open(), CursorOptions(io: .blocking, usesCache: usesCache))
      var forward: [Entry] = []
      try cursor.seekToFirst()
      while let entry = cursor.entry {
        forward.append(entry)
        try cursor.next()
      }
      #expect(forward == entries)
      var backward: [Entry] = []
      try cursor.seekToLast()
      while let entry = cursor.entry {
        backward.append(entry)
        try cursor.previous()
      }
      #expect(backward == entries.reversed())
    }
  }

  @Test(arguments: Shape.all)
  func seeksFindNeighbours(_ shape: Shape) throws {
    var generator = SeededGenerator(seed: 12)
    let entries = randomEntries(shape.entryCount, &generator)
    let fixture = TableFixture()
    try fixture.write(entries, options: shape.options)
    var cursor = TableCursor(try fixture.open(), CursorOptions(io: .blocking))
    for turn in 0..<1500 {
      let known = entries.randomElement(using: &generator)!
      let key =
        turn % 3 == 0
        ? known.key : Array(known.key.dropLast(generator.below(2))) + generator.bytes(generator.below(2))
      let target = Entry(key: key, sequence: SequenceNumber(generator.below(1002)))
      try cursor.seek(target.internalKey)
      let after = entries.first { !Entry.areInOrder($0, target) }
      #expect(cursor.entry == after, "seek to \(target)")
      if turn % 5 == 0, cursor.isValid {
        try cursor.previous()
        #expect(cursor.entry == entries.last { Entry.areInOrder($0, target) })
      }
      try cursor.seekForPrevious(target.internalKey)
      #expect(cursor.entry == entries.last { !Entry.areInOrder(target, $0) }, "seek back to \(target)")
    }
  }

  @Test(arguments: Shape.all)
  func getFindsTheNewestThatAReaderSees(_ shape: Shape) throws {
    var generator = SeededGenerator(seed: 13)
    let entries = randomEntries(shape.entryCount, &generator)
    let fixture = TableFixture()
    try fixture.write(entries, options: shape.options)
    let table = try fixture.open()
    for turn in 0..<1500 {
      var key = entries.randomElement(using: &generator)!.key
      if turn % 4 == 0 { key += generator.bytes(1) }
      let sequence = SequenceNumber(generator.below(1002))
      let expected = entries.first { $0.key == key && $0.sequence <= sequence }
      let found = try table.get(key.span.bytes, sequence: sequence, io: .blocking)
      #expect(found?.sequence == expected?.sequence)
      #expect(found?.kind == expected?.kind)
      #expect(found.map { Array($0.value.unsafeBytes) } == expected?.value)
    }
  }

  @Test(arguments: Shape.all)
  func verificationAcceptsIt(_ shape: Shape) throws {
    var generator = SeededGenerator(seed: 14)
    let entries = randomEntries(shape.entryCount, &generator)
    let fixture = TableFixture()
    try fixture.write(entries, options: shape.options)
    #expect(try fixture.open().verify().entryCount == entries.count)
  }

  private static let key: [UInt8] = [1]

  @Test func memoryOnlyReadsAreRefusedUntilTheBlockIsCached() throws {
    let fixture = TableFixture()
    try fixture.write([Entry(key: [1], sequence: 5, value: [9])])
    let table = try fixture.open()
    #expect(throws: TreeError.wouldBlock) {
      _ = try table.get(Self.key.span.bytes, sequence: 9, io: .memoryOnly)
    }
    #expect(try table.get(Self.key.span.bytes, sequence: 9, io: .blocking) != nil)
    #expect(try table.get(Self.key.span.bytes, sequence: 9, io: .memoryOnly)?.sequence == 5)
  }

  @Test func aPinnedValueOutlivesCursorAndCache() throws {
    let fixture = TableFixture(cacheBytes: 0)
    let value = [UInt8](repeating: 0xAB, count: 5000)
    try fixture.write([Entry(key: [1], sequence: 5, value: value)])
    let slice = try #require(try fixture.open().get(Self.key.span.bytes, sequence: 9, io: .blocking)).value
    #expect(Array(slice.unsafeBytes) == value)
  }

  @Test func boundsKeepACursorFromReadingFurther() throws {
    let fixture = TableFixture(cacheBytes: 1 << 20)
    var options = TableWriterOptions()
    options.blockBytes = 1
    try fixture.write((0..<100).map { Entry(key: [UInt8($0), 0], sequence: 5) }, options: options)
    var cursor = TableCursor(try fixture.open(), CursorOptions(io: .blocking, lower: [10], upper: [20]))
    try cursor.seek(InternalKey.make([10], 9, .value))
    var count = 0
    while cursor.isValid {
      count += 1
      try cursor.next()
    }
    #expect((10...11).contains(count))
    #expect(fixture.cache.metrics().misses == UInt64(count))
  }

  @Test func propertiesTellWhatIsInside() throws {
    let fixture = TableFixture()
    let finished = try fixture.write(
      [
        Entry(key: [1], sequence: 50, value: [1, 2, 3]), Entry(key: [2], sequence: 40, kind: .deletion),
        Entry(key: [2], sequence: 30, value: [4]),
      ], rangeDeletions: [RangeDeletion(lower: [0], upper: [9], sequence: 60)], seconds: 77)
    let properties = try fixture.open().properties
    #expect(properties == finished.properties)
    #expect(properties.entryCount == 3)
    #expect(properties.deletionCount == 1)
    #expect(properties.rangeDeletionCount == 1)
    #expect(properties.rawKeyBytes == 3)
    #expect(properties.rawValueBytes == 4)
    #expect(properties.smallest == InternalKey.make([0], 60, .rangeDeletion))
    #expect(properties.largest == InternalKey.make([9], sequenceNumberMax, .rangeDeletion))
    #expect(properties.facts.sequenceMin == 30)
    #expect(properties.facts.sequenceMax == 60)
    #expect(properties.facts.times == WriteTimes(77))
  }

  @Test func aTableMayHoldRangeDeletionsOnly() throws {
    let fixture = TableFixture()
    try fixture.write([], rangeDeletions: [RangeDeletion(lower: [1], upper: [3], sequence: 8)])
    let table = try fixture.open()
    #expect(try table.get(Self.key.span.bytes, sequence: 9, io: .blocking) == nil)
    #expect(table.rangeDeletions.newestCovering(([2] as [UInt8]).span.bytes, atOrBelow: 9) == 8)
    #expect(try table.verify().entryCount == 0)
  }
}
