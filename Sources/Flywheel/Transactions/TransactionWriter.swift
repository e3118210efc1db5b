import DynamoExpressions
package import DynamoModel
import LSMTree

/// Does what a transaction asks for, to all of its items or to none.
///
/// **How it isolates.** The latches of all items, those that are only checked included, are held from before the first
/// of them is read until the one batch with everything that changes is applied. That is two-phase locking, taken in
/// one order so that nobody waits in a circle, and it makes transactions serialisable with each other and with every
/// single write, in the order of their batches in the log. Readers take one view of the tree, which has all of a batch
/// or nothing. The service gets there by optimistic checks and refuses what it finds in conflict; here a transaction that
/// meets another waits for the microseconds that it takes, and is refused only after ten seconds of waiting.
///
/// **What it costs others.** Nothing: a single write takes its one latch as ever, and there is no table of transactions to
/// look into.
///
/// **How to use it.** From an `Operation.run`:
///
///     let action = TransactionAction(.put(item), in: table, named: request.tableName, condition: condition)
///     let outcome = try TransactionWriter.write([action], token: token, in: database, &context)
///     let capacity = outcome.report(request.returnConsumedCapacity)
///
/// It throws a TransactionCanceledException whose reasons are in the order of the actions, and ValidationException for
/// what is wrong with the whole. How many actions there may be is for the caller to check, who knows what its list is
/// called. Reads are `TransactionReader`'s.
package enum TransactionWriter {
  /// The most bytes of all items together. Source: developer guide, "Amazon DynamoDB transactions: how it works".
  static let itemsBytesMax = 4 << 20

  /// A transaction is charged twice what its items would cost alone: once to prepare, once to commit.
  private static let chargeFactor = 2.0

  static let tooLarge = Interruption.validation(
    "Transaction size has exceeded the maximum allowed size: the aggregate size of the items in the transaction "
      + "cannot exceed 4 MB")

  /// What a transaction did.
  package struct Outcome: Sendable {
    /// The items before; nil where there was none.
    package var old: [Item?]
    /// The items after; nil where there is none. An item that is only checked is as before.
    package var new: [Item?]
    /// The size of the collection of each action's item; nil in tables without local indexes.
    package var collectionBytes: [Int?]
    package var consumption = TransactionConsumption()
    /// Whether a request with the same token had done it before. Then nothing was changed now, and the items are as
    /// they are found.
    package var isReplay = false
  }

  /// Does all of `actions`, none of which is about another's item, or throws and does none.
  package static func write(
    _ actions: [TransactionAction], token: TransactionToken? = nil, in database: Database,
    _ context: inout OperationContext
  ) throws(Interruption) -> Outcome {
    let keys = try TransactionKeys.keys(of: actions, TransactionKeys.append)
    try checkSize(ofPutsIn: actions)
    let latches = try latch(actions, keys, token, in: database, context.io)
    let view = database.tree.appliedView()
    context.observe(view.sequence)
    if let token, let found = try token.record(in: view, of: database, io: context.io) {
      let outcome = try replay(token, found, actions, keys, view, in: database, context.io)
      latches.release()
      return outcome
    }
    var outcome = try evaluate(actions, keys, view, in: database, context.io)
    try commit(actions, keys, token, view, in: database, &outcome, &context)
    latches.release()
    return outcome
  }

  /// Refuses what is too large whatever the items are that stand, before any is read.
  private static func checkSize(ofPutsIn actions: [TransactionAction]) throws(Interruption) {
    let bytes = actions.reduce(0) { sum, action in
      if case .put(let item) = action.change { sum + item.sizeBytes } else { sum }
    }
    guard bytes <= itemsBytesMax else { throw tooLarge }
  }

  // MARK: Latching

  private static func latch(
    _ actions: [TransactionAction], _ keys: [[UInt8]], _ token: TransactionToken?, in database: Database,
    _ io: ReadIO
  ) throws(Interruption) -> KeyLatchSet {
    var stripesOfActions: [[Int]] = []
    stripesOfActions.reserveCapacity(actions.count)
    for (action, key) in zip(actions, keys) {
      #if DEBUG
        if action.isCheck, database.options.checksAreUnlatched {
          stripesOfActions.append([])
          continue
        }
      #endif
      stripesOfActions.append(ItemCollections.stripes(for: key.span.bytes, in: action.table))
    }
    var stripes = stripesOfActions.flatMap { $0 }
    if let token { stripes.append(token.stripe) }
    var contended: Int?
    guard
      let latches = try database.latches.acquireForTransaction(
        stripes: stripes, io: io, contended: &contended)
    else {
      var reasons = CancellationReasons(count: actions.count)
      for (position, stripes) in stripesOfActions.enumerated() where stripes.contains(contended!) {
        reasons[position] = .conflict
      }
      try reasons.throwIfAny()
      throw .service(.transactionInProgress)
    }
    guard actions.allSatisfy({ $0.table.isCurrent }) else { throw .restart }
    return latches
  }

  // MARK: Asking

  /// Reads every item, asks every condition and makes every new item. All that is wrong is told together. An action whose
  /// table has no units left is not looked at. A transaction that a condition cancels is charged for what it looked at; one
  /// that is cancelled for its rate alone is not.
  private static func evaluate(
    _ actions: [TransactionAction], _ keys: [[UInt8]], _ view: borrowing ReadView, in database: Database,
    _ io: ReadIO
  ) throws(Interruption) -> Outcome {
    var outcome = Outcome(old: [], new: [], collectionBytes: [])
    var reasons = CancellationReasons(count: actions.count)
    var bytes = 0
    for (position, action) in actions.enumerated() {
      let key = keys[position]
      if let refusal = database.refusalOfWrite(at: key.span.bytes, of: action.table) {
        reasons.refuse(position, refusal)
        outcome.old.append(nil)
        outcome.new.append(nil)
        continue
      }
      let snapshot = try ItemSnapshot(key.span.bytes, in: view, of: database, io: io)
      let old = snapshot.copy
      var new = old
      if !action.holds(of: old) {
        reasons[position] = action.failure
        if action.tellsItemOnFailure { reasons[position].item = old }
      } else if !action.isCheck {
        do throws(Interruption) {
          new = try action.item(after: snapshot.item, in: database)
        } catch {
          guard case .service(let fault) = error, fault.code == .validation else { throw error }
          reasons[position] = fault.asCancellationReason
        }
      }
      bytes += max(old?.sizeBytes ?? 0, new?.sizeBytes ?? 0)
      outcome.old.append(old)
      outcome.new.append(new)
    }
    do throws(Interruption) {
      try reasons.throwIfAny()
    } catch {
      if reasons.areOfThroughput { throw error }
      for (position, action) in actions.enumerated() where !reasons[position].isOfThroughput {
        let key = keys[position]
        database.chargeFailedWrite(
          at: key.span.bytes, of: action.table, itemBytes: outcome.old[position]?.sizeBytes ?? 0,
          factor: chargeFactor)
      }
      throw error
    }
    guard bytes <= itemsBytesMax else { throw tooLarge }
    return outcome
  }

  // MARK: Writing

  private static func commit(
    _ actions: [TransactionAction], _ keys: [[UInt8]], _ token: TransactionToken?, _ view: borrowing ReadView,
    in database: Database, _ outcome: inout Outcome, _ context: inout OperationContext
  ) throws(Interruption) {
    let newBytes = outcome.new.reduce(0) { $0 + ($1?.bytes.count ?? 0) }
    var staged = StagedWrites(
      capacityBytes: 256 + actions.count * 128 + newBytes, charge: .transaction(factor: chargeFactor))
    var reasons = CancellationReasons(count: actions.count)
    for (position, action) in actions.enumerated() {
      let key = keys[position]
      let old = outcome.old[position]
      let new = outcome.new[position]
      if action.isCheck {
        let units = CapacityUnits.write(oldBytes: old?.sizeBytes ?? 0, newBytes: 0)
        outcome.consumption.add(action.table, named: action.tableName) { tally in tally.addTable(units) }
        staged.charge(unitsOfCheck: units, at: key.span.bytes, in: action.table, of: database)
        continue
      }
      do throws(Interruption) {
        try outcome.consumption.add(action.table, named: action.tableName) { tally throws(Interruption) in
          try staged.stage(
            key.span.bytes, in: action.table, old: old, new: new, view: view, of: database,
            io: context.io, &tally)
        }
      } catch {
        guard case .refused(let refusal) = error else { throw error }
        reasons.refuse(position, refusal)
      }
    }
    try reasons.throwIfAny()
    try settleCollections(&staged, actions, keys, view, in: database, context.io)
    for (action, key) in zip(actions, keys) {
      outcome.collectionBytes.append(
        action.isCheck ? nil : staged.collectionBytes(of: key.span.bytes, in: action.table))
    }
    if let token {
      let units = zip(outcome.old, outcome.new).map { old, new in
        CapacityUnits.read(sizeBytes: max(old?.sizeBytes ?? 0, new?.sizeBytes ?? 0), consistent: true)
      }
      token.stage(in: &staged, at: database.clock.nanosecondsSince1970, replayUnits: units)
    }
    try staged.commit(to: database, &context)
    if token != nil { database.scheduleTokenSweeping() }
  }

  private static func settleCollections(
    _ staged: inout StagedWrites, _ actions: [TransactionAction], _ keys: [[UInt8]],
    _ view: borrowing ReadView, in database: Database, _ io: ReadIO
  ) throws(Interruption) {
    do throws(Interruption) {
      try staged.settleCollections(in: view, of: database, io: io)
    } catch {
      guard case .service(let fault) = error, fault.code == .itemCollectionSizeLimitExceeded else {
        throw error
      }
      var reasons = CancellationReasons(count: actions.count)
      for (position, action) in actions.enumerated() where !action.isCheck {
        let key = keys[position]
        guard staged.collectionIsTooLarge(of: key.span.bytes, in: action.table) else { continue }
        reasons[position] = CancellationReason(.itemCollectionSizeLimitExceeded, fault.message)
      }
      try reasons.throwIfAny()
      throw error
    }
  }

  // MARK: Answering again

  /// What a request is answered whose token was used before: that it is done, at the price of reading its items as the
  /// transaction met or left them, whatever has become of them; or that it is another request.
  private static func replay(
    _ token: TransactionToken, _ found: TransactionToken.Record, _ actions: [TransactionAction],
    _ keys: [[UInt8]], _ view: borrowing ReadView, in database: Database, _ io: ReadIO
  ) throws(Interruption) -> Outcome {
    guard found.fingerprint == token.fingerprint else { throw .service(.idempotentParameterMismatch) }
    try TransactionKeys.admitReads(of: keys, in: database) { actions[$0].table }
    var outcome = Outcome(old: [], new: [], collectionBytes: Array(repeating: nil, count: actions.count))
    outcome.isReplay = true
    outcome.consumption = TransactionConsumption(as: .reads)
    var ledger = ChargeLedger()
    for (position, action) in actions.enumerated() {
      let key = keys[position]
      let item = try ItemSnapshot(key.span.bytes, in: view, of: database, io: io).copy
      let units =
        found.replayUnits(at: position)
        ?? CapacityUnits.read(sizeBytes: item?.sizeBytes ?? 0, consistent: true)
      outcome.consumption.add(action.table, named: action.tableName) { tally in tally.addTable(units) }
      database.charge(reading: units * chargeFactor, at: key.span.bytes, of: action.table, to: &ledger)
      outcome.old.append(item)
      outcome.new.append(item)
    }
    ledger.settle()
    return outcome
  }
}

extension TransactionAction {
  fileprivate func holds(of old: Item?) -> Bool {
    guard let condition else { return true }
    guard let old else { return condition.matchesAbsentItem() }
    return condition.matches(old.view)
  }

  /// The item that the change makes of the one that stands.
  fileprivate func item(after old: ItemView?, in database: Database) throws(Interruption) -> Item? {
    let change: ItemWriter.Change =
      switch change {
      case .put(let item): .put(item)
      case .update(let update, let key): .update(update, key: key)
      case .delete: .delete
      case .check: preconditionFailure("a check changes nothing")
      }
    let writer = ItemWriter(database: database, table: table, condition: nil, tellsItemOnFailure: false)
    return try writer.item(after: change, old)
  }
}
