/// A batch too large for a memtable, sorted where it lies.
///
/// Inserting such a batch would copy it into a skiplist entry by entry under the pipeline's lock, tens of milliseconds for each
/// ten megabytes, and leave a memtable of its size behind. Instead its bytes are copied once, before the lock is taken,
/// with 16 bytes an entry beside them: where it is, its place in the batch, and the first eight bytes of its key, so that a
/// search compares whole numbers that lie side by side and looks at a key only where those are equal. Under the lock it
/// is handed over as a memtable that is sealed already, to be read and flushed like any other.
///
/// The entries are in the order of internal keys: by key, and of one key the last in the batch first. Most large batches come in
/// order; one pass finds that out, and nothing is sorted then. Range deletions are aside.
///
/// Immutable. The sequence number of its first entry is known only under the lock, so it is no part of this but of
/// `SortedBatchReader`.
package final class SortedBatch: @unchecked Sendable {
  // Sendable: written by `init`, read by anyone after that.
  private let bytes: RawBuffer
  fileprivate let entries: UnsafeMutableBufferPointer<Entry>
  /// Puts, deletions and range deletions.
  let count: Int
  private let relativeRangeDeletions: [RangeDeletion]

  fileprivate struct Entry {
    /// `SkipNode.prefix` of the key.
    var head: UInt64
    /// Where in the batch's bytes the entry begins.
    var offset: UInt32
    /// How many entries of the batch come before it.
    var number: UInt32
  }

  package init(_ batch: borrowing WriteBatch) {
    var copy = RawBuffer(capacity: batch.byteCount)
    batch.bytes.withUnsafeBytes { copy.append($0.baseAddress!, $0.count) }
    let all = UnsafeRawBufferPointer(start: copy.base, count: copy.count)
    bytes = copy
    count = batch.count
    let points = UnsafeMutableBufferPointer<Entry>.allocate(capacity: max(batch.count, 1))
    var deletions: [RangeDeletion] = []
    let pointCount = Self.fill(points, from: all, &deletions)
    entries = UnsafeMutableBufferPointer(rebasing: points[..<pointCount])
    relativeRangeDeletions = deletions
    Self.sortIfNeeded(entries, all)
  }

  deinit { entries.baseAddress?.deallocate() }

  private static func fill(
    _ points: UnsafeMutableBufferPointer<Entry>, from bytes: UnsafeRawBufferPointer,
    _ deletions: inout [RangeDeletion]
  ) -> Int {
    var reader = WriteBatchReader(bytes)
    var pointCount = 0
    var number: UInt32 = 0
    while true {
      let offset = UInt32(truncatingIfNeeded: reader.position)
      guard let entry = reader.next() else { return pointCount }
      if entry.kind == .rangeDeletion {
        deletions.append(
          RangeDeletion(lower: Array(entry.key), upper: Array(entry.value), sequence: UInt64(number)))
      } else {
        points.initializeElement(
          at: pointCount, to: Entry(head: SkipNode.prefix(entry.key), offset: offset, number: number))
        pointCount += 1
      }
      number += 1
    }
  }

  private static func sortIfNeeded(
    _ entries: UnsafeMutableBufferPointer<Entry>, _ bytes: UnsafeRawBufferPointer
  ) {
    let base = bytes.baseAddress!
    let isBefore = { (left: Entry, right: Entry) -> Bool in
      if left.head != right.head { return left.head < right.head }
      let order = KeyOrder.compare(key(base, left), key(base, right))
      return order == 0 ? left.number > right.number : order < 0
    }
    for index in 1..<max(entries.count, 1) where !isBefore(entries[index - 1], entries[index]) {
      var unsorted = entries
      return unsorted.sort(by: isBefore)
    }
  }

  @inline(__always)
  fileprivate static func key(_ base: UnsafeRawPointer, _ entry: Entry) -> UnsafeRawBufferPointer {
    // The batch was checked: a length is there and right.
    var offset = Int(entry.offset) &+ 1
    let count = Int(truncatingIfNeeded: Varint.read(base, .max, at: &offset) ?? 0)
    return UnsafeRawBufferPointer(start: base + offset, count: count)
  }

  var byteCount: Int { bytes.count + entries.count * MemoryLayout<Entry>.stride }

  /// Its range deletions when its first entry has this sequence number.
  func rangeDeletions(first: SequenceNumber) -> [RangeDeletion] {
    relativeRangeDeletions.map {
      RangeDeletion(lower: $0.lower, upper: $0.upper, sequence: first + $0.sequence)
    }
  }

  /// For readers, good while the batch lives.
  package func reader(first: SequenceNumber) -> SortedBatchReader {
    SortedBatchReader(bytes: bytes.base, entries: entries, first: first)
  }
}

