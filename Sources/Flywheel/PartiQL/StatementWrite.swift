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

  let table: Table
  let change: ItemWriter.Change
  let condition: Condition?
  /// The item that is put, or the key of the one that is changed.
  let keyed: Item
  private let kind: Kind

  /// Checks the statement: what needs no table, then the table, the clause, and what is written.
  ///
  /// - Throws: the service's errors, in its order.
  init(
    _ statement: Statement, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) {
    switch statement {
    case .insert(let insert): try self.init(insert, in: database, &context)
    case .update(let update): try self.init(update, in: database, &context)
    case .delete(let delete): try self.init(delete, in: database, &context)
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
    _ statement: UpdateStatement, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) {
    let update = try Interruption.ofStatement { () throws(StatementError) in try statement.update() }
    let clauseWritten = try Self.checked(statement.condition)
    table = try database.table(statement.table, &context)
    guard let clause = try KeyedClause(clauseWritten, of: table.key) else { throw KeyedClause.incomplete }
    keyed = clause.key
    change = .update(update, key: clause.key)
    condition = try Self.condition(
      .and([.call(.attributeExists, [.path(table.keyPath)])] + clause.rest))
    kind = .update(statement.returning)
    try UpdateExpressions(update: update, condition: condition).checkFit(to: table)
  }

  private init(
    _ statement: DeleteStatement, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) {
    let clauseWritten = try Self.checked(statement.condition)
    table = try database.table(statement.table, &context)
    guard let clause = try KeyedClause(clauseWritten, of: table.key) else { throw KeyedClause.incomplete }
    keyed = clause.key
    change = .delete
    condition =
      clause.rest.isEmpty
      ? nil
      : try Self.condition(
        .or([.call(.attributeNotExists, [.path(table.keyPath)]), .and(clause.rest)]))
    kind = .delete(returnsOldItem: statement.returnsOldItem)
    try KeyChecks.checkScalar(nestedNames: condition?.nestedAttributeNames ?? [], of: table)
  }

  /// A clause whose operands can be what they are; what it says of the key is looked at later.
  private static func checked(_ condition: Predicate?) throws(Interruption) -> Predicate {
    guard let condition else { throw KeyedClause.incomplete }
    _ = try Self.condition(condition)
    return condition
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

  /// Checks the key and what hangs on the item, and builds the key of the tree.
  func appendTreeKey(to treeKey: inout KeyBuffer) throws(Interruption) {
    if case .insert = kind {
      try KeyChecks.append(putItem: keyed.view, in: table, to: &treeKey)
      try KeyChecks.checkIndexKeys(keyed.view, of: table)
    } else {
      try KeyChecks.append(keyed.view, in: table, to: &treeKey)
    }
  }

  /// Writes the item.
  ///
  /// - Parameter tellsItemOnFailure: whether a failed condition's error carries the item.
  func run(
    in database: Database, tellsItemOnFailure: Bool, _ context: inout OperationContext
  ) throws(Interruption) -> Outcome {
    var treeKey = KeyBuffer()
    try appendTreeKey(to: &treeKey)
    let writer = ItemWriter(
      database: database, table: table, condition: condition, tellsItemOnFailure: tellsItemOnFailure)
    do throws(Interruption) {
      let outcome = try writer.write(change, key: treeKey.bytes, &context)
      return Outcome(item: returned(outcome), tally: outcome.tally)
    } catch {
      throw duplicate(error)
    }
  }

  /// What the service calls an insert's failed condition.
  func duplicate(_ error: Interruption) -> Interruption {
    guard case .insert = kind, case .service(let failure) = error, failure.code == .conditionalCheckFailed
    else { return error }
    return .service(ServiceError(.duplicateItem, "Duplicate primary key exists in table"))
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
