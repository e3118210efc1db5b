import DynamoExpressions
import DynamoModel

/// A request to put, update, delete and check items of any tables, all of it or none.
public struct TransactWriteItemsRequest: Sendable {
  /// The actions, no two of them about one item; at most ``DatabaseOptions/transactionItemsMax``, and 4 MB of items.
  public var transactItems: [TransactWriteItem]
  /// How much to tell of the capacity used; nil means `.none`.
  public var returnConsumedCapacity: ReturnConsumedCapacity?
  /// Whether to tell the sizes of the items' collections; nil means `.none`.
  public var returnItemCollectionMetrics: ReturnItemCollectionMetrics?
  /// 1 to 36 characters of the caller's choice: for ten minutes, the same request with the same token does nothing but say
  /// that it is done, and another request with it is refused. Across restarts, too. Nil for none.
  public var clientRequestToken: String?

  public init(
    transactItems: [TransactWriteItem], returnConsumedCapacity: ReturnConsumedCapacity? = nil,
    returnItemCollectionMetrics: ReturnItemCollectionMetrics? = nil, clientRequestToken: String? = nil
  ) {
    self.transactItems = transactItems
    self.returnConsumedCapacity = returnConsumedCapacity
    self.returnItemCollectionMetrics = returnItemCollectionMetrics
    self.clientRequestToken = clientRequestToken
  }
}

/// The answer to a ``TransactWriteItemsRequest``.
public struct TransactWriteItemsResponse: Sendable {
  /// The capacity used on each table, if it was asked for: write units, or, where the token says that everything had
  /// been done before, the read units for looking at the items.
  public var consumedCapacity: [ConsumedCapacity]?
  /// The sizes of the item collections written, table by table, if they were asked for.
  public var itemCollectionMetrics: [(tableName: String, metrics: [ItemCollectionMetrics])]?

  public init(
    consumedCapacity: [ConsumedCapacity]? = nil,
    itemCollectionMetrics: [(tableName: String, metrics: [ItemCollectionMetrics])]? = nil
  ) {
    self.consumedCapacity = consumedCapacity
    self.itemCollectionMetrics = itemCollectionMetrics
  }
}

