/// How a table's entries are seen through what the version says of it: those outside of a virtual table's bounds are not
/// there. A table that is all of its file has no lens, and reading it costs what it did before there were any.
///
/// The bounds are the user keys of the table's smallest and largest internal key. A virtual table is made with the tightest
/// there are, so nothing else need be stored, and what versions do with ranges of tables is right for it as it is.
struct TableLens: Sendable {
  private let range: KeyRange

  /// Nil for a table that is seen as it is.
  init?(_ info: TableFileInfo) {
    guard info.attributes.backing != nil else { return nil }
    range = info.range
  }

  // MARK: Point reads

  func get(_ key: SearchKey, in table: TableReader, hash: UInt64, io: ReadIO) throws(TreeError) -> TableEntry?
  {
    guard order(toLower: key) >= 0, !isAboveUpper(key) else { return nil }
    return try table.get(key, hash: hash, io: io)
  }

  // MARK: Cursors

  func seekToFirst(_ cursor: inout TableCursor) throws(TreeError) {
    try range.lower.withSearchKey(Self.beforeAllVersions) { key throws(TreeError) in try cursor.seek(key) }
    settleForward(&cursor)
  }

  func seekToLast(_ cursor: inout TableCursor) throws(TreeError) {
    try range.upper.withSearchKey(behindUpper) { key throws(TreeError) in try cursor.seekForPrevious(key) }
    settleBackward(&cursor)
  }

  func seek(_ key: SearchKey, _ cursor: inout TableCursor) throws(TreeError) {
    if order(toLower: key) < 0 { return try seekToFirst(&cursor) }
    try cursor.seek(key)
    settleForward(&cursor)
  }

  func seekForPrevious(_ key: SearchKey, _ cursor: inout TableCursor) throws(TreeError) {
    if isAboveUpper(key) { return try seekToLast(&cursor) }
    try cursor.seekForPrevious(key)
    settleBackward(&cursor)
  }

  /// After a step forward: beyond the bounds there is nothing.
  func settleForward(_ cursor: inout TableCursor) {
    if cursor.isValid, isAboveUpper(SearchKey(internalKey: cursor.key)) { cursor.leave() }
  }

  /// After a step backward.
  func settleBackward(_ cursor: inout TableCursor) {
    if cursor.isValid, order(toLower: SearchKey(internalKey: cursor.key)) < 0 { cursor.leave() }
  }

  // MARK: Bounds

  private static let beforeAllVersions: UInt64 = 0
  private static let behindAllVersions = UInt64.max

  private var behindUpper: UInt64 { range.isUpperIncluded ? Self.behindAllVersions : Self.beforeAllVersions }

  private func order(toLower key: SearchKey) -> Int {
    range.lower.withUnsafeBytes {
      KeyOrder.compare(UnsafeRawBufferPointer(start: key.userKey, count: key.userKeyBytes), $0)
    }
  }

  private func isAboveUpper(_ key: SearchKey) -> Bool {
    let order = range.upper.withUnsafeBytes {
      KeyOrder.compare(UnsafeRawBufferPointer(start: key.userKey, count: key.userKeyBytes), $0)
    }
    return order > 0 || order == 0 && !range.isUpperIncluded
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
