import Synchronization

/// The writes of the recent past, in memory and in order: a skiplist of versions and, aside, range deletions.
///
/// A memtable is filled by one writer at a time (the commit pipeline), then sealed, then flushed into a sorted table, then
/// let go. Readers hold it through a superversion. `list` is touched by the writer only; readers go through
/// `reader`, a few addresses that need no reference counting.
package final class Memtable: @unchecked Sendable {
  // Sendable: `list` is changed under the pipeline's lock only; what readers use is atomic or behind a mutex.
  private var list: SkipList
  package let reader: SkipListReader
  /// The first sequence number that may be in here.
  let firstSequence: SequenceNumber
  /// When it was made, in seconds since 1970: the earliest that any entry was written.
  let createdTime: UInt32

  private let memory: MemtableMemory
  private let pool: MemtablePool?
  /// Bytes of the arena at which the pool is told how far the writer is.
  private var noticeBytes: Int
  private let sealedSequence = Atomic<SequenceNumber>(.max)
  private let rangeDeletionCount = Atomic<Int>(0)
  private let ranges = Mutex(Ranges())

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

  /// The most bytes of entries that one can be made for.
  static let capacityBytesMax = Arena.capacityBytesMax - 4096

  /// Takes entries of at least `capacityBytes`. The memory comes from the pool if there is one that fits, and goes back to it.
  convenience init(
    capacityBytes: Int, firstSequence: SequenceNumber, createdTime: UInt32, pool: MemtablePool?
  ) {
    let count = Self.memoryBytes(capacityBytes: capacityBytes)
    self.init(
      pool?.take(count) ?? MemtableMemory(arenaBytes: count), firstSequence: firstSequence,
      createdTime: createdTime,
      pool: pool)
  }

  /// One that belongs to no tree.
  package convenience init(capacityBytes: Int) {
    self.init(capacityBytes: capacityBytes, firstSequence: 1, createdTime: 0, pool: nil)
  }

  /// Bytes of memory that a memtable of that capacity has.
  static func memoryBytes(capacityBytes: Int) -> Int { capacityBytes + SkipList.fixedBytes }

  private init(
    _ memory: MemtableMemory, firstSequence: SequenceNumber, createdTime: UInt32, pool: MemtablePool?
  ) {
    list = SkipList(memory)
    self.memory = memory
    self.pool = pool
    noticeBytes = pool?.firstNotice ?? .max
    reader = list.reader
    self.firstSequence = firstSequence
    self.createdTime = createdTime
  }

  deinit { pool?.give(memory, usedBytes: usedBytes) }

  // MARK: Writer

  /// Bytes of arena that a batch takes at most.
  static func bytesMax(of batch: borrowing WriteBatch) -> Int {
    SkipList.bytesMax(count: batch.count, bytes: batch.byteCount)
  }

  package func hasRoom(for batch: borrowing WriteBatch) -> Bool {
    let bytes = Self.bytesMax(of: batch)
    guard list.hasRoom(forBytes: bytes) else { return false }
    if list.usedBytes &+ bytes > noticeBytes { tellPool() }
    if batch.rangeDeletionCount == 0 { return true }
    let count = rangeDeletionCount.load(ordering: .relaxed)
    return count == 0 || count + batch.rangeDeletionCount <= Self.rangeDeletionsMax
  }

  @inline(never)
  private func tellPool() {
    guard let pool else { return }
    pool.notice(memory, usedBytes: list.usedBytes)
    noticeBytes = pool.nextNotice(after: list.usedBytes)
  }

  /// Adds the entries of a batch; entry i has sequence `first + i`. There is room for them.
  package func apply(_ batch: borrowing WriteBatch, first: SequenceNumber) {
    batch.bytes.withUnsafeBytes { bytes in
      if batch.count < Self.manyFrom {
        list.insertPoints(of: bytes, first: first)
      } else {
        list.insertManyPoints(of: bytes, first: first)
      }
    }
    if batch.rangeDeletionCount > 0 { batch.bytes.withUnsafeBytes { addRangeDeletions(of: $0, first) } }
  }

  private func addRangeDeletions(of bytes: UnsafeRawBufferPointer, _ first: SequenceNumber) {
    var entries = WriteBatchReader(bytes)
    var sequence = first
    ranges.withLock { ranges in
      while let entry = entries.next() {
        if entry.kind == .rangeDeletion {
          ranges.raw.append(
            RangeDeletion(lower: Array(entry.key), upper: Array(entry.value), sequence: sequence))
        }
        sequence += 1
      }
      rangeDeletionCount.store(ranges.raw.count, ordering: .releasing)
    }
  }

  /// Ends it: `last` is the last sequence in it, and everything later goes elsewhere.
  func seal(last: SequenceNumber) { sealedSequence.store(last, ordering: .releasing) }

  // MARK: Readers

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
  var isEmpty: Bool { list.count == 0 && !hasRangeDeletions }
  /// Bytes of the arena in use. For the writer and, once sealed, for anyone.
  var usedBytes: Int { list.usedBytes }
  var count: Int { list.count }
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
