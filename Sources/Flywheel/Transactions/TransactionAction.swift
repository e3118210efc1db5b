package import DynamoExpressions
package import DynamoModel

/// One action of a transaction that writes: what is to become of one item, and what must hold of it.
///
/// Whoever makes one has checked what can be checked without data (that expressions parse, fit together and use all
/// placeholders) and has looked the table up with `Database.table`. The rest is `TransactionWriter`'s.
package struct TransactionAction: Sendable {
  package enum Change: Sendable {
    /// Puts the item in the place of the one with its key.
    case put(Item)
    /// Changes the item with the key, or makes one of the bare key; nil makes sure that it is there.
    case update(Update?, key: Item)
    /// Deletes the item with the key, if there is one.
    case delete(key: Item)
    /// Writes nothing: the action is its condition.
    case check(key: Item)
  }

  package var table: Table
  /// The table as the request calls it, for what is reported of it.
  package var tableName: String
  package var change: Change
  /// What must hold of the item as it stands.
  package var condition: Condition?
  /// Why the transaction is cancelled if it doesn't: "The conditional request failed" unless a language has other words.
  package var failure: CancellationReason
  /// Whether that reason carries the item.
  package var tellsItemOnFailure: Bool

  package init(
    _ change: Change, in table: Table, named tableName: String, condition: Condition? = nil,
    failure: CancellationReason = .conditionFailed, tellsItemOnFailure: Bool = false
  ) {
    self.change = change
    self.table = table
    self.tableName = tableName
    self.condition = condition
    self.failure = failure
    self.tellsItemOnFailure = tellsItemOnFailure
  }

  /// The item or the key that has the key's attributes.
  var keyHolder: Item {
    switch change {
    case .put(let item): item
    case .update(_, let key), .delete(let key), .check(let key): key
    }
  }

  var isCheck: Bool {
    if case .check = change { true } else { false }
  }
}

/// One action of a transaction that reads: the item with a key, or what a projection leaves of it.
package struct TransactionRead: Sendable {
  package var table: Table
  /// The table as the request calls it.
  package var tableName: String
  package var key: Item
  package var projection: DynamoExpressions.Projection?

  package init(
    key: Item, in table: Table, named tableName: String, projection: DynamoExpressions.Projection? = nil
  ) {
    self.key = key
    self.table = table
    self.tableName = tableName
    self.projection = projection
  }
}
