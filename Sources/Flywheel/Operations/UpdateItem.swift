public import DynamoExpressions
public import DynamoModel

/// A request to change attributes of the item with a key, or to make the item if there is none.
public struct UpdateItemRequest: Sendable {
  /// The table, by name or by ARN.
  public var tableName: String
  /// The primary key: exactly the key attributes of the table.
  public var key: Item
  /// What to change; nil changes nothing, but makes the item if there is none.
  public var updateExpression: String?
  /// What must hold of the item as it stands for the write to happen.
  public var conditionExpression: String?
  /// What the `#name` placeholders in the expressions stand for; nil and empty differ.
  public var expressionAttributeNames: [String: String]?
  /// What the `:value` placeholders in the expressions stand for; nil and empty differ.
  public var expressionAttributeValues: [String: EncodedValue]?
  /// What to return; nil means `.none`.
  public var returnValues: ReturnValues?
  /// How much to tell of the capacity used; nil means `.none`.
  public var returnConsumedCapacity: ReturnConsumedCapacity?
  /// Whether to tell the size of the item's collection; nil means `.none`.
  public var returnItemCollectionMetrics: ReturnItemCollectionMetrics?
  /// Whether a failed condition's error carries the item; nil means `.none`.
  public var returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure?
  /// Legacy for `updateExpression`: what to do to each attribute.
  public var attributeUpdates: [(name: String, update: LegacyAttributeUpdate)]?
  /// Legacy for `conditionExpression`: what must hold, attribute by attribute.
  public var expected: [(name: String, condition: ExpectedCondition)]?
  /// Legacy: whether all or any of the legacy conditions must hold; nil means all.
  public var conditionalOperator: ConditionalOperator?

  public init(
    tableName: String, key: Item, updateExpression: String? = nil, conditionExpression: String? = nil,
    expressionAttributeNames: [String: String]? = nil,
    expressionAttributeValues: [String: EncodedValue]? = nil, returnValues: ReturnValues? = nil,
    returnConsumedCapacity: ReturnConsumedCapacity? = nil,
    returnItemCollectionMetrics: ReturnItemCollectionMetrics? = nil,
    returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure? = nil,
    attributeUpdates: [(name: String, update: LegacyAttributeUpdate)]? = nil,
    expected: [(name: String, condition: ExpectedCondition)]? = nil,
    conditionalOperator: ConditionalOperator? = nil
  ) {
    self.tableName = tableName
    self.key = key
    self.updateExpression = updateExpression
    self.conditionExpression = conditionExpression
    self.expressionAttributeNames = expressionAttributeNames
    self.expressionAttributeValues = expressionAttributeValues
    self.returnValues = returnValues
    self.returnConsumedCapacity = returnConsumedCapacity
    self.returnItemCollectionMetrics = returnItemCollectionMetrics
    self.returnValuesOnConditionCheckFailure = returnValuesOnConditionCheckFailure
    self.attributeUpdates = attributeUpdates
    self.expected = expected
    self.conditionalOperator = conditionalOperator
  }
}

/// The answer to an ``UpdateItemRequest``.
public struct UpdateItemResponse: Sendable {
  /// What `returnValues` asked for; nil if it asked for nothing or there is nothing to return.
  public var attributes: Item?
  /// The capacity used, if it was asked for.
  public var consumedCapacity: ConsumedCapacity?
  /// The size of the item collection, if it was asked for and the table has local indexes.
  public var itemCollectionMetrics: ItemCollectionMetrics?

  public init(
    attributes: Item? = nil, consumedCapacity: ConsumedCapacity? = nil,
    itemCollectionMetrics: ItemCollectionMetrics? = nil
  ) {
    self.attributes = attributes
    self.consumedCapacity = consumedCapacity
    self.itemCollectionMetrics = itemCollectionMetrics
  }
}

/// Changes attributes of the item with a key, or makes the item.
package enum UpdateItem: Operation {
  package static let name = "UpdateItem"

  package static func run(
    _ request: UpdateItemRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> UpdateItemResponse {
    let expressions = try UpdateExpressions(request)
    let table = try database.table(request.tableName, &context)
    var key = KeyBuffer()
    try KeyChecks.append(
      keyOf: .update(expressions.update, key: request.key), expressions.condition, in: table, to: &key)

    let writer = ItemWriter(
      database: database, table: table, condition: expressions.condition,
      tellsItemOnFailure: request.returnValuesOnConditionCheckFailure == .allOld)
    let outcome = try writer.write(
      .update(expressions.update, key: request.key), key: key.bytes, &context)
    return UpdateItemResponse(
      attributes: attributes(request.returnValues, outcome, expressions.update),
      consumedCapacity: outcome.tally.report(request.returnConsumedCapacity, tableName: request.tableName),
      itemCollectionMetrics: request.returnItemCollectionMetrics == .size
        ? ItemCollectionMetrics(of: request.key.view, in: table, bytes: outcome.collectionBytes) : nil)
  }

  /// What the answer tells of the item; nothing rather than no attributes.
  private static func attributes(
    _ returnValues: ReturnValues?, _ outcome: ItemWriter.Outcome, _ update: Update?
  ) -> Item? {
    switch returnValues {
    case nil, .some(.none): return nil
    case .allOld: return outcome.old
    case .allNew: return outcome.new
    case .updatedOld: return changed(outcome.old)
    case .updatedNew: return changed(outcome.new)
    }
    func changed(_ item: Item?) -> Item? {
      guard let item, let changed = update?.updatedPaths(of: item), changed.count > 0 else { return nil }
      return changed
    }
  }
}

extension Database {
  /// Changes attributes of the item with a key, or makes the item if there is none. Returns when it is
  /// durable.
  ///
  /// Cost: one lookup in the tree and one batch in the log. Throws the service's errors.
  nonisolated(nonsending) public func updateItem(
    _ request: UpdateItemRequest
  ) async throws(ServiceError) -> UpdateItemResponse {
    try await performAsync(UpdateItem.self, request)
  }
}
