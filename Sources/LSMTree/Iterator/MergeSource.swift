/// One sorted run of versions under a merging cursor: a memtable or tables. Holds where its entry lies, so that
/// comparing two sources follows no reference.
struct MergeSource {
  /// The entry's user key, or nil when the source is at its end.
  private(set) var key: UnsafeRawPointer?
  private(set) var keyCount = 0
  private(set) var trailer: UInt64 = 0
  private let list: SkipListReader?
  private var node = 0

  init(_ list: SkipListReader) {
    self.list = list
  }

  var isValid: Bool { key != nil }

  var keyBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: key, count: keyCount) }

  /// Whether key and value stay where they are when the source moves on.
  var isStable: Bool { list != nil }

  var value: UnsafeRawBufferPointer {
    SkipNode.valueBytes(list!.base, node)
  }

  mutating func seekToFirst() throws(TreeError) {
    if let list { settle(list, list.first) }
  }

  mutating func seekToLast() throws(TreeError) {
    if let list { settle(list, list.last) }
  }

  /// The first entry at or after the target.
  mutating func seek(_ target: borrowing SeekTarget) throws(TreeError) {
    if let list { settle(list, list.firstAtOrAfter(target.userKey, target.trailer)) }
  }

  /// The last entry before the target. (No entry ever is *at* a target that a cursor goes backward from.)
  mutating func seekBackward(_ target: borrowing SeekTarget) throws(TreeError) {
    if let list {
      let node = list.lastBefore(target.userKey, target.trailer)
      settle(list, node == list.head ? 0 : node)
    }
  }

  @inline(__always)
  mutating func next() throws(TreeError) {
    if let list { settle(list, list.next(node)) }
  }

  @inline(__always)
  mutating func previous() throws(TreeError) {
    if let list { settle(list, list.previous(node)) }
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

  /// Negative if this source's entry is before the other's. Both are valid.
  @inline(__always)
  func compare(_ other: borrowing MergeSource) -> Int {
    let order = KeyOrder.compare(key!, keyCount, other.key!, other.keyCount)
    if order != 0 { return order }
    return trailer == other.trailer ? 0 : (trailer < other.trailer ? -1 : 1)
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

  /// The whole internal key.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: buffer.base, count: buffer.count) }
  var userKey: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: buffer.base, count: buffer.count - InternalKey.trailerBytes)
  }
  var trailer: UInt64 { InternalKey.trailer(of: buffer.base, buffer.count) }
}
