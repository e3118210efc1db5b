/// Writes a sealed memtable, all of it durable, into a table.
///
/// Of the versions of a key it leaves out those that nobody can see: of any two between which lies no snapshot, the
/// older one. So a counter that was written a hundred thousand times becomes one entry. What deletions hide is left to
/// compaction, which knows the levels below.
struct FlushJob {
  let memtable: Memtable
  /// Sequence numbers at which somebody may read, ascending, none of the memtable's entries above the last.
  let snapshots: [SequenceNumber]
  let times: WriteTimes

  /// Nil if nothing was written to the memtable.
  func run(_ makeWriter: () throws(TreeError) -> TableWriter) throws(TreeError) -> FinishedTable? {
    let list = memtable.reader
    let deletions = memtable.rangeDeletions
    var node = list.first
    if node == 0, deletions.isEmpty { return nil }
    var writer = try makeWriter()
    var internalKey = RawBuffer(capacity: 256)
    var lastKey = UnsafeRawBufferPointer(start: nil, count: 0)
    var lastStripe = -1
    while node != 0 {
      let key = SkipNode.keyBytes(list.base, node)
      let trailer = SkipNode.trailer(list.base, node)
      let stripe = stripe(InternalKey.sequence(ofTrailer: trailer))
      let isShadowed =
        stripe == lastStripe && lastKey.baseAddress != nil && KeyOrder.compare(key, lastKey) == 0
      if !isShadowed {
        internalKey.truncate(to: 0)
        internalKey.append(key.baseAddress!, key.count)
        withUnsafeBytes(of: trailer.bigEndian) { internalKey.append($0.baseAddress!, $0.count) }
        try writer.add(
          UnsafeRawBufferPointer(start: internalKey.base, count: internalKey.count),
          SkipNode.valueBytes(list.base, node), times: times)
      }
      lastKey = key
      lastStripe = stripe
      node = list.next(node)
    }
    writer.add(deletions, times: times)
    return try writer.finish()
  }

  /// The first snapshot that sees the sequence.
  private func stripe(_ sequence: SequenceNumber) -> Int {
    var low = 0
    var high = snapshots.count
    while low < high {
      let middle = (low + high) / 2
      if snapshots[middle] < sequence { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
