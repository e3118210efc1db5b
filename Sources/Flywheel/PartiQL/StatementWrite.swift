import DynamoExpressions
import DynamoModel
import PartiQL

/// One `INSERT`, `UPDATE` or `DELETE` against its table: the one item it writes, and what must hold of it.
///
/// Each is a data operation with a condition. An insert wants no item under its key. An update wants one, since
/// it is no upsert; a delete is content with none, and where its clause says more than the key, wants that of
/// the item if there is one.
struct StatementWrite {
  private enum Kind {
    case insert
    case update(Returning?)
    case delete(returnsOldItem: Bool)
  }

  private let table: Table
  private let change: ItemWriter.Change
  private let condition: Condition?
  /// The item that is put, or the key of the one that is changed.
  private let keyed: Item
  private let kind: Kind

  /// Checks the statement: what needs no table, then the table and the clause.
  ///
  /// - Parameter refusal: what is said of a clause that names no one item.
  /// - Throws: the service's errors, in its order.
  init(
    _ statement: Statement, in database: Database, _ context: inout OperationContext,
    refusal: (KeyedClause.Fault) -> Interruption = \.interruption
  ) throws(Interruption) {
    switch statement {
    case .insert(let insert): try self.init(insert, in: database, &context)
    case .update(let update): try self.init(update, in: database, &context, refusal)
    case .delete(let delete): try self.init(delete, in: database, &context, refusal)
    case .select, .exists: preconditionFailure("a statement that does not write")
    }
  }

  private init(
    _ insert: InsertStatement, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) {
    keyed = try Interruption.ofStatement { () throws(StatementError) in try insert.item() }
    guard keyed.sizeBytes <= ModelLimits.itemSizeBytesMax else { throw ItemWriter.itemTooLarge }
    table = try database.table(insert.table, &context)
    change = .put(keyed)
    condition = try Self.condition(.call(.attributeNotExists, [.path(table.keyPath)]))
    kind = .insert
  }

  private init(
    _ statement: UpdateStatement, in database: Database, _ context: inout OperationContext,
    _ refusal: (KeyedClause.Fault) -> Interruption
  ) throws(Interruption) {
    let update = try Interruption.ofStatement { () throws(StatementError) in try statement.update() }
    try Self.check(statement.condition, refusal)
    table = try database.table(statement.table, &context)
    let clause = try Self.clause(statement.condition, of: table, refusal)
    keyed = clause.key
    change = .update(update, key: clause.key)
    condition = try Self.condition(
      .and([.call(.attributeExists, [.path(table.keyPath)])] + clause.rest))
    kind = .update(statement.returning)
  }

  private init(
    _ statement: DeleteStatement, in database: Database, _ context: inout OperationContext,
    _ refusal: (KeyedClause.Fault) -> Interruption
  ) throws(Interruption) {
    try Self.check(statement.condition, refusal)
    table = try database.table(statement.table, &context)
    let clause = try Self.clause(statement.condition, of: table, refusal)
    keyed = clause.key
    change = .delete
    condition =
      clause.rest.isEmpty
      ? nil
      : try Self.condition(
        .or([.call(.attributeNotExists, [.path(table.keyPath)]), .and(clause.rest)]))
    kind = .delete(returnsOldItem: statement.returnsOldItem)
  }

  /// Checks whether a clause's operands can be what they are; what it says of the key is looked at later.
  private static func check(
    _ condition: Predicate?, _ refusal: (KeyedClause.Fault) -> Interruption
  ) throws(Interruption) {
    guard let condition else { throw refusal(.incomplete) }
    _ = try Self.condition(condition)
  }

  private static func clause(
    _ condition: Predicate?, of table: Table, _ refusal: (KeyedClause.Fault) -> Interruption
  ) throws(Interruption) -> KeyedClause {
    do throws(KeyedClause.Fault) {
      return try KeyedClause(condition, of: table.key)
    } catch {
      throw refusal(error)
    }
  }

  private static func condition(_ predicate: Predicate) throws(Interruption) -> Condition {
    try Interruption.ofStatement { () throws(StatementError) in try predicate.condition() }
  }
}

// MARK: - Writing

extension StatementWrite {
  /// What a statement wrote.
  struct Outcome {
    /// What `RETURNING` asked for, if there is any of it.
    var item: Item?
    var tally: CapacityTally
  }

