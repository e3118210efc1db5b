/// Parts of tables, for virtual tables to show.
extension TableFile {
  /// The part of this table with the keys from `lower` (inclusive; nil: from the first) to `upper` (exclusive; nil: to the
  /// last), as a virtual table of that number. Nil if there is nothing in it.
  ///
  /// Reads the index and up to two data blocks, since its bounds are the tightest there are. What the table's entries
  /// count is known of all of them only: the part gets the share of it that it has of the bytes of data. So counts of virtual
  /// tables are estimates, but that of entries is 0 only if there are none.
  package func part(from lower: [UInt8]?, to upper: [UInt8]?, number: UInt64) throws(TreeError)
    -> TableFileInfo?
  {
    let entries = try outermostEntries(from: lower, to: upper)
    let deletions = rangeDeletions.clipped(from: lower, to: upper)
    let bounds = [entries, deletions.internalBounds].compactMap { $0 }
    guard let smallest = bounds.map(\.smallest).min(by: { KeyOrder.compareInternal($0, $1) < 0 }),
      let largest = bounds.map(\.largest).max(by: { KeyOrder.compareInternal($0, $1) < 0 })
    else { return nil }
    let whole = try dataExtent().count
    let share = try entries.map { entries throws(TreeError) in
      try extent(
        from: InternalKey.userKey(of: entries.smallest), through: InternalKey.userKey(of: entries.largest)
      )
      .count
    }
    /// What the part has of a sum over the table.
    func estimate(_ sum: Int) -> Int { Int(Double(sum) * Double(share ?? 0) / Double(max(whole, 1))) }
    let entryCount = entries == nil ? 0 : max(1, estimate(info.entryCount))
    var attributes = info.attributes
    attributes.valueReferences = try references(of: entries, dataBytes: share ?? 0, estimate: estimate)
    attributes.backing = .init(number: backing.number, sizeBytes: backing.sizeBytes)
    return TableFileInfo(
      number: number, sizeBytes: max(1, share ?? 0), smallest: smallest, largest: largest,
      entryCount: entryCount,
      deletionCount: min(entryCount, estimate(info.deletionCount)),
      rangeDeletionCount: deletions.fragments.count, facts: info.facts, attributes: attributes)
  }

  /// The internal keys of the first and the last entry between two user keys.
  private func outermostEntries(from lower: [UInt8]?, to upper: [UInt8]?) throws(TreeError) -> InternalBounds?
  {
    guard info.entryCount > 0, info.range.overlaps(from: lower, to: upper) else { return nil }
    let cursor = RunCursor([self], CursorOptions(io: .blocking))
    if let lower {
      try cursor.seek(InternalKey.beforeAllVersions(of: lower).span.bytes)
    } else {
      try cursor.seekToFirst()
    }
    guard cursor.isValid else { return nil }
    let smallest = Array(cursor.unsafeKey)
    if let upper {
      try cursor.seekForPrevious(InternalKey.beforeAllVersions(of: upper).span.bytes)
    } else {
      try cursor.seekToLast()
    }
    guard cursor.isValid else { return nil }
    let largest = Array(cursor.unsafeKey)
    return KeyOrder.compareInternal(smallest, largest) <= 0
      ? InternalBounds(smallest: smallest, largest: largest) : nil
  }

  // MARK: Bytes

  /// The bytes of the file that count as the table's: all of them, unless it is virtual.
  func extent() throws(TreeError) -> Range<Int> {
    lens == nil ? 0..<info.sizeBytes : try dataExtent()
  }

  /// The bytes of the file in which the table's data blocks lie.
  private func dataExtent() throws(TreeError) -> Range<Int> {
    if lens == nil { return 0..<(try reader(.blocking).dataEnd) }
    return try extent(from: info.range.lower, through: info.range.upper)
  }

  /// The data blocks from that of one user key to that of another, which is not before it.
  private func extent(from lower: [UInt8], through upper: [UInt8]) throws(TreeError) -> Range<Int> {
    let reader = try reader(.blocking)
    let start = try approximateOffset(of: lower)
    let end = try upper.withSearchKey(.max) { key throws(TreeError) in try reader.approximateEnd(of: key) }
    return start..<max(start, end)
  }

  /// The start of a user key's data block in the file.
  func approximateOffset(of userKey: [UInt8]) throws(TreeError) -> Int {
    let reader = try reader(.blocking)
    return try userKey.withSearchKey(0) { key throws(TreeError) in try reader.approximateOffset(of: key) }
  }
}

/// A first and a last internal key.
struct InternalBounds {
  var smallest: [UInt8]
  var largest: [UInt8]
}
