/// Writes a sealed memtable, all of it durable, into a table.
///
/// Of the versions of a key it leaves out those that nobody can see: of any two between which lies no snapshot, the
/// older one. So a counter that was written a hundred thousand times becomes one entry. What deletions hide is left to
/// compaction, which knows the levels below.
struct FlushJob {
  let memtable: Memtable
  /// Who reads where. None of the memtable's entries is above the last snapshot.
  let stripes: SnapshotStripes
  let times: WriteTimes

  /// Nil if nothing was written to the memtable. Large values go to `values`, which the caller ends.
  func run(
    _ makeWriter: () throws(TreeError) -> TableWriter, values: inout ValueOutputs
  ) throws(TreeError) -> FinishedTable? {
    let deletions = memtable.rangeDeletions
    var source = MergeSource(memtable.contents)
    try source.seekToFirst()
    if !source.isValid, deletions.isEmpty { return nil }
    var writer = try makeWriter()
    var internalKey = RawBuffer(capacity: 256)
    var lastKey = UnsafeRawBufferPointer(start: nil, count: 0)
    var lastSequence: SequenceNumber = 0
    while source.isValid {
      let key = source.keyBytes
      let trailer = source.trailer
      let sequence = InternalKey.sequence(ofTrailer: trailer)
      let isHidden =
        lastKey.baseAddress != nil && KeyOrder.compare(key, lastKey) == 0
        && stripes.isHidden(sequence, by: lastSequence)
      if !isHidden {
        var entryTrailer = trailer
        var value = source.value
        if values.isLarge(value.count) {
          value = try values.add(value, userKey: key)
          entryTrailer = InternalKey.trailer(sequence, .valuePointer)
        }
        internalKey.truncate(to: 0)
        internalKey.append(key.baseAddress!, key.count)
        withUnsafeBytes(of: entryTrailer.bigEndian) { internalKey.append($0.baseAddress!, $0.count) }
        try writer.add(
          UnsafeRawBufferPointer(start: internalKey.base, count: internalKey.count), value, times: times)
      }
      lastKey = key
      lastSequence = sequence
      try source.next()
    }
    writer.add(deletions, times: times)
    return try writer.finish()
  }
}