  /// Whether the statement has a `RETURNING` clause.
  var isReturning: Bool {
    switch kind {
    case .insert: false
    case .update(let returning): returning != nil
    case .delete(let returnsOldItem): returnsOldItem
    }
  }

  /// The change with the item or the key that it is about.
  private var keyedChange: TransactionAction.Change {
    switch change {
    case .put(let item): .put(item)
    case .update(let update, let key): .update(update, key: key)
    case .delete: .delete(key: keyed)
    }
  }

  /// Builds the key of the item, and checks what the statement does to keys.
  func append(to key: inout KeyBuffer) throws(Interruption) {
    try KeyChecks.append(keyOf: keyedChange, condition, in: table, to: &key)
  }

  /// Writes the item.
  ///
  /// - Parameter tellsItemOnFailure: whether a failed condition's error carries the item.
  func run(
    in database: Database, tellsItemOnFailure: Bool, _ context: inout OperationContext
  ) throws(Interruption) -> Outcome {
    do throws(Interruption) {
      return try write(in: database, tellsItemOnFailure: tellsItemOnFailure, &context)
    } catch {
      guard case .service(let failure) = error else { throw error }
      throw .service(named(failure))
    }
  }

  /// A condition that failed.
  struct FailedCondition: Error {
    var error: ServiceError
    /// What the write would have cost: that of the larger of the item that stands and the one that the statement has.
    var units: Double
  }

  /// Writes the item as one of several statements, of which others may succeed.
  func runInBatch(
    in database: Database, tellsItemOnFailure: Bool, _ context: inout OperationContext
  ) throws(Interruption) -> Result<Outcome, FailedCondition> {
    do throws(Interruption) {
      return .success(try write(in: database, tellsItemOnFailure: true, &context))
    } catch {
      guard case .service(var failure) = error, failure.code == .conditionalCheckFailed else { throw error }
      let newBytes = if case .insert = kind { keyed.sizeBytes } else { 0 }
      let units = CapacityUnits.write(oldBytes: failure.item?.sizeBytes ?? 0, newBytes: newBytes)
      if !tellsItemOnFailure { failure.item = nil }
      return .failure(FailedCondition(error: named(failure), units: units))
    }
  }

  private func write(
    in database: Database, tellsItemOnFailure: Bool, _ context: inout OperationContext
  ) throws(Interruption) -> Outcome {
    var treeKey = KeyBuffer()
    try append(to: &treeKey)
    let writer = ItemWriter(
      database: database, table: table, condition: condition, tellsItemOnFailure: tellsItemOnFailure)
    let outcome = try writer.write(change, key: treeKey.bytes, &context)
    return Outcome(item: returned(outcome), tally: outcome.tally)
  }

  /// The action that does the same in a transaction.
  func action(named tableName: String, tellsItemOnFailure: Bool) -> TransactionAction {
    var action = TransactionAction(
      keyedChange, in: table, named: tableName, condition: condition, tellsItemOnFailure: tellsItemOnFailure)
    if case .insert = kind {
      action.failure = CancellationReason(.duplicateItem, Self.duplicateMessage)
      action.tellsItemOnFailure = false
    }
    return action
  }

  private static let duplicateMessage = "Duplicate primary key exists in table"

  /// A failure as the service calls it, which has a name of its own for an insert's condition.
  private func named(_ failure: ServiceError) -> ServiceError {
    guard case .insert = kind, failure.code == .conditionalCheckFailed else { return failure }
    return ServiceError(.duplicateItem, Self.duplicateMessage)
  }

  private func returned(_ outcome: ItemWriter.Outcome) -> Item? {
    switch kind {
    case .insert: return nil
    case .delete(let returnsOldItem): return returnsOldItem ? outcome.old : nil
    case .update(nil): return nil
    case .update(.allOld): return outcome.old
    case .update(.allNew): return outcome.new
    case .update(.modifiedOld): return modified(outcome.old)
    case .update(.modifiedNew): return modified(outcome.new)
    }
  }

  /// What of an item the update names; nothing rather than no attributes.
  private func modified(_ item: Item?) -> Item? {
    guard case .update(let update?, _) = change, let item else { return nil }
    let modified = update.updatedPaths(of: item)
    return modified.count > 0 ? modified : nil
  }
}

extension Table {
  /// The attribute that every item has, and no absent item.
  fileprivate var keyPath: DocumentPath { DocumentPath(attributeName: key.partition[0].name) }
}
