/// A place in a table's index, which has one level or two. What it points at is a data block.
struct IndexCursor: ~Copyable {
  private var top = BlockCursor()
  private var lower = BlockCursor()
  private var hasTwoLevels = false

  init() {}

  mutating func enter(_ table: TableReader) {
    top.enter(table.index)
    lower.leave()
    hasTwoLevels = table.properties.indexLevels == 2
  }

  mutating func leave() {
    top.leave()
    lower.leave()
  }

  var isValid: Bool { hasTwoLevels ? lower.isValid : top.isValid }

  /// The index entry's key: not before any entry of the data block, and before all of the next.
  var key: UnsafeRawBufferPointer { hasTwoLevels ? lower.key : top.key }

  var value: UnsafeRawBufferPointer { hasTwoLevels ? lower.value : top.value }

  mutating func seekToFirst(_ table: TableReader, _ io: ReadIO) throws(TreeError) {
    top.seekToFirst()
    if try enterLower(table, io) { lower.seekToFirst() }
  }

  mutating func seekToLast(_ table: TableReader, _ io: ReadIO) throws(TreeError) {
    top.seekToLast()
    if try enterLower(table, io) { lower.seekToLast() }
  }

  mutating func seek(_ key: SearchKey, _ table: TableReader, _ io: ReadIO) throws(TreeError) {
    top.seek(key)
    if try enterLower(table, io) { lower.seek(key) }
  }

  mutating func next(_ table: TableReader, _ io: ReadIO) throws(TreeError) {
    guard hasTwoLevels else { return top.next() }
    lower.next()
    if lower.isValid { return }
    top.next()
    if try enterLower(table, io) { lower.seekToFirst() }
  }

  mutating func previous(_ table: TableReader, _ io: ReadIO) throws(TreeError) {
    guard hasTwoLevels else { return top.previous() }
    lower.previous()
    if lower.isValid { return }
    top.previous()
    if try enterLower(table, io) { lower.seekToLast() }
  }

  /// False when there is no lower level, or nothing to enter.
  private mutating func enterLower(_ table: TableReader, _ io: ReadIO) throws(TreeError) -> Bool {
    guard hasTwoLevels else { return false }
    lower.leave()
    guard top.isValid else { return false }
    lower.enter(try table.block(try table.handle(top.value), io))
    return true
  }
}
