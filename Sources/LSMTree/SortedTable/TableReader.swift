/// An open sorted table: everything of it but its data blocks is in memory.
///
/// A get that meets its block in the cache costs: one line of the Bloom filter, a search over the heads of the index, one
/// lookup in the cache, a search in the block. No allocation, and no reference counted but the block's, which is
/// retained once for the caller.
///
/// The reader holds no file: it asks `OpenFiles` when it has to read a block.
package final class TableReader: Sendable {
  package let number: UInt64
  package let properties: TableProperties
  package let rangeDeletions: RangeDeletions
  private let filter: BloomFilter
  let index: Block
  private let indexView: BlockView
  /// Where data and lower index blocks end.
  let dataEnd: Int
  private let cache: BlockCache
  private let files: OpenFiles
  private let codec: BlockCodec

  init(
    number: UInt64, contents: TableContents, dataEnd: Int, cache: BlockCache, files: OpenFiles,
    codec: BlockCodec
  ) {
    self.number = number
    self.dataEnd = dataEnd
    self.cache = cache
    self.files = files
    self.codec = codec
    properties = contents.properties
    rangeDeletions = contents.rangeDeletions
    index = contents.index
    indexView = contents.index.view
    filter = BloomFilter(contents.filter)
  }

  package var path: String { files.path(of: number) }

  /// Bytes kept in memory for as long as the table is open.
  package var memoryBytes: Int {
    index.memoryBytes + filter.memoryBytes + rangeDeletions.memoryBytes + 512
  }

  /// The newest entry of a user key that a reader at `key`'s trailer sees, whatever its kind; nil if there is none. Range
  /// deletions are not looked at: see `rangeDeletions`.
  ///
  /// - Parameter hash: `KeyHash.hash` of the user key.
  @inline(__always)
  func get(_ key: SearchKey, hash: UInt64, io: ReadIO) throws(TreeError) -> TableEntry? {
    guard filter.mayContain(hash) else { return nil }
    guard let handle = try dataHandle(key, io) else { return nil }
    let block = try block(handle, io)
    guard let found = block.view.search(key), found.isSameKey else { return nil }
    return TableEntry(
      trailer: KeyOrder.word(block.view.base, found.entry.trailerOffset),
      value: BlockSlice(
        block: block, offset: UInt32(truncatingIfNeeded: found.entry.valueOffset),
        count: UInt32(truncatingIfNeeded: found.entry.valueBytes)))
  }

  /// The same for one table alone.
  package func get(_ userKey: RawSpan, sequence: SequenceNumber, io: ReadIO) throws(TreeError) -> TableEntry?
  {
    try userKey.withUnsafeBytes { bytes throws(TreeError) in
      try get(SearchKey(bytes, InternalKey.seekTrailer(sequence)), hash: KeyHash.hash(userKey), io: io)
    }
  }

  /// The data block that holds the first entry not before `key`.
  @inline(__always)
  private func dataHandle(_ key: SearchKey, _ io: ReadIO) throws(TreeError) -> BlockHandle? {
    guard let value = indexView.searchValue(key) else { return nil }
    let handle = try handle(value)
    if properties.indexLevels == 1 { return handle }
    guard let value = try block(handle, io).view.searchValue(key) else { return nil }
    return try self.handle(value)
  }

  /// Whether there may be keys between two bounds that begin with the same `shared` bytes, of which `lower` is one.
  func mayHold(from lower: [UInt8], sharedBytes shared: Int) -> Bool {
    let count = properties.filterPrefixBytes
    guard count > 0, count <= shared else { return true }
    return lower.withUnsafeBytes { filter.mayContain(KeyHash.hash($0.baseAddress!, count)) }
  }

  /// Whether the filter lets a user key's hash through.
  package func mayContain(_ hash: UInt64) -> Bool { filter.mayContain(hash) }

  /// What an index entry's value says; throws when it can't be true.
  func handle(_ value: UnsafeRawBufferPointer) throws(TreeError) -> BlockHandle {
    guard let handle = IndexValue.handle(value, limit: dataEnd) else {
      throw damage(0, "an index entry points outside")
    }
    return handle
  }

  func facts(_ value: UnsafeRawBufferPointer) throws(TreeError) -> BlockFacts {
    guard let facts = IndexValue.facts(value, limit: dataEnd) else {
      throw damage(0, "an index entry is malformed")
    }
    return facts
  }

  /// A block, from the cache or from the file and into the cache.
  @inline(__always)
  func block(_ handle: BlockHandle, _ io: ReadIO) throws(TreeError) -> Block {
    if let block = cache.lookup(file: number, offset: handle.offset) { return block }
    if case .memoryOnly = io { throw .wouldBlock }
    return try readIntoCache(handle)
  }

  @inline(never)
  private func readIntoCache(_ handle: BlockHandle) throws(TreeError) -> Block {
    cache(try readBlock(handle), handle)
  }

  /// A block that is in the cache.
  @inline(__always)
  func cachedBlock(_ handle: BlockHandle) -> Block? { cache.lookup(file: number, offset: handle.offset) }

  /// Puts a block into the cache and returns the one to use.
  func cache(_ block: Block, _ handle: BlockHandle) -> Block {
    cache.insert(block, file: number, offset: handle.offset)
  }

  /// Bytes that one scan may put into the cache.
  var scanBytesMax: Int { cache.bytesMax / CacheShard.smallPart }

  /// A block straight from the file, past the cache.
  func readBlock(_ handle: BlockHandle) throws(TreeError) -> Block {
    let count = handle.sizeBytes + TableFormat.blockTrailerBytes
    let stored = BlockMemory(count)
    let buffer = UnsafeMutableRawBufferPointer(start: stored.base, count: count)
    let read = try files.file(number).read(into: buffer, at: handle.offset)
    guard read == count else { throw damage(handle.offset + read, "the file ends here, too soon") }
    return try decodeBlock(stored, handle)
  }

  /// Makes a block of stored bytes and their trailer.
  func decodeBlock(_ stored: consuming BlockMemory, _ handle: BlockHandle) throws(TreeError) -> Block {
    switch codec.decode(stored, handle.sizeBytes, at: handle.offset) {
    case .block(let block): return block
    case .damaged(let reason): throw damage(handle.offset, reason)
    }
  }

  /// Reads stored bytes of the data part, for a cursor that reads ahead. Fewer than asked for only at its end.
  func readStored(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(TreeError) -> Int {
    let count = min(buffer.count, dataEnd - offset)
    return try files.file(number).read(
      into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), at: offset)
  }

  /// Where the data block begins that a search for the key leads to.
  func approximateOffset(of key: SearchKey) throws(TreeError) -> Int {
    try dataHandle(key, .blocking)?.offset ?? dataEnd
  }

  /// Where it ends.
  func approximateEnd(of key: SearchKey) throws(TreeError) -> Int {
    try dataHandle(key, .blocking)?.end ?? dataEnd
  }

  func damage(_ offset: Int, _ reason: String) -> TreeError {
    .corruption(file: path, offset: offset, reason: reason)
  }
}

/// One entry of a table.
package struct TableEntry: Sendable {
  package let trailer: UInt64
  package let value: BlockSlice

  package var sequence: SequenceNumber { InternalKey.sequence(ofTrailer: trailer) }
  /// The kinds of a block's entries are checked when it is read.
  package var kind: EntryKind { InternalKey.kind(ofTrailer: trailer)! }
}

extension SearchKey {
  @inline(__always)
  package init(_ userKey: UnsafeRawBufferPointer, _ trailer: UInt64) {
    // The empty key may come without an address; nothing is read there.
    self.userKey = userKey.baseAddress ?? UnsafeRawPointer(bitPattern: 16)!
    userKeyBytes = userKey.count
    self.trailer = trailer
  }

  /// An internal key's parts.
  @inline(__always)
  package init(internalKey: UnsafeRawBufferPointer) {
    userKey = internalKey.baseAddress!
    userKeyBytes = internalKey.count &- InternalKey.trailerBytes
    trailer = KeyOrder.word(userKey, userKeyBytes)
  }
}
