import DynamoModel
import LSMTree

/// The writes of one operation on their way to the log: one batch, in which items, their index entries and
/// whatever else hangs on them take effect together, and what it does to the counts of tables and indexes.
///
/// Whoever stages a write holds the latch of the item's key from before the old item was read until the batch
/// is committed; otherwise what is staged may be the change of an item that is no longer there.
struct StagedWrites: ~Copyable {
  private var batch: WriteBatch
  private var changes: [ItemChange] = []
  private var collections = ItemCollections()

  init(capacityBytes: Int) {
    batch = WriteBatch(capacityBytes: capacityBytes)
  }

  /// Stages that `old` becomes `new`, of which nil stands for no item, and adds what that costs to `tally`.
  ///
  /// - Parameter view: what `old` was read from.
  mutating func stage(
    _ key: RawSpan, in table: Table, old: Item?, new: Item?, view: borrowing ReadView, of database: Database,
    io: ReadIO, _ tally: inout CapacityTally
  ) throws(Interruption) {
    let change = try ItemChange(
      of: table, key: key, old: old, new: new, in: database.tree, view: view, io: io, to: &batch)
    tally.addTable(CapacityUnits.write(oldBytes: old?.sizeBytes ?? 0, newBytes: new?.sizeBytes ?? 0))
    for (index, effect) in zip(table.indexes, change.effects) {
      tally.add(CapacityUnits.write(effect), to: index)
    }
    collections.add(change, key: key)
    changes.append(change)
  }

  /// Stages a record of the database's own, which takes effect with the items.
  mutating func stageRecord(_ key: [UInt8], _ value: [UInt8]) { batch.put(key, value) }

  /// Adds what the staged writes do to the sizes of item collections. To be called once, behind the last
  /// `stage`.
  ///
  /// - Throws: ItemCollectionSizeLimitExceededException.
  mutating func settleCollections(
    in view: borrowing ReadView, of database: Database, io: ReadIO
  ) throws(Interruption) {
    try collections.settle(in: view, of: database, io: io, &batch)
  }

  /// Whether `settleCollections` has refused a write of the item under `key`, since its collection grows too large.
  func collectionIsTooLarge(of key: RawSpan, in table: Table) -> Bool {
    collections.isTooLarge(for: key, in: table)
  }

  /// The size of the collection of the item under `key` once the writes are done; nil if the table has none.
  func collectionBytes(of key: RawSpan, in table: Table) -> Int? { collections.bytes(for: key, in: table) }

  /// Commits what was staged, if that is anything.
  consuming func commit(to database: Database, _ context: inout OperationContext) throws(Interruption) {
    guard !batch.isEmpty else { return }
    try database.commit(batch, &context)
    for change in changes { change.count() }
  }
}
