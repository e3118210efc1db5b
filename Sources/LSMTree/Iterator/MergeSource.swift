/// One sorted run of versions under a merging cursor: a memtable or tables. Holds where its entry lies, so that
/// comparing two sources follows no reference.
struct MergeSource {
  /// The entry's user key, or nil when the source is at its end.
  private(set) var key: UnsafeRawPointer?
  private(set) var keyCount = 0
  private(set) var trailer: UInt64 = 0
  private let origin: Origin
  private var node = 0

  private enum Origin {
    /// The superversion keeps it.
    case list(SkipListReader)
    /// `end()` releases it. Unmanaged, since a step must not count references.
    case run(Unmanaged<RunCursor>)
  }

  init(_ list: SkipListReader) { origin = .list(list) }
  init(_ run: RunCursor) { origin = .run(.passRetained(run)) }

  /// Lets the run go. The source is not used after it.
  func end() {
    if case .run(let run) = origin { run.release() }
  }

  @inline(__always)
  var isValid: Bool { key != nil }

  @inline(__always)
  var keyBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: key, count: keyCount) }

  @inline(__always)
  var value: UnsafeRawBufferPointer {
    switch origin {
    case .list(let list): SkipNode.valueBytes(list.base, node)
    case .run(let run): run._withUnsafeGuaranteedRef { $0.unsafeValue }
    }
  }

  mutating func seekToFirst() throws(TreeError) {
    switch origin {
    case .list(let list): settle(list, list.first)
    case .run(let run):
      try run.takeUnretainedValue().seekToFirst()
      settle(run)
    }
  }

  mutating func seekToLast() throws(TreeError) {
    switch origin {
    case .list(let list): settle(list, list.last)
    case .run(let run):
      try run.takeUnretainedValue().seekToLast()
      settle(run)
    }
  }

  /// The first entry at or after the target.
  mutating func seek(_ target: borrowing SeekTarget) throws(TreeError) {
    switch origin {
    case .list(let list): settle(list, list.firstAtOrAfter(target.userKey, target.trailer))
    case .run(let run):
      try run.takeUnretainedValue().seek(target.bytes)
      settle(run)
    }
  }

  /// The last entry before the target. (No entry ever is *at* a target that a cursor goes backward from.)
  mutating func seekBackward(_ target: borrowing SeekTarget) throws(TreeError) {
    switch origin {
    case .list(let list):
      let node = list.lastBefore(target.userKey, target.trailer)
      settle(list, node == list.head ? 0 : node)
    case .run(let run):
      try run.takeUnretainedValue().seekForPrevious(target.bytes)
      settle(run)
    }
  }

  @inline(__always)
  mutating func next() throws(TreeError) {
    switch origin {
    case .list(let list): settle(list, list.next(node))
    case .run(let run):
      try run._withUnsafeGuaranteedRef { run in
        Result { () throws(TreeError) in try run.next() }
      }.get()
      settle(run)
    }
  }

  @inline(__always)
  mutating func previous() throws(TreeError) {
    switch origin {
    case .list(let list): settle(list, list.previous(node))
    case .run(let run):
      try run._withUnsafeGuaranteedRef { run in
        Result { () throws(TreeError) in try run.previous() }
      }.get()
      settle(run)
    }
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

  @inline(__always)
  private mutating func settle(_ run: Unmanaged<RunCursor>) {
    let internalKey = run._withUnsafeGuaranteedRef { $0.isValid ? $0.unsafeKey : nil }
    guard let internalKey else {
      key = nil
      return
    }
    key = internalKey.baseAddress
    keyCount = internalKey.count &- InternalKey.trailerBytes
    trailer = InternalKey.trailer(of: internalKey.baseAddress!, internalKey.count)
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
