import Synchronization

/// The writes of the recent past, in memory and in order: a skiplist of versions and, aside, range deletions.
///
/// A memtable is filled by one writer at a time (the commit pipeline), then sealed, then flushed into a sorted table, then
/// let go. A batch that is large beside a memtable becomes one of its own (`SortedBatch`), sealed from the beginning.
/// Readers hold it through a superversion. `list` is touched by the writer only; readers go through
/// `reader`, a few addresses that need no reference counting.
package final class Memtable: @unchecked Sendable {
  // Sendable: `list` is changed under the pipeline's lock only; what readers use is atomic or behind a mutex.
  /// Raw memory, so that a put reaches it without the runtime's exclusivity checks, a tenth of its instructions.
  private let list: UnsafeMutablePointer<SkipList>
  package let reader: SkipListReader
  /// The first sequence number that may be in here.
  let firstSequence: SequenceNumber
  /// When it was made, in seconds since 1970: the earliest that any entry was written.
  let createdTime: UInt32

  /// Everything that is in it, if it is a large batch; the list is empty then.
  private let large: SortedBatch?
  private let memory: MemtableMemory
  private let pool: MemtablePool?
  /// Bytes of the arena at which the pool is told how far the writer is.
  private var noticeBytes: Int
  private let sealedSequence = Atomic<SequenceNumber>(.max)
  private let rangeDeletionCount = Atomic<Int>(0)
  private let ranges = Mutex(Ranges())
  /// What tells readers that range deletions have nothing to do with their key. Widened under the lock of `ranges`; raw memory, so that
  /// superversions reach it without counting a reference of this object.
  let hull: UnsafeMutablePointer<RangeHull.Growing>

  private struct Ranges {
    var raw: [RangeDeletion] = []
    /// The fragments of the first `fragmentedCount` of them.
    var fragmented = RangeDeletions.none
    var fragmentedCount = 0
  }

  /// Range deletions a memtable takes before it is sealed: finding what covers a key fragments them anew after each.
  static let rangeDeletionsMax = 4096

  /// Entries of a batch from which on it pays to look ahead.
  private static let manyFrom = 4

  /// The memory comes from the pool and goes back to it.
  convenience init(pool: MemtablePool, firstSequence: SequenceNumber, createdTime: UInt32) {
    self.init(pool.take(), firstSequence: firstSequence, createdTime: createdTime, pool: pool)
  }

  /// One that belongs to no tree and takes entries of at least `capacityBytes`.
  package convenience init(capacityBytes: Int) {
    let memory = MemtableMemory(arenaBytes: Self.memoryBytes(capacityBytes: capacityBytes))
    self.init(memory, firstSequence: 1, createdTime: 0, pool: nil)
  }

  /// Bytes of memory that a memtable of that capacity has.
  static func memoryBytes(capacityBytes: Int) -> Int { capacityBytes + SkipList.fixedBytes }

  private init(
    _ memory: MemtableMemory, firstSequence: SequenceNumber, createdTime: UInt32, pool: MemtablePool?
  ) {
    list = .allocate(capacity: 1)
    list.initialize(to: SkipList(memory))
    hull = .allocate(capacity: 1)
    hull.initialize(to: RangeHull.Growing())
    large = nil
    self.memory = memory
    self.pool = pool
    noticeBytes = pool?.firstNotice ?? .max
    reader = list.pointee.reader
    self.firstSequence = firstSequence
    self.createdTime = createdTime
  }

  /// One that is a large batch, sealed, whose first entry has this sequence number.
  package init(_ batch: SortedBatch, firstSequence: SequenceNumber, createdTime: UInt32) {
    memory = MemtableMemory(arenaBytes: Self.memoryBytes(capacityBytes: 0))
    list = .allocate(capacity: 1)
    list.initialize(to: SkipList(memory))
    hull = .allocate(capacity: 1)
    hull.initialize(to: RangeHull.Growing())
    large = batch
    pool = nil
    noticeBytes = .max
    reader = list.pointee.reader
    self.firstSequence = firstSequence
    self.createdTime = createdTime
    let deletions = batch.rangeDeletions(first: firstSequence)
    ranges.withLock { $0.raw = deletions }
    hull.pointee.add(deletions)
    rangeDeletionCount.store(deletions.count, ordering: .releasing)
    seal(last: firstSequence + SequenceNumber(batch.count) - 1)
  }

  deinit {
    pool?.give(memory, usedBytes: list.pointee.usedBytes)
    list.deinitialize(count: 1)
    list.deallocate()
    hull.deinitialize(count: 1)
    hull.deallocate()
  }

  // MARK: Writer

  /// Bytes of arena that a batch takes at most.
  @inline(__always)
  static func bytesMax(of batch: borrowing WriteBatch) -> Int {
    SkipList.bytesMax(count: batch.count, bytes: batch.byteCount)
  }

  package func hasRoom(for batch: borrowing WriteBatch) -> Bool {
    let bytes = Self.bytesMax(of: batch)
    guard list.pointee.hasRoom(forBytes: bytes) else { return false }
    if list.pointee.usedBytes &+ bytes > noticeBytes { tellPool() }
    if batch.rangeDeletionCount == 0 { return true }
    let count = rangeDeletionCount.load(ordering: .relaxed)
    return count == 0 || count + batch.rangeDeletionCount <= Self.rangeDeletionsMax
  }

  @inline(never)
  private func tellPool() {
    guard let pool else { return }
    pool.notice(memory, usedBytes: list.pointee.usedBytes)
    noticeBytes = pool.nextNotice(after: list.pointee.usedBytes)
  }

  /// Adds the entries of a batch; entry i has sequence `first + i`. There is room for them.
  package func apply(_ batch: borrowing WriteBatch, first: SequenceNumber) {
    batch.bytes.withUnsafeBytes { bytes in
      if batch.count < Self.manyFrom {
        list.pointee.insertPoints(of: bytes, first: first)
      } else {
        list.pointee.insertManyPoints(of: bytes, first: first)
      }
    }
    if batch.rangeDeletionCount > 0 { batch.bytes.withUnsafeBytes { addRangeDeletions(of: $0, first) } }
  }

  private func addRangeDeletions(of bytes: UnsafeRawBufferPointer, _ first: SequenceNumber) {
    var entries = WriteBatchReader(bytes)
    var sequence = first
    ranges.withLock { ranges in
      let known = ranges.raw.count
      while let entry = entries.next() {
        if entry.kind == .rangeDeletion {
          ranges.raw.append(
            RangeDeletion(lower: Array(entry.key), upper: Array(entry.value), sequence: sequence))
        }
        sequence += 1
      }
      hull.pointee.add(ranges.raw[known...])
      rangeDeletionCount.store(ranges.raw.count, ordering: .releasing)
    }
  }

  /// Ends it: `last` is the last sequence in it, and everything later goes elsewhere.
  func seal(last: SequenceNumber) { sealedSequence.store(last, ordering: .releasing) }

  // MARK: Readers

  /// For readers that don't know which kind it is.
  package var contents: MemtableReader {
    large.map { .batch($0.reader(first: firstSequence)) } ?? .list(reader)
  }

  /// The last sequence in it once it is sealed, `.max` before.
  var sequenceBound: SequenceNumber { sealedSequence.load(ordering: .acquiring) }

  @inline(__always)
  var hasRangeDeletions: Bool { rangeDeletionCount.load(ordering: .acquiring) > 0 }

  /// All range deletions so far. Readers of a memtable that has none never come here; the fragments are made once after
  /// each change, behind a lock that such readers share.
  package var rangeDeletions: RangeDeletions {
    guard hasRangeDeletions else { return .none }
    return ranges.withLock { ranges in
      if ranges.fragmentedCount < ranges.raw.count {
        ranges.fragmented = RangeDeletions(ranges.raw)
        ranges.fragmentedCount = ranges.raw.count
      }
      return ranges.fragmented
    }
  }

  /// Whether nothing was written to it. For the writer and, once sealed, for anyone.
  var isEmpty: Bool { large == nil && list.pointee.count == 0 && !hasRangeDeletions }
  /// Bytes of memory in use. For the writer and, once sealed, for anyone.
  var usedBytes: Int { large?.byteCount ?? list.pointee.usedBytes }
}

