public import DynamoExpressions
public import DynamoModel

/// A request to put an item in a table, in the place of the one with its key if there is one.
public struct PutItemRequest: Sendable {
  /// The table, by name or by ARN.
  public var tableName: String
  /// The whole item, its key attributes included; at most 400 KB.
  public var item: Item
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
    tableName: String, item: Item, conditionExpression: String? = nil,
    expressionAttributeNames: [String: String]? = nil,
    expressionAttributeValues: [String: EncodedValue]? = nil, returnValues: ReturnValues? = nil,
    returnConsumedCapacity: ReturnConsumedCapacity? = nil,
    returnItemCollectionMetrics: ReturnItemCollectionMetrics? = nil,
    returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure? = nil,
    expected: [(name: String, condition: ExpectedCondition)]? = nil,
    conditionalOperator: ConditionalOperator? = nil
  ) {
    self.tableName = tableName
    self.item = item
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

/// The answer to a ``PutItemRequest``.
public struct PutItemResponse: Sendable {
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

/// Puts an item in the place of the one with its key.
package enum PutItem: Operation {
  package static let name = "PutItem"

  package static func run(
    _ request: PutItemRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> PutItemResponse {
    let conditionGiven = WriteCondition(
      expression: request.conditionExpression, names: request.expressionAttributeNames,
      values: request.expressionAttributeValues, expected: request.expected,
      conditionalOperator: request.conditionalOperator)
    try conditionGiven.checkMix()
    try WriteCondition.check(request.returnValues)
    guard request.item.sizeBytes <= ModelLimits.itemSizeBytesMax else { throw ItemWriter.itemTooLarge }
    let condition = try conditionGiven.condition()

    let table = try database.table(request.tableName, &context)
    var key = KeyBuffer()
    try KeyChecks.append(keyOf: .put(request.item), condition, in: table, to: &key)

    let writer = ItemWriter(
      database: database, table: table, condition: condition,
      tellsItemOnFailure: request.returnValuesOnConditionCheckFailure == .allOld)
    let outcome = try writer.write(.put(request.item), key: key.bytes, &context)
    return PutItemResponse(
      attributes: request.returnValues == .allOld ? outcome.old : nil,
      consumedCapacity: outcome.tally.report(request.returnConsumedCapacity, tableName: request.tableName),
      itemCollectionMetrics: request.returnItemCollectionMetrics == .size
        ? ItemCollectionMetrics(of: request.item.view, in: table, bytes: outcome.collectionBytes) : nil)
  }
}

extension Database {
  /// Puts an item, in the place of the one with its key if there is one. Returns when the item is durable.
  ///
  /// Cost: one lookup in the tree and one batch in the log. Throws the service's errors.
  nonisolated(nonsending) public func putItem(_ request: PutItemRequest) async throws(ServiceError)
    -> PutItemResponse
  {
    try await performAsync(PutItem.self, request)
  }
}
