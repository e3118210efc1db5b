/// What readers use of a memtable of either kind: plain addresses, so that a read costs no reference counting. Good while the
/// memtable lives, which a superversion that holds it guarantees.
package enum MemtableReader: Sendable {
  case list(SkipListReader)
  case batch(SortedBatchReader)

  struct Entry {
    var trailer: UInt64
    /// Empty, at some address, for a deletion.
    var value: UnsafeRawBufferPointer
  }

  /// Whether it has no entries yet.
  var isEmpty: Bool {
    switch self {
    case .list(let list): list.first == 0
    case .batch(let batch): batch.firstNode == 0
    }
  }

  /// The newest version of `key` at or below `sequence`. `hash` is the key's.
  @inline(__always)
  func find(_ key: UnsafeRawBufferPointer, hash: UInt64, atOrBelow sequence: SequenceNumber) -> Entry? {
    switch self {
    case .list(let list):
      let node = list.find(key, hash: hash, atOrBelow: sequence)
      if node == 0 { return nil }
      return Entry(
        trailer: SkipNode.trailer(list.base, node), value: SkipNode.valueBytes(list.base, node))
    case .batch(let batch): return Self.find(batch, key, sequence)
    }
  }

  @inline(never)
  private static func find(
    _ batch: SortedBatchReader, _ key: UnsafeRawBufferPointer, _ sequence: SequenceNumber
  ) -> Entry? {
    let node = batch.find(key, atOrBelow: sequence)
    return node == 0 ? nil : Entry(trailer: batch.trailer(node), value: batch.value(node))
  }
}
