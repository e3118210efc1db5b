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
      let entry = lists[index].reader.find(key, hash: hash, atOrBelow: sequence)
      if let hull = lists[index].hull.pointee.hull, hull.contains(key) {
        let newest = memtables[index].rangeDeletions.newestCovering(key, atOrBelow: sequence)
        if newest > (entry.map { InternalKey.sequence(ofTrailer: $0.trailer) } ?? 0) { return nil }
      }
      if let entry {
        guard InternalKey.kind(ofTrailer: entry.trailer) == .value else { return nil }
        return PinnedValue(entry.value, owner: self)
      }
    }
    return hasFiles ? try getFromTables(key, hash, sequence, io) : nil
  }

  @inline(__always)
  private func getFromTables(
    _ key: UnsafeRawBufferPointer, _ hash: UInt64, _ sequence: SequenceNumber, _ io: ReadIO
  ) throws(TreeError) -> PinnedValue? {
    let isSampled = ReadSamples.includes(hash: hash, salt: samplingSalt)
    guard
      let entry = isSampled
        ? try getAndCount(key, hash, sequence, io)
        : try version.get(key, hash: hash, sequence: sequence, io: io)
    else { return nil }
    if InternalKey.kind(ofTrailer: entry.trailer) == .value {
      return PinnedValue(entry.value.unsafeBytes, owner: entry.value.block)
    }
    return try getLarge(entry, key, io)
  }

  @inline(never)
  private func getAndCount(
    _ key: UnsafeRawBufferPointer, _ hash: UInt64, _ sequence: SequenceNumber, _ io: ReadIO
  ) throws(TreeError) -> TableEntry? {
    var sample = ReadSamples.Sample()
    let entry = try version.get(key, hash: hash, sequence: sequence, io: io, counting: &sample)
    // A get that has to wait for the disk elsewhere is counted there.
    samples.add(sample)
    return entry
  }

  @inline(never)
  private func getLarge(
    _ entry: TableEntry, _ key: UnsafeRawBufferPointer, _ io: ReadIO
  ) throws(TreeError) -> PinnedValue {
    guard entry.kind == .valuePointer else { throw Self.unknownKind }
    let value = try version.largeValue(entry.value.unsafeBytes, ofKey: key, io)
    return PinnedValue(value.unsafeBytes, owner: value)
  }

  /// A kind that is reserved: only a newer release writes it, in a format that is refused when its file is opened.
  static var unknownKind: TreeError {
    .corruption(file: "", offset: 0, reason: "an entry is of a kind that this release does not know")
  }

  func cursor(
    at sequence: SequenceNumber, from lower: [UInt8], to upper: [UInt8]?, _ io: ReadIO
  ) throws(TreeError) -> TreeCursor {
    var cover = RangeDeletionCover()
    for index in 0..<listCount {
      guard let hull = lists[index].hull.pointee.hull, hull.overlaps(from: lower, to: upper) else { continue }
      cover.add(memtables[index].rangeDeletions)
    }
    if version.hasRangeDeletions(from: lower, to: upper) { cover.add(version.rangeDeletions) }
    var merged = MergingCursor(capacity: listCount + version.runCount)
    // A list that is empty now gets only entries that are too new for this sequence.
    for index in 0..<listCount where !lists[index].reader.isEmpty { merged.add(lists[index].reader) }
    if hasFiles {
      let options = CursorOptions(
        io: io, lower: lower.isEmpty ? nil : lower, upper: upper)
      version.forEachRun(from: options.lower, to: upper) { merged.add($0, options) }
    }
    return TreeCursor(self, sequence, io, lower: lower, upper: upper, merged: merged, cover: cover)
  }
}