/// Puts, updates, deletes and checks items of several tables, all of it or none. See ``TransactionWriter``.
package enum TransactWriteItems: Operation {
  package static let name = "TransactWriteItems"

  package static func run(
    _ request: TransactWriteItemsRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> TransactWriteItemsResponse {
    try TransactionSize.check(request.transactItems.count, in: database)
    try TransactionToken.check(request.clientRequestToken)
    var expressions: [WriteExpressions] = []
    expressions.reserveCapacity(request.transactItems.count)
    for item in request.transactItems { expressions.append(try WriteExpressions(item)) }
    var actions: [TransactionAction] = []
    actions.reserveCapacity(request.transactItems.count)
    for (item, expressions) in zip(request.transactItems, expressions) {
      actions.append(try action(item, expressions, in: database, &context))
    }
    let token = request.clientRequestToken.map { text in
      TransactionToken(text, scope: .transactWriteItems, fingerprint: fingerprint(of: request))
    }
    let outcome = try TransactionWriter.write(actions, token: token, in: database, &context)
    return TransactWriteItemsResponse(
      consumedCapacity: outcome.report(request.returnConsumedCapacity),
      itemCollectionMetrics: request.returnItemCollectionMetrics == .size
        ? metrics(actions, outcome.collectionBytes) : nil)
  }

  /// What an action says in expressions, checked as far as they can be without data.
  private struct WriteExpressions {
    var update: DynamoExpressions.Update?
    var condition: Condition?

    init(_ item: TransactWriteItem) throws(Interruption) {
      switch item {
      case .put(let put):
        condition = try Self.condition(
          put.conditionExpression, put.expressionAttributeNames, put.expressionAttributeValues)
        guard put.item.sizeBytes <= ModelLimits.itemSizeBytesMax else { throw ItemWriter.itemTooLarge }
      case .delete(let delete):
        condition = try Self.condition(
          delete.conditionExpression, delete.expressionAttributeNames, delete.expressionAttributeValues)
      case .conditionCheck(let check):
        condition = try Self.condition(
          check.conditionExpression, check.expressionAttributeNames, check.expressionAttributeValues)
      case .update(let update):
        let expressions = try UpdateExpressions(
          UpdateItemRequest(
            tableName: update.tableName, key: update.key, updateExpression: update.updateExpression,
            conditionExpression: update.conditionExpression,
            expressionAttributeNames: update.expressionAttributeNames,
            expressionAttributeValues: update.expressionAttributeValues))
        self.update = expressions.update
        condition = expressions.condition
      }
    }

    private static func condition(
      _ expression: String?, _ names: [String: String]?, _ values: [String: EncodedValue]?
    ) throws(Interruption) -> Condition? {
      let given = WriteCondition(expression: expression, names: names, values: values)
      try given.checkMix()
      return try given.condition()
    }
  }

  private static func action(
    _ item: TransactWriteItem, _ expressions: WriteExpressions, in database: Database,
    _ context: inout OperationContext
  ) throws(Interruption) -> TransactionAction {
    let change: TransactionAction.Change =
      switch item {
      case .put(let put): .put(put.item)
      case .update(let update): .update(expressions.update, key: update.key)
      case .delete(let delete): .delete(key: delete.key)
      case .conditionCheck(let check): .check(key: check.key)
      }
    return TransactionAction(
      change, in: try database.table(item.tableName, &context), named: item.tableName,
      condition: expressions.condition, tellsItemOnFailure: item.tellsItemOnFailure)
  }

  private static func metrics(
    _ actions: [TransactionAction], _ collectionBytes: [Int?]
  ) -> [(tableName: String, metrics: [ItemCollectionMetrics])]? {
    var tables: [(tableName: String, metrics: [ItemCollectionMetrics])] = []
    for (action, bytes) in zip(actions, collectionBytes) {
      let metrics = ItemCollectionMetrics(of: action.keyHolder.view, in: action.table, bytes: bytes)
      guard let metrics else { continue }
      if let position = tables.firstIndex(where: { $0.tableName == action.tableName }) {
        tables[position].metrics.append(metrics)
      } else {
        tables.append((action.tableName, [metrics]))
      }
    }
    return tables.isEmpty ? nil : tables
  }

  /// Of all that makes the request what it is. How it wants to be answered is not part of that.
  private static func fingerprint(of request: TransactWriteItemsRequest) -> TransactionFingerprint {
    var builder = FingerprintBuilder()
    for item in request.transactItems {
      builder.add(item.tableName)
      switch item {
      case .put(let put):
        builder.add("put")
        builder.add(put.item)
        builder.add(put.conditionExpression)
        builder.add(put.expressionAttributeNames)
        builder.add(put.expressionAttributeValues)
      case .update(let update):
        builder.add("update")
        builder.add(update.key)
        builder.add(update.updateExpression)
        builder.add(update.conditionExpression)
        builder.add(update.expressionAttributeNames)
        builder.add(update.expressionAttributeValues)
      case .delete(let delete):
        builder.add("delete")
        builder.add(delete.key)
        builder.add(delete.conditionExpression)
        builder.add(delete.expressionAttributeNames)
        builder.add(delete.expressionAttributeValues)
      case .conditionCheck(let check):
        builder.add("check")
        builder.add(check.key)
        builder.add(check.conditionExpression)
        builder.add(check.expressionAttributeNames)
        builder.add(check.expressionAttributeValues)
      }
      builder.add(item.tellsItemOnFailure ? "tells" : "")
    }
    return builder.finish()
  }
}

extension TransactWriteItem {
  fileprivate var tableName: String {
    switch self {
    case .put(let put): put.tableName
    case .update(let update): update.tableName
    case .delete(let delete): delete.tableName
    case .conditionCheck(let check): check.tableName
    }
  }

  fileprivate var tellsItemOnFailure: Bool {
    switch self {
    case .put(let put): put.returnValuesOnConditionCheckFailure == .allOld
    case .update(let update): update.returnValuesOnConditionCheckFailure == .allOld
    case .delete(let delete): delete.returnValuesOnConditionCheckFailure == .allOld
    case .conditionCheck(let check): check.returnValuesOnConditionCheckFailure == .allOld
    }
  }
}

extension Database {
  /// Puts, updates, deletes and checks items of any tables, all of it or none, as one step that nothing else comes in
  /// between. Returns when it is durable.
  ///
  /// Cost: one lookup in the tree for each item, and one batch in the log. Throws the service's errors; one of
  /// ``ErrorCode/transactionCanceled`` says in ``ServiceError/cancellationReasons`` what each action came to.
  nonisolated(nonsending) public func transactWriteItems(
    _ request: TransactWriteItemsRequest
  ) async throws(ServiceError) -> TransactWriteItemsResponse {
    try await performAsync(TransactWriteItems.self, request)
  }
}
