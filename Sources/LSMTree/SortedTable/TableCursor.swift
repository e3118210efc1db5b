/// How a cursor reads.
package struct CursorOptions: Sendable {
  package var io: ReadIO
  /// False for a reader that goes through everything once (compaction, verification): blocks come from the file in large
  /// reads and the cache stays as it is.
  package var usesCache: Bool
  /// User keys outside of these are not wanted. A cursor may still show some, but reads no block for them.
  package let lower: [UInt8]?
  package let upper: [UInt8]?
  /// Bytes that all keys within the bounds begin with, as the bounds do.
  let sharedBytes: Int

  package init(io: ReadIO, usesCache: Bool = true, lower: [UInt8]? = nil, upper: [UInt8]? = nil) {
    self.io = io
    self.usesCache = usesCache
    self.lower = lower
    self.upper = upper
    sharedBytes =
      if let lower, let upper {
        lower.withUnsafeBytes { lower in upper.withUnsafeBytes { commonPrefixBytes(lower, $0) } }
      } else { 0 }
  }
}

/// A place in one table, moving both ways over internal keys. Range deletions are not looked at.
///
/// After a call threw, the cursor is nowhere and may be moved to any key again.
package struct TableCursor: ~Copyable {
  private var current: TableReader?
  let options: CursorOptions
  private var index = IndexCursor()
  /// The place in the block that the index is at.
  var data = BlockCursor()
  /// For a cursor that uses the cache.
  private var scan = ScanReads()
  /// For one that does not.
  private var readAhead = ReadAhead()

  package init(_ table: TableReader, _ options: CursorOptions) {
    self.init(options)
    enter(table)
  }

  /// A cursor that is in no table yet, and must enter one before it moves.
  init(_ options: CursorOptions) {
    self.options = options
  }

  /// Goes to another table; the cursor is nowhere in it yet.
  mutating func enter(_ table: TableReader) {
    guard current !== table else { return }
    current = table
    index.enter(table)
    data.leave()
    scan.reset()
    readAhead.reset()
  }

  /// Is nowhere from here on.
  mutating func leave() {
    data.leave()
  }

  private var table: TableReader {
    guard let current else { preconditionFailure("the cursor has entered no table") }
    return current
  }

  @inline(__always)
  package var isValid: Bool { data.isValid }
  @inline(__always)
  package var key: UnsafeRawBufferPointer { data.key }
  @inline(__always)
  package var value: UnsafeRawBufferPointer { data.value }

  /// Shows the entry here, and no other, as of another sequence number than it says.
  mutating func setSequence(_ sequence: SequenceNumber) { data.setSequence(sequence) }

  /// The value here and what keeps it in memory when the cursor moves on.
  package var pinnedValue: BlockSlice? {
    guard isValid, let block = data.block else { return nil }
    return BlockSlice(
      block: block, offset: UInt32(truncatingIfNeeded: data.valueOffset),
      count: UInt32(truncatingIfNeeded: value.count))
  }

  /// When the entries of the block at hand were written. Known only to cursors that don't use the cache, which go
  /// through everything once and pass it on.
  private(set) var times = WriteTimes(0)

  package mutating func seekToFirst() throws(TreeError) {
    data.leave()
    try index.seekToFirst(table, options.io)
    if try enterBlock() { data.seekToFirst() }
  }

  package mutating func seekToLast() throws(TreeError) {
    data.leave()
    try index.seekToLast(table, options.io)
    if try enterBlock() { data.seekToLast() }
  }

  /// Goes to the first entry not before `key`.
  mutating func seek(_ key: SearchKey) throws(TreeError) {
    data.leave()
    try index.seek(key, table, options.io)
    guard try enterBlock() else { return }
    data.seek(key)
    // The index's key may be above all that the block holds.
    if !data.isValid { try nextBlock() }
  }

  /// Goes to the last entry not after `key`.
  mutating func seekForPrevious(_ key: SearchKey) throws(TreeError) {
    data.leave()
    try index.seek(key, table, options.io)
    guard index.isValid else { return try seekToLast() }
    guard try enterBlock() else { return }
    data.seekForPrevious(key)
    if !data.isValid { try previousBlock() }
  }

  @inline(__always)
  package mutating func next() throws(TreeError) {
    data.next()
    if !data.isValid { try nextBlock() }
  }

  @inline(__always)
  package mutating func previous() throws(TreeError) {
    data.previous()
    if !data.isValid { try previousBlock() }
  }

  package mutating func seek(_ internalKey: [UInt8]) throws(TreeError) {
    try internalKey.span.bytes.withUnsafeBytes { bytes throws(TreeError) in
      try seek(SearchKey(internalKey: bytes))
    }
  }

  package mutating func seekForPrevious(_ internalKey: [UInt8]) throws(TreeError) {
    try internalKey.span.bytes.withUnsafeBytes { bytes throws(TreeError) in
      try seekForPrevious(SearchKey(internalKey: bytes))
    }
  }

  /// A user key that none in the block at hand is above.
  var blockLimit: UnsafeRawBufferPointer {
    let last = index.key
    return UnsafeRawBufferPointer(start: last.baseAddress, count: last.count &- InternalKey.trailerBytes)
  }

  private mutating func nextBlock() throws(TreeError) {
    data.leave()
    // What follows is above the index's key here, so there may be nothing left to want.
    if let upper = options.upper, order(of: index.key, against: upper) >= 0 { return index.leave() }
    try index.next(table, options.io)
    if try enterBlock() { data.seekToFirst() }
  }

  private mutating func previousBlock() throws(TreeError) {
    data.leave()
    try index.previous(table, options.io)
    guard index.isValid else { return }
    if let lower = options.lower, order(of: index.key, against: lower) < 0 { return index.leave() }
    if try enterBlock() { data.seekToLast() }
  }

  private func order(of internalKey: UnsafeRawBufferPointer, against userKey: [UInt8]) -> Int {
    userKey.withUnsafeBytes {
      KeyOrder.compare(UnsafeRawBufferPointer(rebasing: internalKey.dropLast(InternalKey.trailerBytes)), $0)
    }
  }

  /// Enters the block that the index points at; false when it points at none.
  private mutating func enterBlock() throws(TreeError) -> Bool {
    guard index.isValid else { return false }
    let handle = try table.handle(index.value)
    if options.usesCache {
      data.enter(try scan.block(handle, of: table, options.io))
    } else {
      times = try table.facts(index.value).times
      data.enter(try readAhead.block(handle, of: table))
    }
    return true
  }
}
