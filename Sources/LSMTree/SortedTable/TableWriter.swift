/// How tables are written.
package struct TableWriterOptions: Sendable {
  /// Uncompressed bytes of a data block; a larger entry has a block of its own.
  package var blockBytes = 8 << 10
  /// Entries of a data block from one whole key to the next.
  package var restartInterval = 8
  package var compression = Compression.lz4
  package var bloomBitsPerKey = 10
  /// Bytes of a key whose hash goes into the filter beside that of the whole key; 0 for none.
  package var filterPrefixBytes = 0
  /// Bytes of one block of the index. A table whose index needs more gets a second level, and only that is kept in
  /// memory. 256 KiB are the blocks of some 30 MB.
  package var indexBlockBytes = 256 << 10

  package init() {}

  package init(_ options: TreeOptions, level: Int) {
    blockBytes = options.blockBytes
    compression =
      level < options.compressionByLevel.count ? options.compressionByLevel[level] : options.compression
    bloomBitsPerKey = options.bloomBitsPerKey
    filterPrefixBytes = options.filterPrefixBytes
  }
}

/// Writes one sorted table from entries in ascending order of internal keys.
///
/// Data blocks go out as they fill; the index and the filter grow in memory (about 50 bytes a block and 8 a key)
/// and go out at the end. The file is complete, synced and closed when `finish()` returns; its name is durable
/// only when the caller has synced the directory. A writer that is dropped leaves a file that nothing refers to.
package struct TableWriter: ~Copyable {
  private let file: any WritableFile
  private let options: TableWriterOptions
  private let key: FileKey
  private let codec: BlockCodec
  private var output = RawBuffer(capacity: TableWriter.writeBytes + (64 << 10))
  /// Bytes of the file that are written already; `output` comes behind them.
  private var written = 0
  private var block: BlockBuilder
  private var blockFacts = BlockFacts()
  private var index: IndexBuilder
  private var filter: BloomFilterBuilder
  /// Keys of one prefix come one after the other, so it is in the filter once.
  private var lastPrefixHash: UInt64?
  private var lastKey: [UInt8] = []
  private var rangeDeletions = RangeDeletions.none
  private var properties = TableProperties()
  private var valueReferences = ValueReferences()

  /// Bytes of the file that are on their way to the disk. Were they left for the sync at the end, the log's syncs
  /// would wait behind all of them.
  private var started = 0
  private static let startBytes = 1 << 20
  /// Bytes that are gathered before they are written.
  private static let writeBytes = 256 << 10

  /// - Parameter key: what the table is sealed with. A key is for one file.
  package init(file: any WritableFile, options: TableWriterOptions = .init(), key: FileKey = .none) {
    self.file = file
    self.options = options
    self.key = key
    codec = BlockCodec(cipher: key.cipher)
    block = BlockBuilder(restartInterval: options.restartInterval, capacityBytes: options.blockBytes + 1024)
    index = IndexBuilder(blockBytes: options.indexBlockBytes)
    filter = BloomFilterBuilder(bitsPerKey: options.bloomBitsPerKey)
  }

  /// Bytes the file would have if it were finished now, without index and filter.
  package var sizeBytes: Int { written + output.count + block.sizeBytes }
  /// Bytes of records in value files that the entries so far refer to.
  package private(set) var referencedBytes = 0
  package var isEmpty: Bool { properties.entryCount == 0 && rangeDeletions.isEmpty }

  /// Adds an entry. Its internal key must be after the one before: that is a fault of the program and stops it.
  ///
  /// - Parameter times: when it was written, as near as the caller knows.
  package mutating func add(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, times: WriteTimes
  ) throws(TreeError) {
    let userKey = UnsafeRawBufferPointer(rebasing: key.dropLast(InternalKey.trailerBytes))
    let trailer = InternalKey.trailer(of: key.baseAddress!, key.count)
    if properties.entryCount > 0 {
      let isAscending = lastKey.withUnsafeBytes {
        KeyOrder.compareInternal($0.baseAddress!, $0.count, key.baseAddress!, key.count) < 0
      }
      precondition(isAscending, "entries must be added in ascending order of their internal keys")
    } else {
      properties.smallest = Array(key)
    }
    if !block.isEmpty,
      block.sizeBytes + userKey.count + value.count + Self.entryOverheadBytes > options.blockBytes
    {
      try finishBlock(next: userKey)
    }
    block.add(userKey, trailer: trailer, value)
    lastKey.removeAll(keepingCapacity: true)
    lastKey.append(contentsOf: key)
    addToFilter(userKey)
    count(trailer, userKey.count, value.count, times)
    if InternalKey.kind(ofTrailer: trailer) == .valuePointer { try countReference(value) }
  }

  private mutating func addToFilter(_ userKey: UnsafeRawBufferPointer) {
    filter.add(KeyHash.hash(userKey.baseAddress!, userKey.count))
    guard options.filterPrefixBytes > 0, userKey.count >= options.filterPrefixBytes else { return }
    let hash = KeyHash.hash(userKey.baseAddress!, options.filterPrefixBytes)
    if hash == lastPrefixHash { return }
    lastPrefixHash = hash
    filter.add(hash)
  }

  private mutating func countReference(_ value: UnsafeRawBufferPointer) throws(TreeError) {
    guard let pointer = ValuePointer(value) else { throw ValuePointer.malformed }
    valueReferences.add(pointer)
    referencedBytes += pointer.recordBytes
  }

  package mutating func add(_ key: RawSpan, _ value: RawSpan, times: WriteTimes) throws(TreeError) {
    try key.withUnsafeBytes { key throws(TreeError) in
      try value.withUnsafeBytes { value throws(TreeError) in try add(key, value, times: times) }
    }
  }

  /// Three lengths, a trailer, and a share of a restart.
  private static let entryOverheadBytes = 14

  private mutating func count(_ trailer: UInt64, _ keyBytes: Int, _ valueBytes: Int, _ times: WriteTimes) {
    blockFacts.add(InternalKey.sequence(ofTrailer: trailer), times)
    properties.entryCount += 1
    properties.rawKeyBytes += keyBytes
    properties.rawValueBytes += valueBytes
    if InternalKey.kind(ofTrailer: trailer) == .deletion { properties.deletionCount += 1 }
  }

  /// Adds range deletions, at any time and in any order. They widen the table's smallest and largest key.
  package mutating func add(_ deletions: RangeDeletions, times: WriteTimes) {
    guard !deletions.isEmpty else { return }
    rangeDeletions = RangeDeletions(joining: [rangeDeletions, deletions])
    for fragment in deletions.fragments {
      for sequence in fragment.sequences { properties.facts.add(sequence, times) }
    }
  }

  /// Writes the rest, syncs and closes.
  package consuming func finish() throws(TreeError) -> FinishedTable {
    if !block.isEmpty { try finishBlock(next: nil) }
    properties.largest = lastKey
    if let last = index.takeLastBlock() { index.note(append(last.span.bytes, compressed: true)) }
    let (indexBytes, isTopLevel) = index.finish()
    properties.indexLevels = isTopLevel ? 2 : 1
    let tailOffset = written + output.count
    if let bytes = filter.finish() {
      properties.filter = append(bytes.span.bytes, compressed: false)
      properties.filterPrefixBytes = options.filterPrefixBytes
    }
    if !rangeDeletions.isEmpty {
      properties.rangeDeletions = append(rangeDeletions.encode().span.bytes, compressed: false)
      properties.rangeDeletionCount = rangeDeletions.fragments.count
      widenByRangeDeletions()
    }
    properties.index = append(indexBytes.span.bytes, compressed: true)
    let footer = TableFooter(
      tailOffset: tailOffset, properties: append(properties.encode().span.bytes, compressed: false),
      keyAreaBytes: key.area.count)
    key.area.withUnsafeBytes { if let base = $0.baseAddress { output.append(base, $0.count) } }
    footer.encode().withUnsafeBytes { output.append($0.baseAddress!, $0.count) }
    try flush()
    try file.sync()
    try file.close()
    return FinishedTable(
      sizeBytes: written, properties: properties, rangeDeletions: rangeDeletions,
      valueReferences: valueReferences)
  }

  private mutating func finishBlock(next: UnsafeRawBufferPointer?) throws(TreeError) {
    block.finish()
    let start = written + output.count
    let stored = codec.append(block, compression: options.compression, at: start, to: &output)
    block.reset()
    let handle = BlockHandle(offset: start, sizeBytes: stored)
    if let finished = index.add(last: lastKey, next: next, handle, blockFacts) {
      index.note(append(finished.span.bytes, compressed: true))
    }
    properties.facts.add(blockFacts)
    properties.dataBlockCount += 1
    blockFacts = BlockFacts()
    if output.count >= Self.writeBytes { try flush() }
  }

  private mutating func append(_ bytes: RawSpan, compressed: Bool) -> BlockHandle {
    let start = written + output.count
    let stored = codec.append(
      bytes, compression: compressed ? options.compression : .none, at: start, to: &output)
    return BlockHandle(offset: start, sizeBytes: stored)
  }

  private mutating func flush() throws(TreeError) {
    try file.write(output.bytes, at: written)
    written += output.count
    output.truncate(to: 0)
    if written - started >= Self.startBytes {
      file.startWriting(started..<written)
      started = written
    }
  }

  private mutating func widenByRangeDeletions() {
    guard let bounds = rangeDeletions.internalBounds else { return }
    if properties.smallest.isEmpty || KeyOrder.compareInternal(bounds.smallest, properties.smallest) < 0 {
      properties.smallest = bounds.smallest
    }
    if properties.largest.isEmpty || KeyOrder.compareInternal(bounds.largest, properties.largest) > 0 {
      properties.largest = bounds.largest
    }
  }
}

/// A table that was written.
package struct FinishedTable: Sendable {
  package var sizeBytes: Int
  package var properties: TableProperties
  package var rangeDeletions: RangeDeletions
  package var valueReferences: ValueReferences
}
