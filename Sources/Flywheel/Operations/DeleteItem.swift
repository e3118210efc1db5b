public import DynamoExpressions
public import DynamoModel

/// A request to delete the item with a key, if there is one.
public struct DeleteItemRequest: Sendable {
  /// The table, by name or by ARN.
  public var tableName: String
  /// The primary key: exactly the key attributes of the table.
  public var key: Item
  /// What must hold of the item as it stands for the write to happen.
  public var conditionExpression: String?
  /// What the `#name` placeholders in the expressions stand for; nil and empty differ.
  public var expressionAttributeNames: [String: String]?
  /// What the `:value` placeholders in the expressions stand for; nil and empty differ.
  public var expressionAttributeValues: [String: EncodedValue]?
  /// What to return: `.none` (what nil means) or `.allOld`.
  public var returnValues: ReturnValues?
  /// How much to tell of the capacity used; nil means `.none`.
  public var returnConsumedCapacity: ReturnConsumedCapacity?
  /// Whether to tell the size of the item's collection; nil means `.none`.
  public var returnItemCollectionMetrics: ReturnItemCollectionMetrics?
  /// Whether a failed condition's error carries the item; nil means `.none`.
  public var returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure?
  /// Legacy for `conditionExpression`: what must hold, attribute by attribute.
  public var expected: [(name: String, condition: ExpectedCondition)]?
  /// Legacy: whether all or any of the legacy conditions must hold; nil means all.
  public var conditionalOperator: ConditionalOperator?

  public init(
    tableName: String, key: Item, conditionExpression: String? = nil,
    expressionAttributeNames: [String: String]? = nil,
    expressionAttributeValues: [String: EncodedValue]? = nil, returnValues: ReturnValues? = nil,
    returnConsumedCapacity: ReturnConsumedCapacity? = nil,
    returnItemCollectionMetrics: ReturnItemCollectionMetrics? = nil,
    returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure? = nil,
    expected: [(name: String, condition: ExpectedCondition)]? = nil,
    conditionalOperator: ConditionalOperator? = nil
  ) {
    self.tableName = tableName
    self.key = key
    self.conditionExpression = conditionExpression
    self.expressionAttributeNames = expressionAttributeNames
    self.expressionAttributeValues = expressionAttributeValues
    self.returnValues = returnValues
    self.returnConsumedCapacity = returnConsumedCapacity
    self.returnItemCollectionMetrics = returnItemCollectionMetrics
    self.returnValuesOnConditionCheckFailure = returnValuesOnConditionCheckFailure
    self.expected = expected
    self.conditionalOperator = conditionalOperator
  }
}

/// The answer to a ``DeleteItemRequest``.
public struct DeleteItemResponse: Sendable {
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

/// Deletes the item with a key; that there is none is no error.
package enum DeleteItem: Operation {
  package static let name = "DeleteItem"

  package static func run(
    _ request: DeleteItemRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> DeleteItemResponse {
    let conditionGiven = WriteCondition(
      expression: request.conditionExpression, names: request.expressionAttributeNames,
      values: request.expressionAttributeValues, expected: request.expected,
      conditionalOperator: request.conditionalOperator)
    try conditionGiven.checkMix()
    try WriteCondition.check(request.returnValues)
    let condition = try conditionGiven.condition()

    let table = try database.table(request.tableName, &context)
    var key = KeyBuffer()
    try KeyChecks.append(keyOf: .delete(key: request.key), condition, in: table, to: &key)

    let writer = ItemWriter(
      database: database, table: table, condition: condition,
      tellsItemOnFailure: request.returnValuesOnConditionCheckFailure == .allOld)
    let outcome = try writer.write(.delete, key: key.bytes, &context)
    return DeleteItemResponse(
      attributes: request.returnValues == .allOld ? outcome.old : nil,
      consumedCapacity: outcome.tally.report(request.returnConsumedCapacity, tableName: request.tableName),
      itemCollectionMetrics: request.returnItemCollectionMetrics == .size
        ? ItemCollectionMetrics(of: request.key.view, in: table, bytes: outcome.collectionBytes) : nil)
  }
}

extension Database {
  /// Deletes the item with a key, if there is one. Returns when the deletion is durable.
  ///
  /// Cost: one lookup in the tree and one batch in the log. Throws the service's errors.
  nonisolated(nonsending) public func deleteItem(
    _ request: DeleteItemRequest
  ) async throws(ServiceError) -> DeleteItemResponse {
    try await performAsync(DeleteItem.self, request)
  }
}
