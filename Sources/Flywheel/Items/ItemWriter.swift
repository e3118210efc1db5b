import DynamoExpressions
import DynamoModel
import LSMTree

/// Writes one item: reads the one that stands under the key's latch, asks the condition of it, and commits
/// the change, the item's index entries with it, as one batch.
///
/// Under the latch the writer sees writes that are applied and not yet durable: one hot key is written as
/// fast as memory allows, not once per turn of the disk. What it saw is noted, so that its answer, a failed
/// condition's too, waits until the disk has caught up.
struct ItemWriter {
  let database: Database
  let table: Table
  let condition: Condition?
  /// Whether a failed condition's error carries the item.
  let tellsItemOnFailure: Bool

  /// What to do to the item.
  enum Change {
    case put(Item)
    case delete
    /// Applies an update to the item, or to its bare key if there is none.
    case update(Update?, key: Item)
  }

  /// What a write did.
  struct Outcome {
    /// The item before; nil if there was none.
    var old: Item?
    /// The item after; nil if there is none.
    var new: Item?
    var tally = CapacityTally()
    /// The size of the item's collection after the write; nil if the table has no local indexes.
    var collectionBytes: Int?
  }

  static let itemTooLarge = Interruption.validation("Item size has exceeded the maximum allowed size")
  static let updateTooLarge = Interruption.validation(
    "Item size to update has exceeded the maximum allowed size")

  /// Writes the item under a key of the tree.
  func write(
    _ change: Change, key: RawSpan, _ context: inout OperationContext
  ) throws(Interruption) -> Outcome {
    try database.admitWrite(at: key, of: table)
    if table.definition.collectionsID != nil {
      let latches = try database.latch(
        stripes: ItemCollections.stripes(for: key, in: table), of: [table], io: context.io)
      let outcome = try writeLatched(change, key: key, &context)
      latches.release()
      return outcome
    }
    let latch = try database.latch(key, of: table, io: context.io)
    let outcome = try writeLatched(change, key: key, &context)
    latch.release()
    return outcome
  }

  private func writeLatched(
    _ change: Change, key: RawSpan, _ context: inout OperationContext
  ) throws(Interruption) -> Outcome {
    let view = database.tree.appliedView()
    context.observe(view.sequence)
    // Passed on rather than kept in a variable, for which the compiler would allocate a box.
    var outcome = try outcome(
      of: change, key: key, try ItemSnapshot(key, in: view, of: database, io: context.io))
    var staged = StagedWrites(capacityBytes: 256 + (outcome.new?.bytes.count ?? 0))
    try staged.stage(
      key, in: table, old: outcome.old, new: outcome.new, view: view, of: database, io: context.io,
      &outcome.tally)
    try staged.settleCollections(in: view, of: database, io: context.io)
    outcome.collectionBytes = staged.collectionBytes(of: key, in: table)
    try staged.commit(to: database, &context)
    return outcome
  }

  private func outcome(
    of change: Change, key: RawSpan, _ snapshot: borrowing ItemSnapshot
  ) throws(Interruption) -> Outcome {
    let old = snapshot.item
    do throws(Interruption) {
      try checkCondition(old)
    } catch {
      database.chargeFailedWrite(at: key, of: table, itemBytes: old?.sizeBytes ?? 0)
      throw error
    }
    return Outcome(old: snapshot.copy, new: try item(after: change, old))
  }

  private func checkCondition(_ old: ItemView?) throws(Interruption) {
    guard let condition else { return }
    if let old {
      guard !condition.matches(old) else { return }
      throw failure(tellsItemOnFailure ? Item(old) : nil)
    }
    guard condition.matchesAbsentItem() else { throw failure(nil) }
  }

  private func failure(_ item: Item?) -> Interruption {
    .service(ServiceError(.conditionalCheckFailed, "The conditional request failed", item: item))
  }

  /// The item that the change makes of the old one.
  func item(after change: Change, _ old: ItemView?) throws(Interruption) -> Item? {
    switch change {
    case .put(let item): return item
    case .delete: return nil
    case .update(let update, let key):
      return try updated(by: update, key, old)
    }
  }

  private func updated(
    by update: Update?, _ key: Item, _ old: ItemView?
  ) throws(Interruption) -> Item? {
    guard let update else {
      guard let old else { return key }
      return Item(old)
    }
    guard let new = try applied(update, key, old) else { return nil }
    if !table.indexes.isEmpty {
      try KeyChecks.checkUpdatedIndexKeys(new.view, changed: update.attributeNames, of: table)
    }
    guard UpdateSize.isAllowed(new, after: update) else { throw Self.updateTooLarge }
    return new
  }

  /// The item that the update makes; nil where it would take away from an item that is not there.
  private func applied(_ update: Update, _ key: Item, _ old: ItemView?) throws(Interruption) -> Item? {
    do throws(ExpressionError) {
      if let old { return try update.apply(to: old) }
      return update.onlyRemoves ? nil : try update.apply(to: key)
    } catch {
      throw Interruption(error)
    }
  }
}
