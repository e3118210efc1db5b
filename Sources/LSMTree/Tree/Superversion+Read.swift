extension Superversion {
  /// The newest version of a key at or below `sequence`, memtables first, newest first. A range deletion found on the
  /// way hides everything older, which is everything in later sources.
  func get(
    _ key: RawSpan, at sequence: SequenceNumber, _ io: ReadIO
  ) throws(TreeError) -> PinnedValue? {
    try key.withUnsafeBytes { bytes throws(TreeError) -> PinnedValue? in
      // An empty span has no address; any will do for no bytes.
      if bytes.baseAddress == nil {
        return try withUnsafeBytes(of: UInt8(0)) { byte throws(TreeError) in
          try get(UnsafeRawBufferPointer(rebasing: byte[..<0]), at: sequence, io)
        }
      }
      return try get(bytes, at: sequence, io)
    }
  }

  @inline(__always)
  private func get(
    _ key: UnsafeRawBufferPointer, at sequence: SequenceNumber, _ io: ReadIO
  ) throws(TreeError) -> PinnedValue? {
    let hash = KeyHash.hash(key.baseAddress!, key.count)
    for index in 0..<listCount {
      let list = lists[index]
      let node = list.find(key, hash: hash, atOrBelow: sequence)
      let trailer = node == 0 ? 0 : SkipNode.trailer(list.base, node)
      if memtables[index].hasRangeDeletions {
        let newest = memtables[index].rangeDeletions.newestCovering(key, atOrBelow: sequence)
        if newest > (node == 0 ? 0 : InternalKey.sequence(ofTrailer: trailer)) { return nil }
      }
      if node != 0 {
        guard InternalKey.kind(ofTrailer: trailer) == .value else { return nil }
        return PinnedValue(SkipNode.valueBytes(list.base, node), owner: self)
      }
    }
    return nil
  }

  func cursor(
    at sequence: SequenceNumber, from lower: [UInt8], to upper: [UInt8]?, _ io: ReadIO
  ) throws(TreeError) -> TreeCursor {
    var cover = RangeDeletionCover()
    for memtable in memtables where memtable.hasRangeDeletions { cover.add(memtable.rangeDeletions) }
    let merged = MergingCursor(capacity: listCount) { sources in
      for index in 0..<listCount { (sources + index).initialize(to: MergeSource(lists[index])) }
      return listCount
    }
    return TreeCursor(self, sequence, lower: lower, upper: upper, merged: merged, cover: cover)
  }
}