extension SkipList {
  /// Inserts the puts and deletions of a batch.
  @inline(__always)
  mutating func insertPoints(of bytes: UnsafeRawBufferPointer, first: SequenceNumber) {
    var entries = WriteBatchReader(bytes)
    var sequence = first
    while let entry = entries.next() {
      if entry.kind != .rangeDeletion {
        insert(entry.key, InternalKey.trailer(sequence, entry.kind), entry.value)
      }
      sequence &+= 1
    }
  }

  /// The same for a batch of several. What an insert waits for is the index's line of its key, so a second reader runs
  /// ahead and asks for those lines.
  mutating func insertManyPoints(of bytes: UnsafeRawBufferPointer, first: SequenceNumber) {
    var entries = WriteBatchReader(bytes)
    var ahead = WriteBatchReader(bytes)
    var hashes = InlineArray<16, UInt64>(repeating: 0)
    for number in 0..<Self.hashesAhead { hashes[number] = hashNext(&ahead) }
    var sequence = first
    var number = 0
    while let entry = entries.next() {
      let hash = hashes[number & 15]
      hashes[(number &+ Self.hashesAhead) & 15] = hashNext(&ahead)
      if entry.kind != .rangeDeletion {
        insert(entry.key, hash, InternalKey.trailer(sequence, entry.kind), entry.value)
      }
      sequence &+= 1
      number &+= 1
    }
  }

  /// Entries between the one that is inserted and the one whose line is asked for. Below 16.
  private static var hashesAhead: Int { 8 }

  @inline(__always)
  private func hashNext(_ entries: inout WriteBatchReader) -> UInt64 {
    guard let entry = entries.next() else { return 0 }
    let hash = KeyHash.hash(entry.key.baseAddress!, entry.key.count)
    index.reader.prefetch(hash)
    return hash
  }
}
