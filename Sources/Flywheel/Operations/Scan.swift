public import DynamoExpressions
public import DynamoModel

/// A request for a page of a table's or an index's items, in the order of their partition keys' hashes.
public struct ScanRequest: Sendable {
  /// The table, by name or by ARN.
  public var tableName: String
  /// The index to read in place of the table.
  public var indexName: String?
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
  /// Which of `totalSegments` parts to scan, from 0; both are given or neither is.
  public var segment: Int?
  /// Into how many parts the scan is divided, 1 to 1,000,000.
  public var totalSegments: Int?
  /// True to read with strong consistency, at twice the price; nil means false.
  public var consistentRead: Bool?
  /// How much to tell of the capacity used; nil means `.none`.
  public var returnConsumedCapacity: ReturnConsumedCapacity?
  /// Legacy for `filterExpression`.
  public var scanFilter: [(name: String, condition: LegacyCondition)]?
  /// Legacy: whether all or any of the legacy conditions must hold; nil means all.
  public var conditionalOperator: ConditionalOperator?
  /// Legacy for `projectionExpression`: the names of the attributes to return.
  public var attributesToGet: [String]?

  public init(
    tableName: String, indexName: String? = nil, filterExpression: String? = nil,
    projectionExpression: String? = nil, expressionAttributeNames: [String: String]? = nil,
    expressionAttributeValues: [String: EncodedValue]? = nil, select: Select? = nil, limit: Int? = nil,
    exclusiveStartKey: Item? = nil, segment: Int? = nil, totalSegments: Int? = nil,
    consistentRead: Bool? = nil, returnConsumedCapacity: ReturnConsumedCapacity? = nil,
    scanFilter: [(name: String, condition: LegacyCondition)]? = nil,
    conditionalOperator: ConditionalOperator? = nil, attributesToGet: [String]? = nil
  ) {
    self.tableName = tableName
    self.indexName = indexName
    self.filterExpression = filterExpression
    self.projectionExpression = projectionExpression
    self.expressionAttributeNames = expressionAttributeNames
    self.expressionAttributeValues = expressionAttributeValues
    self.select = select
    self.limit = limit
    self.exclusiveStartKey = exclusiveStartKey
    self.segment = segment
    self.totalSegments = totalSegments
    self.consistentRead = consistentRead
    self.returnConsumedCapacity = returnConsumedCapacity
    self.scanFilter = scanFilter
    self.conditionalOperator = conditionalOperator
    self.attributesToGet = attributesToGet
  }
}

/// The answer to a ``ScanRequest``: one page.
public struct ScanResponse: Sendable {
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

/// Reads all items of a table or of an index, a page at a time.
package enum Scan: Operation {
  package static let name = "Scan"

  package static func run(
    _ request: ScanRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> ScanResponse {
    let expressions = try ScanExpressions(request)
    let table = try database.table(request.tableName, &context)
    let isConsistent = request.consistentRead ?? false
    let target = try target(request, table, isConsistent: isConsistent)
    let range = try expressions.segment.range(
      in: target, startingAfter: request.exclusiveStartKey, select: request.select)
    try expressions.checkFit(to: target)

    let reader = PageReader(
      database: database, io: context.io, table: table, index: target.index,
      fetchesItems: target.fetchesItems(request.select, expressions.projection),
      filter: expressions.filter, projection: expressions.projection, wantsItems: request.select != .count,
      limit: request.limit ?? .max, isConsistent: isConsistent)
    let page = try reader.read(range, forward: true)
    context.returned = page.count
    return ScanResponse(
      items: reader.wantsItems ? page.items : nil, count: page.count, scannedCount: page.scannedCount,
      lastEvaluatedKey: page.lastEvaluatedKey,
      consumedCapacity: page.tally.report(request.returnConsumedCapacity, tableName: request.tableName))
  }

  /// Finds what is to be read. A starting key for an index that is not there is called invalid before the
  /// index is.
  private static func target(
    _ request: ScanRequest, _ table: Table, isConsistent: Bool
  ) throws(Interruption) -> ReadTarget {
    if let indexName = request.indexName, request.exclusiveStartKey != nil,
      table.index(named: indexName) == nil
    {
      throw StartKeyErrors.invalid
    }
    return try ReadTarget(table, indexName: request.indexName, isConsistent: isConsistent)
  }
}

extension Database {
  /// Reads a page of a table's or an index's items, in the order of their partition keys' hashes.
  ///
  /// Cost: one cursor, and a copy of the page's items. Throws the service's errors.
  nonisolated(nonsending) public func scan(_ request: ScanRequest) async throws(ServiceError) -> ScanResponse
  {
    try await performAsync(Scan.self, request)
  }
}
