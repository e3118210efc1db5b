public import DynamoExpressions
public import DynamoModel

/// A request for a page of the items with one partition key, in the order of their sort keys.
public struct QueryRequest: Sendable {
  /// The table, by name or by ARN.
  public var tableName: String
  /// The index to read in place of the table.
  public var indexName: String?
  /// The partition key, and a range of sort keys if one is wanted.
  public var keyConditionExpression: String?
  /// What must hold of an item for it to be returned; it does not make the read cheaper.
  public var filterExpression: String?
  /// The attributes and parts of attributes to return; nil returns all.
  public var projectionExpression: String?
  /// What the `#name` placeholders in the expressions stand for; nil and empty differ.
  public var expressionAttributeNames: [String: String]?
  /// What the `:value` placeholders in the expressions stand for; nil and empty differ.
  public var expressionAttributeValues: [String: EncodedValue]?
  /// What to return; see ``Select`` for what nil means.
  public var select: Select?
  /// The most items to look at, at least 1; nil sets no limit besides 1 MB.
  public var limit: Int?
  /// Where to go on: the `lastEvaluatedKey` of the page before.
  public var exclusiveStartKey: Item?
  /// False to read from the greatest sort key down; nil means true.
  public var scanIndexForward: Bool?
  /// True to read with strong consistency, at twice the price; nil means false.
  public var consistentRead: Bool?
  /// How much to tell of the capacity used; nil means `.none`.
  public var returnConsumedCapacity: ReturnConsumedCapacity?
  /// Legacy for `keyConditionExpression`.
  public var keyConditions: [(name: String, condition: LegacyCondition)]?
  /// Legacy for `filterExpression`.
  public var queryFilter: [(name: String, condition: LegacyCondition)]?
  /// Legacy: whether all or any of the legacy conditions must hold; nil means all.
  public var conditionalOperator: ConditionalOperator?
  /// Legacy for `projectionExpression`: the names of the attributes to return.
  public var attributesToGet: [String]?

  public init(
    tableName: String, indexName: String? = nil, keyConditionExpression: String? = nil,
    filterExpression: String? = nil, projectionExpression: String? = nil,
    expressionAttributeNames: [String: String]? = nil,
    expressionAttributeValues: [String: EncodedValue]? = nil, select: Select? = nil, limit: Int? = nil,
    exclusiveStartKey: Item? = nil, scanIndexForward: Bool? = nil, consistentRead: Bool? = nil,
    returnConsumedCapacity: ReturnConsumedCapacity? = nil,
    keyConditions: [(name: String, condition: LegacyCondition)]? = nil,
    queryFilter: [(name: String, condition: LegacyCondition)]? = nil,
    conditionalOperator: ConditionalOperator? = nil, attributesToGet: [String]? = nil
  ) {
    self.tableName = tableName
    self.indexName = indexName
    self.keyConditionExpression = keyConditionExpression
    self.filterExpression = filterExpression
    self.projectionExpression = projectionExpression
    self.expressionAttributeNames = expressionAttributeNames
    self.expressionAttributeValues = expressionAttributeValues
    self.select = select
    self.limit = limit
    self.exclusiveStartKey = exclusiveStartKey
    self.scanIndexForward = scanIndexForward
    self.consistentRead = consistentRead
    self.returnConsumedCapacity = returnConsumedCapacity
    self.keyConditions = keyConditions
    self.queryFilter = queryFilter
    self.conditionalOperator = conditionalOperator
    self.attributesToGet = attributesToGet
  }
}

/// The answer to a ``QueryRequest``: one page.
public struct QueryResponse: Sendable {
  /// The page of matching items; nil if only the count was asked for.
  public var items: ItemPage?
  /// How many items of the page match.
  public var count: Int
  /// How many items were looked at.
  public var scannedCount: Int
  /// Where the next page goes on; nil if there is no more to read.
  public var lastEvaluatedKey: Item?
  /// The capacity used, if it was asked for.
  public var consumedCapacity: ConsumedCapacity?

  public init(
    items: ItemPage? = nil, count: Int, scannedCount: Int, lastEvaluatedKey: Item? = nil,
    consumedCapacity: ConsumedCapacity? = nil
  ) {
    self.items = items
    self.count = count
    self.scannedCount = scannedCount
    self.lastEvaluatedKey = lastEvaluatedKey
    self.consumedCapacity = consumedCapacity
  }
}

/// Reads the items of one partition, in the order of their sort keys.
package enum Query: Operation {
  package static let name = "Query"

  package static func run(
    _ request: QueryRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> QueryResponse {
    let expressions = try QueryExpressions(request)
    let table = try database.table(request.tableName, &context)
    let isConsistent = request.consistentRead ?? false
    let target = try ReadTarget(table, indexName: request.indexName, isConsistent: isConsistent)
    let forward = request.scanIndexForward ?? true
    let range = try expressions.range(in: target, startingAfter: request.exclusiveStartKey, forward: forward)
    try expressions.checkFit(to: target, request.select)

    let reader = PageReader(
      database: database, io: context.io, table: table, index: target.index,
      fetchesItems: target.fetchesItems(request.select, expressions.projection),
      filter: expressions.filter, projection: expressions.projection, wantsItems: request.select != .count,
      limit: request.limit ?? .max, isConsistent: isConsistent)
    let page = try reader.read(range, forward: forward)
    context.returned = page.count
    return QueryResponse(
      items: reader.wantsItems ? page.items : nil, count: page.count, scannedCount: page.scannedCount,
      lastEvaluatedKey: page.lastEvaluatedKey,
      consumedCapacity: page.tally.report(request.returnConsumedCapacity, tableName: request.tableName))
  }
}

extension Database {
  /// Reads a page of the items with one partition key, in the order of their sort keys.
  ///
  /// Cost: one cursor, and a copy of the page's items. Throws the service's errors.
  nonisolated(nonsending) public func query(_ request: QueryRequest) async throws(ServiceError)
    -> QueryResponse
  {
    try await performAsync(Query.self, request)
  }
}
