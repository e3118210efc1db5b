import DynamoExpressions
import DynamoModel

/// What every write says of keys, be it an operation of its own, an action of a transaction or a statement: one walk, so
/// that they answer the same.
extension KeyChecks {
  /// Builds the key of the item that a change is about, and checks what the change does to attributes that are part of
  /// keys, and whether its condition reaches into one.
  static func append(
    keyOf change: TransactionAction.Change, _ condition: Condition?, in table: Table,
    to treeKey: inout KeyBuffer
  ) throws(Interruption) {
    switch change {
    case .put(let item):
      try append(putItem: item.view, in: table, to: &treeKey)
      try checkIndexKeys(item.view, of: table)
    case .update(let update, let key):
      try append(key.view, in: table, to: &treeKey)
      if let update { try check(update, of: table) }
    case .delete(let key), .check(let key):
      try append(key.view, in: table, to: &treeKey)
    }
    if let condition { try checkScalar(nestedNames: condition.nestedAttributeNames, of: table) }
    if case .update(let update?, _) = change { try checkGivenIndexKeys(update, of: table) }
  }

  private static func check(_ update: Update, of table: Table) throws(Interruption) {
    do throws(ExpressionError) {
      try update.checkKeysUntouched(table.keyNames)
    } catch {
      throw Interruption(error)
    }
    for (name, type, _) in table.indexes.isEmpty ? [] : update.givenValues {
      for index in table.indexes {
        for part in index.key.parts where part.name.isSame(as: name) && part.type.attributeType != type {
          throw KeyErrors.indexTypeMismatch(
            name, expected: part.type.attributeType, actual: type, index: index.name)
        }
      }
    }
    try checkScalar(nestedNames: update.nestedAttributeNames + update.nestedOperandNames, of: table)
  }

  /// Refuses an update that makes an index's key an empty value which stands in the request. One that it finds in the
  /// item is found when it is made (`checkUpdatedIndexKeys`).
  private static func checkGivenIndexKeys(_ update: Update, of table: Table) throws(Interruption) {
    for (name, _, isEmpty) in table.indexes.isEmpty ? [] : update.givenValues where isEmpty {
      for index in table.indexes {
        for part in index.key.parts where part.name.isSame(as: name) {
          throw KeyErrors.ofUpdatedIndexKey(part, .empty)
        }
      }
    }
  }
}
