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
  private var ledger = ChargeLedger()
  private let charge: Charge

  /// Who pays for writes.
  enum Charge {
    /// Whoever asked for them. Each may be refused for what those before it cost.
    case request
    /// Whoever asked for all of them as one, so many times what each item costs alone. None is refused for what another
    /// costs.
    case transaction(factor: Double)
    /// Nobody, since the database does them of its own accord. Nothing refuses them.
    case none
  }

  init(capacityBytes: Int, charge: Charge = .request) {
    self.charge = charge
    batch = WriteBatch(capacityBytes: capacityBytes)
  }

  /// Stages that `old` becomes `new`, of which nil stands for no item, and adds what that costs to `tally`. It is
  /// charged as `charge` says: at once, and given back if the writes are not committed, or when all of them are.
  ///
  /// - Parameter view: what `old` was read from.
  /// - Throws: `.refused` by a global index that has given what it can; then nothing was staged.
  mutating func stage(
    _ key: RawSpan, in table: Table, old: Item?, new: Item?, view: borrowing ReadView, of database: Database,
    io: ReadIO, _ tally: inout CapacityTally
  ) throws(Interruption) {
    let refusal = try stageUnlessRefused(
      key, in: table, old: old, new: new, view: view, of: database, io: io, &tally)
    if let refusal { throw .refused(refusal) }
  }

  /// The same for operations that do part of what they are asked for.
  ///
  /// - Returns: why nothing was staged; nil if it was.
  mutating func stageUnlessRefused(
    _ key: RawSpan, in table: Table, old: Item?, new: Item?, view: borrowing ReadView, of database: Database,
    io: ReadIO, _ tally: inout CapacityTally
  ) throws(Interruption) -> AdmissionRefusal? {
    let mark = batch.mark
    let change = try ItemChange(
      of: table, key: key, old: old, new: new, in: database.tree, view: view, io: io, to: &batch)
    if let refusal = admit(change, in: database) {
      batch.truncate(to: mark)
      return refusal
    }
    tally.addTable(change.units)
    for (index, effect) in zip(table.indexes, change.effects) {
      tally.add(CapacityUnits.write(effect), to: index)
    }
    collections.add(change, key: key)
    changes.append(change)
    return nil
  }

  private mutating func admit(_ change: ItemChange, in database: Database) -> AdmissionRefusal? {
    guard change.table.admission != nil else { return nil }
    switch charge {
    case .none: return nil
    case .transaction: return change.refusalOfIndexes(at: database.admissionTime)
    case .request:
      let now = database.admissionTime
      if let refusal = change.refusalOfIndexes(at: now) { return refusal }
      change.charge(to: &ledger, factor: 1, at: now)
      return nil
    }
  }

  /// Charges a transaction for an item that is only looked at, as for a write of it.
  mutating func charge(
    unitsOfCheck units: Double, at key: RawSpan, in table: Table, of database: Database
  ) {
    guard case .transaction(let factor) = charge, let admission = table.admission else { return }
    ledger.charge(admission, Keyspace.hash(ofKey: key), .write, units * factor, at: database.admissionTime)
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
    if !batch.isEmpty {
      try database.commit(batch, &context)
      for change in changes { change.count() }
    }
    if case .transaction(let factor) = charge {
      let now = database.admissionTime
      for change in changes { change.charge(to: &ledger, factor: factor, at: now) }
    }
    ledger.settle()
  }
}
