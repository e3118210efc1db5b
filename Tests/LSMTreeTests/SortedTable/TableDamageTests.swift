import LSMTree
import Testing

/// Whatever happens to a table's bytes, a reader says so and goes on living.
@Suite struct TableDamageTests {
  /// Opens and reads all there is.
  private func readEverything(_ fixture: TableFixture) throws {
    _ = try TableReader.open(TableFixture.number, cache: BlockCache(bytesMax: 0), files: fixture.files)
      .verify()
  }

  private func isReported(_ fixture: TableFixture) -> Bool {
    do {
      try readEverything(fixture)
      return false
    } catch TreeError.corruption {
      return true
    } catch {
      Issue.record("not corruption: \(error)")
      return true
    }
  }

  @Test(arguments: [Compression.none, .lz4])
  func everyFlippedBitIsFound(_ compression: Compression) throws {
    let seed: UInt64 = 21
    var generator = SeededGenerator(seed: seed)
    var options = TableWriterOptions()
    options.compression = compression
    options.blockBytes = 300
    options.indexBlockBytes = 100
    let fixture = TableFixture()
    try fixture.write(
      randomEntries(40, &generator), rangeDeletions: [RangeDeletion(lower: [1], upper: [2], sequence: 3)],
      options: options)
    let good = try fixture.bytes
    for index in good.indices {
      var bad = good
      bad[index] ^= 1 << UInt8(generator.below(8))
      try fixture.overwrite(bad)
      fixture.files.close(TableFixture.number)
      #expect(isReported(fixture), "byte \(index), seed \(seed)")
    }
  }

  @Test func everyCutIsFound() throws {
    var generator = SeededGenerator(seed: 22)
    let fixture = TableFixture()
    try fixture.write(randomEntries(30, &generator))
    let good = try fixture.bytes
    for count in 0..<good.count {
      try fixture.overwrite(Array(good[..<count]))
      fixture.files.close(TableFixture.number)
      #expect(isReported(fixture), "cut to \(count) bytes")
    }
  }

  @Test func randomBytesAreNoTable() throws {
    var generator = SeededGenerator(seed: 23)
    let fixture = TableFixture()
    for turn in 0..<500 {
      try fixture.overwrite(generator.bytes(generator.below(600)))
      fixture.files.close(TableFixture.number)
      #expect(isReported(fixture), "turn \(turn)")
    }
  }

  @Test func aNewerFormatIsNamedAsSuch() throws {
    let fixture = TableFixture()
    try fixture.write([Entry(key: [1], sequence: 1)])
    var bytes = try fixture.bytes
    let footer = bytes.count - TableFormat.footerBytes
    bytes[footer + 20] = 3
    let checksum = bytes[footer..<footer + 28].withUnsafeBytes { TableFormat.checksum($0.baseAddress!, 28) }
    for byte in 0..<4 {
      bytes[footer + 28 + byte] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(byte)))
    }
    try fixture.overwrite(bytes)
    #expect(throws: TreeError.unsupportedFormat(file: TableFixture.path, found: 3, newestKnown: 2)) {
      _ = try fixture.open()
    }
  }

  /// Checksums keep most damage from the block's reader; what a fault in a writer could let through must not crash it.
  @Test func mutatedBlocksAreRefusedOrReadSafely() throws {
    let seed: UInt64 = 24
    var generator = SeededGenerator(seed: seed)
    var accepted = 0
    for _ in 0..<4000 {
      var builder = BlockBuilder(restartInterval: 1 + generator.below(5))
      for entry in randomEntries(1 + generator.below(20), &generator) {
        entry.key.withUnsafeBytes { key in
          entry.value.withUnsafeBytes {
            builder.add(key, trailer: InternalKey.trailer(entry.sequence, entry.kind), $0)
          }
        }
      }
      builder.finish()
      var bytes = builder.bytes.withUnsafeBytes { Array($0) }
      for _ in 0..<1 + generator.below(3) { bytes[generator.below(bytes.count)] = generator.bytes(1)[0] }
      guard let block = Block(bytes.span.bytes) else { continue }
      accepted += 1
      readAllWays(block, &generator)
    }
    #expect(accepted > 100, "mutations in values leave a block readable; seed \(seed)")
  }

  @Test func randomBlocksAreRefusedOrReadSafely() {
    var generator = SeededGenerator(seed: 25)
    for _ in 0..<20_000 {
      let restartCount = generator.below(3)
      let keys = (0..<generator.below(40)).map { _ in UInt8(generator.below(4)) }
      let values = generator.bytes(generator.below(6))
      let keysEnd = UInt8(16 + 16 * restartCount + keys.count)
      var bytes: [UInt8] = [
        UInt8(restartCount), 0, 0, 0, UInt8(generator.below(2)), 0, 0, 0, keysEnd, 0, 0, 0,
      ]
      bytes += [UInt8(generator.below(4)), 0, 0, 0] + generator.bytes(8 * restartCount)
      for _ in 0..<restartCount { bytes += [UInt8(16 + 16 * restartCount), 0, 0, 0, keysEnd, 0, 0, 0] }
      bytes += keys + values
      if let block = Block(bytes.span.bytes) { readAllWays(block, &generator) }
    }
  }

  private func readAllWays(_ block: Block, _ generator: inout SeededGenerator) {
    var cursor = BlockCursor()
    cursor.enter(block)
    cursor.seekToFirst()
    var sum = 0
    while cursor.isValid {
      sum &+= cursor.key.reduce(0) { $0 &+ Int($1) } &+ cursor.value.count
      cursor.next()
    }
    cursor.seekToLast()
    while cursor.isValid {
      sum &+= cursor.key.count
      cursor.previous()
    }
    for _ in 0..<4 {
      let target = InternalKey.make(generator.bytes(generator.below(12)), 5, .value)
      target.withUnsafeBytes { cursor.seek(SearchKey(internalKey: $0)) }
      if cursor.isValid { sum &+= cursor.key.count }
    }
    #expect(sum >= 0)
  }
}
