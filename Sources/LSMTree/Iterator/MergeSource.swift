/// One sorted run of versions under a merging cursor: a memtable or tables. Holds where its entry lies, so that
/// comparing two sources follows no reference.
struct MergeSource {
  /// The entry's user key, or nil when the source is at its end.
  private(set) var key: UnsafeRawPointer?
  private(set) var keyCount = 0
  private(set) var trailer: UInt64 = 0
  private let origin: Origin
  private var node = 0
  /// Which block (`BlockCursor.blocksEntered`) was last asked whether it is alone, and the answer: see
  /// `MergingCursor.isBlockAlone`.
  var blockAsked = 0
  var isBlockAlone = false

  private enum Origin {
    /// The superversion keeps it.
    case list(SkipListReader)
    /// The same.
    case batch(SortedBatchReader)
    /// The merging cursor keeps it.
    case run(UnsafeMutablePointer<RunCursorState>)
  }

  init(_ memtable: MemtableReader) {
    switch memtable {
    case .list(let list): origin = .list(list)
    case .batch(let batch): origin = .batch(batch)
    }
  }

  init(_ run: UnsafeMutablePointer<RunCursorState>) { origin = .run(run) }

  @inline(__always)
  var isValid: Bool { key != nil }

  @inline(__always)
  var keyBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: key, count: keyCount) }

  @inline(__always)
  var value: UnsafeRawBufferPointer {
    switch origin {
    case .list(let list): SkipNode.valueBytes(list.base, node)
    case .batch(let batch): batch.value(node)
    case .run(let run): run.pointee.cursor.value
    }
  }

  /// The tables' cursor, if the source is one.
  @inline(__always)
  var run: UnsafeMutablePointer<RunCursorState>? {
    if case .run(let run) = origin { run } else { nil }
  }

  /// Whether the entry before is surely of another user key, so that this one is the newest of its key in this source.
  @inline(__always)
  func isFirstOfKey() -> Bool {
    switch origin {
    case .list(let list):
      let previous = list.previous(node)
      return previous == 0
        || KeyOrder.compare(
          SkipNode.key(list.base, previous), SkipNode.keyCount(list.base, previous), key!, keyCount) != 0
    case .batch(let batch):
      let previous = batch.previous(node)
      return previous == 0 || KeyOrder.compare(batch.key(previous), keyBytes) != 0
    case .run(let run): return run.pointee.cursor.data.isFirstOfKey()
    }
  }

  // MARK: Moving

  mutating func seekToFirst() throws(TreeError) {
    switch origin {
    case .list(let list): settle(list, list.first)
    case .batch(let batch): settle(batch, batch.firstNode)
    case .run(let run):
      try run.pointee.seekToFirst()
      settle(run)
    }
  }

  mutating func seekToLast() throws(TreeError) {
    switch origin {
    case .list(let list): settle(list, list.last)
    case .batch(let batch): settle(batch, batch.lastNode)
    case .run(let run):
      try run.pointee.seekToLast()
      settle(run)
    }
  }

  /// The first entry at or after the target.
  mutating func seek(_ target: borrowing SeekTarget) throws(TreeError) {
    switch origin {
    case .list(let list): settle(list, list.firstAtOrAfter(target.userKey, target.trailer))
    case .batch(let batch): settle(batch, batch.firstAtOrAfter(target.userKey, target.trailer))
    case .run(let run):
      try run.pointee.seek(target.searchKey)
      settle(run)
    }
  }

  /// The last entry before the target. (No entry ever is *at* a target that a cursor goes backward from.)
  mutating func seekBackward(_ target: borrowing SeekTarget) throws(TreeError) {
    switch origin {
    case .list(let list):
      let node = list.lastBefore(target.userKey, target.trailer)
      settle(list, node == list.head ? 0 : node)
    case .batch(let batch): settle(batch, batch.lastBefore(target.userKey, target.trailer))
    case .run(let run):
      try run.pointee.seekForPrevious(target.searchKey)
      settle(run)
    }
  }

  @inline(__always)
  mutating func next() throws(TreeError) {
    switch origin {
    case .list(let list): settle(list, list.next(node))
    case .batch(let batch): settle(batch, batch.next(node))
    case .run(let run):
      try run.pointee.next()
      settle(run)
    }
  }

  @inline(__always)
  mutating func previous() throws(TreeError) {
    switch origin {
    case .list(let list): settle(list, list.previous(node))
    case .batch(let batch): settle(batch, batch.previous(node))
    case .run(let run):
      try run.pointee.previous()
      settle(run)
    }
  }

  /// Looks again where the entry is, after the tables' cursor was moved from elsewhere within its block.
  @inline(__always)
  mutating func settleAgain() {
    if case .run(let run) = origin { settle(run) }
  }

  @inline(__always)
  private mutating func settle(_ list: SkipListReader, _ node: Int) {
    self.node = node
    guard node != 0 else {
      key = nil
      return
    }
    key = SkipNode.key(list.base, node)
    keyCount = SkipNode.keyCount(list.base, node)
    trailer = SkipNode.trailer(list.base, node)
  }

  private mutating func settle(_ batch: SortedBatchReader, _ node: Int) {
    self.node = node
    guard node != 0 else {
      key = nil
      return
    }
    let bytes = batch.key(node)
    key = bytes.baseAddress
    keyCount = bytes.count
    trailer = batch.trailer(node)
  }

  @inline(__always)
  private mutating func settle(_ run: UnsafeMutablePointer<RunCursorState>) {
    guard run.pointee.cursor.isValid else {
      key = nil
      return
    }
    let userKey = run.pointee.cursor.data.userKey
    key = userKey.baseAddress
    keyCount = userKey.count
    trailer = run.pointee.cursor.data.trailer
  }

  /// Negative if this source's entry is before the other's. Both are valid.
  @inline(__always)
  func compare(_ other: borrowing MergeSource) -> Int {
    let order = KeyOrder.compare(key!, keyCount, other.key!, other.keyCount)
    if order != 0 { return order }
    return trailer == other.trailer ? 0 : (trailer < other.trailer ? -1 : 1)
  }

  @inline(__always)
  func isSameKey(_ other: borrowing MergeSource) -> Bool {
    KeyOrder.compare(key!, keyCount, other.key!, other.keyCount) == 0
  }
}

/// An internal key to seek to, in one buffer that a cursor uses again.
struct SeekTarget: ~Copyable {
  private var buffer = RawBuffer(capacity: 64)

  mutating func set(_ userKey: UnsafeRawBufferPointer, _ trailer: UInt64) {
    buffer.truncate(to: 0)
    if let base = userKey.baseAddress { buffer.append(base, userKey.count) }
    withUnsafeBytes(of: trailer.bigEndian) { buffer.append($0.baseAddress!, 8) }
  }

  /// Good until the target is set again.
  var searchKey: SearchKey {
    SearchKey(internalKey: UnsafeRawBufferPointer(start: buffer.base, count: buffer.count))
  }
  var userKey: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: buffer.base, count: buffer.count - InternalKey.trailerBytes)
  }
  var trailer: UInt64 { InternalKey.trailer(of: buffer.base, buffer.count) }
}
