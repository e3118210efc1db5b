/// How a table's entries are seen through what the version says of it. Those outside of a virtual table's bounds are not
/// there; those of an ingested one have the sequence number that it was given. A table that is seen as its file has it
/// has no lens, and reading it costs what it did before there were any.
///
/// The bounds are the user keys of the table's smallest and largest internal key. A virtual table is made with the tightest
/// there are, so nothing else need be stored, and what versions do with ranges of tables is right for it as it is.
struct TableLens: Sendable {
  private let bounds: KeyRange?
  private let sequence: SequenceNumber?

  /// Nil for a table that is seen as it is.
  init?(_ info: TableFileInfo) {
    bounds = info.attributes.backing == nil ? nil : info.range
    sequence = info.attributes.sequence
    if bounds == nil, sequence == nil { return nil }
  }

  // MARK: Point reads

  func get(_ key: SearchKey, in table: TableReader, hash: UInt64, io: ReadIO) throws(TreeError) -> TableEntry?
  {
    guard !isBelowBounds(key), !isAboveBounds(key) else { return nil }
    guard let sequence else { return try table.get(key, hash: hash, io: io) }
    guard sequence <= InternalKey.sequence(ofTrailer: key.trailer),
      let entry = try table.get(key.with(trailer: Self.beforeAllVersions), hash: hash, io: io)
    else { return nil }
    return TableEntry(trailer: InternalKey.trailer(sequence, entry.kind), value: entry.value)
  }

  // MARK: Cursors

  func seekToFirst(_ cursor: inout TableCursor) throws(TreeError) {
    if let bounds {
      try bounds.lower.withSearchKey(Self.beforeAllVersions) { key throws(TreeError) in try cursor.seek(key) }
    } else {
      try cursor.seekToFirst()
    }
    settleForward(&cursor)
  }

  func seekToLast(_ cursor: inout TableCursor) throws(TreeError) {
    if let bounds {
      let trailer = bounds.isUpperIncluded ? Self.behindAllVersions : Self.beforeAllVersions
      try bounds.upper.withSearchKey(trailer) { key throws(TreeError) in try cursor.seekForPrevious(key) }
    } else {
      try cursor.seekToLast()
    }
    settleBackward(&cursor)
  }

  func seek(_ key: SearchKey, _ cursor: inout TableCursor) throws(TreeError) {
    if isBelowBounds(key) { return try seekToFirst(&cursor) }
    try cursor.seek(asStored(key))
    settleForward(&cursor)
  }

  func seekForPrevious(_ key: SearchKey, _ cursor: inout TableCursor) throws(TreeError) {
    if isAboveBounds(key) { return try seekToLast(&cursor) }
    try cursor.seekForPrevious(asStored(key))
    settleBackward(&cursor)
  }

  /// After a step forward: beyond the bounds there is nothing.
  func settleForward(_ cursor: inout TableCursor) {
    guard cursor.isValid else { return }
    if isAboveBounds(SearchKey(internalKey: cursor.key)) { return cursor.leave() }
    if let sequence { cursor.setSequence(sequence) }
  }

  /// After a step backward.
  func settleBackward(_ cursor: inout TableCursor) {
    guard cursor.isValid else { return }
    if isBelowBounds(SearchKey(internalKey: cursor.key)) { return cursor.leave() }
    if let sequence { cursor.setSequence(sequence) }
  }

  // MARK: Keys

  private static let beforeAllVersions: UInt64 = 0
  private static let behindAllVersions = UInt64.max

  /// Where a key belongs among entries that have sequence 0 and are one a user key: before the one of its user key, or behind it.
  private func asStored(_ key: SearchKey) -> SearchKey {
    guard let sequence else { return key }
    let isBefore = sequence <= InternalKey.sequence(ofTrailer: key.trailer)
    return key.with(trailer: isBefore ? Self.beforeAllVersions : Self.behindAllVersions)
  }

  private func isBelowBounds(_ key: SearchKey) -> Bool {
    guard let bounds else { return false }
    return Self.compare(key, bounds.lower) < 0
  }

  private func isAboveBounds(_ key: SearchKey) -> Bool {
    guard let bounds else { return false }
    let order = Self.compare(key, bounds.upper)
    return order > 0 || order == 0 && !bounds.isUpperIncluded
  }

  private static func compare(_ key: SearchKey, _ userKey: [UInt8]) -> Int {
    userKey.withUnsafeBytes {
      KeyOrder.compare(UnsafeRawBufferPointer(start: key.userKey, count: key.userKeyBytes), $0)
    }
  }
}

extension SearchKey {
  fileprivate func with(trailer: UInt64) -> SearchKey {
    SearchKey(userKey: userKey, userKeyBytes: userKeyBytes, trailer: trailer)
  }
}

extension [UInt8] {
  /// Calls `body` with a search key of this user key.
  func withSearchKey<R>(
    _ trailer: UInt64, _ body: (SearchKey) throws(TreeError) -> R
  ) throws(TreeError) -> R {
    try span.bytes.withUnsafeBytes { bytes throws(TreeError) in try body(SearchKey(bytes, trailer)) }
  }
}