/// What readers use of a `SortedBatch`: plain addresses, as of a skiplist. A *node* is an entry's place in the order, from 1
/// on, so that 0 is none here, too.
package struct SortedBatchReader: @unchecked Sendable {
  // Sendable: what the addresses lead to is immutable.
  private let bytes: UnsafeRawPointer
  private let entries: UnsafeMutableBufferPointer<SortedBatch.Entry>
  private let first: SequenceNumber

  fileprivate init(
    bytes: UnsafeRawPointer, entries: UnsafeMutableBufferPointer<SortedBatch.Entry>, first: SequenceNumber
  ) {
    self.bytes = bytes
    self.entries = entries
    self.first = first
  }

  /// The newest version of `key` at or below `sequence`, or 0.
  package func find(_ key: UnsafeRawBufferPointer, atOrBelow sequence: SequenceNumber) -> Int {
    if sequence < first { return 0 }
    let node = firstAtOrAfter(key, InternalKey.seekTrailer(sequence))
    return node != 0 && KeyOrder.compare(self.key(node), key) == 0 ? node : 0
  }

  /// The first node at or after (key, trailer), or 0.
  package func firstAtOrAfter(_ key: UnsafeRawBufferPointer, _ trailer: UInt64) -> Int {
    let before = countBefore(key, trailer)
    return before == entries.count ? 0 : before + 1
  }

  /// The last node before (key, trailer), or 0.
  package func lastBefore(_ key: UnsafeRawBufferPointer, _ trailer: UInt64) -> Int {
    countBefore(key, trailer)
  }

  private func countBefore(_ key: UnsafeRawBufferPointer, _ trailer: UInt64) -> Int {
    let head = SkipNode.prefix(key)
    var lower = 0
    var upper = entries.count
    while lower < upper {
      let middle = (lower + upper) / 2
      let entry = entries[middle]
      let isBefore =
        entry.head == head ? compare(middle + 1, key, trailer) < 0 : entry.head < head
      if isBefore { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }

  private func compare(_ node: Int, _ key: UnsafeRawBufferPointer, _ trailer: UInt64) -> Int {
    let order = KeyOrder.compare(self.key(node), key)
    if order != 0 { return order }
    let own = self.trailer(node)
    return own == trailer ? 0 : (own < trailer ? -1 : 1)
  }

  package var firstNode: Int { entries.isEmpty ? 0 : 1 }
  package var lastNode: Int { entries.count }
  @inline(__always)
  package func next(_ node: Int) -> Int { node == entries.count ? 0 : node &+ 1 }
  @inline(__always)
  package func previous(_ node: Int) -> Int { node &- 1 }

  // MARK: What a node holds

  @inline(__always)
  package func key(_ node: Int) -> UnsafeRawBufferPointer { SortedBatch.key(bytes, entries[node &- 1]) }

  package func trailer(_ node: Int) -> UInt64 {
    let entry = entries[node - 1]
    let kind: EntryKind = isDeletion(entry) ? .deletion : .value
    return InternalKey.trailer(first + SequenceNumber(entry.number), kind)
  }

  package func value(_ node: Int) -> UnsafeRawBufferPointer {
    let entry = entries[node - 1]
    let key = SortedBatch.key(bytes, entry)
    let end = key.baseAddress! + key.count
    if isDeletion(entry) { return UnsafeRawBufferPointer(start: end, count: 0) }
    var offset = 0
    let count = Int(truncatingIfNeeded: Varint.read(end, .max, at: &offset) ?? 0)
    return UnsafeRawBufferPointer(start: end + offset, count: count)
  }

  private func isDeletion(_ entry: SortedBatch.Entry) -> Bool {
    bytes.load(fromByteOffset: Int(entry.offset), as: UInt8.self) == EntryKind.deletion.rawValue
  }
}
