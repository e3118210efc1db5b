/// A place in a table's index, which has one level or two. What it points at is a data block.
///
/// Every entry of an index block is a restart, whose key lies whole in the block: a place is a number, and nothing is
/// put together or allocated.
struct IndexCursor: ~Copyable {
  private var top = Place()
  private var lower = Place()
  /// Keeps the lower level's block.
  private var lowerBlock: Block?
  private var hasTwoLevels = false

  /// A restart of a block, or the place behind the last.
  private struct Place {
    var view = BlockView.empty
    var restart = 0

    @inline(__always)
    var isValid: Bool { restart >= 0 && restart < view.restartCount }

    var key: UnsafeRawBufferPointer {
      let entry = view.entry(at: view.restart(restart))
      return UnsafeRawBufferPointer(
        start: view.base + entry.keyOffset, count: entry.unshared &+ InternalKey.trailerBytes)
    }

    var value: UnsafeRawBufferPointer {
      let entry = view.entry(at: view.restart(restart))
      return UnsafeRawBufferPointer(start: view.base + entry.valueOffset, count: entry.valueBytes)
    }
  }

  init() {}

  /// Goes to another table's index, which that table keeps; nowhere in it yet.
  mutating func enter(_ table: TableReader) {
    top = Place(view: table.index.view, restart: -1)
    leaveLower()
    hasTwoLevels = table.properties.indexLevels == 2
  }

  mutating func leave() {
    top.restart = -1
    leaveLower()
  }

  private mutating func leaveLower() {
    lower = Place()
    lowerBlock = nil
  }

  var isValid: Bool { hasTwoLevels ? lower.isValid : top.isValid }

  /// The index entry's key: not before any entry of the data block, and before all of the next.
  var key: UnsafeRawBufferPointer { hasTwoLevels ? lower.key : top.key }

  var value: UnsafeRawBufferPointer { hasTwoLevels ? lower.value : top.value }

  mutating func seekToFirst(_ table: TableReader, _ io: ReadIO) throws(TreeError) {
    top.restart = 0
    if try enterLower(table, io) { lower.restart = 0 }
  }

  mutating func seekToLast(_ table: TableReader, _ io: ReadIO) throws(TreeError) {
    top.restart = top.view.restartCount - 1
    if try enterLower(table, io) { lower.restart = lower.view.restartCount - 1 }
  }

  mutating func seek(_ key: SearchKey, _ table: TableReader, _ io: ReadIO) throws(TreeError) {
    top.restart = top.view.restartsBefore(key)
    if try enterLower(table, io) { lower.restart = lower.view.restartsBefore(key) }
  }

  mutating func next(_ table: TableReader, _ io: ReadIO) throws(TreeError) {
    guard hasTwoLevels else { return top.restart += 1 }
    lower.restart += 1
    if lower.isValid { return }
    top.restart += 1
    if try enterLower(table, io) { lower.restart = 0 }
  }

  mutating func previous(_ table: TableReader, _ io: ReadIO) throws(TreeError) {
    guard hasTwoLevels else { return top.restart -= 1 }
    lower.restart -= 1
    if lower.isValid { return }
    top.restart -= 1
    if try enterLower(table, io) { lower.restart = lower.view.restartCount - 1 }
  }

  /// False when there is no lower level, or nothing to enter.
  private mutating func enterLower(_ table: TableReader, _ io: ReadIO) throws(TreeError) -> Bool {
    guard hasTwoLevels else { return false }
    leaveLower()
    guard top.isValid else { return false }
    let block = try table.block(try table.handle(top.value), io)
    lower.view = block.view
    lowerBlock = block
    return true
  }
}
