public import DynamoModel

/// A request to read items of any tables, all as they are at one moment.
public struct TransactGetItemsRequest: Sendable {
  /// What to read, no item twice; at most ``DatabaseOptions/transactionItemsMax``, and 4 MB of items.
  public var transactItems: [TransactGetItem]
  /// How much to tell of the capacity used; nil means `.none`.
  public var returnConsumedCapacity: ReturnConsumedCapacity?

  public init(
    transactItems: [TransactGetItem], returnConsumedCapacity: ReturnConsumedCapacity? = nil
  ) {
    self.transactItems = transactItems
    self.returnConsumedCapacity = returnConsumedCapacity
  }
}

/// One item that a ``TransactGetItemsRequest`` reads.
public struct TransactGetItem: Sendable {
  /// The primary key: exactly the key attributes of the table.
  public var key: Item
  /// The table, by name or by ARN.
  public var tableName: String
  /// The attributes and parts of attributes to return; nil returns all.
  public var projectionExpression: String?
  /// What the `#name` placeholders stand for; nil and empty differ.
  public var expressionAttributeNames: [String: String]?

  public init(
    tableName: String, key: Item, projectionExpression: String? = nil,
    expressionAttributeNames: [String: String]? = nil
  ) {
    self.key = key
    self.tableName = tableName
    self.projectionExpression = projectionExpression
    self.expressionAttributeNames = expressionAttributeNames
  }
}

/// The answer to a ``TransactGetItemsRequest``.
public struct TransactGetItemsResponse: Sendable {
  /// The capacity used on each table, if it was asked for.
  public var consumedCapacity: [ConsumedCapacity]?
  /// The items in the order of the request, or what the projections leave of them; nil where there is none.
  public var responses: [Item?]

  public init(
    responses: [Item?], consumedCapacity: [ConsumedCapacity]? = nil
  ) {
    self.responses = responses
    self.consumedCapacity = consumedCapacity
  }
}

/// Reads items of several tables at one moment. See ``TransactionReader``.
package enum TransactGetItems: Operation {
  package static let name = "TransactGetItems"

  package static func run(
    _ request: TransactGetItemsRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> TransactGetItemsResponse {
    try TransactionSize.check(request.transactItems.count, in: database)
    var projections: [AttributeProjection?] = []
    projections.reserveCapacity(request.transactItems.count)
    for get in request.transactItems {
      projections.append(
        try ItemProjection.read(
          expression: get.projectionExpression, names: get.expressionAttributeNames, attributesToGet: nil))
    }
    var reads: [TransactionRead] = []
    reads.reserveCapacity(request.transactItems.count)
    for (get, projection) in zip(request.transactItems, projections) {
      let table = try database.table(get.tableName, &context)
      reads.append(TransactionRead(key: get.key, in: table, named: get.tableName, projection: projection))
    }
    let outcome = try TransactionReader.read(reads, in: database, &context)
    return TransactGetItemsResponse(
      responses: outcome.items, consumedCapacity: outcome.report(request.returnConsumedCapacity))
  }
}

extension Database {
  /// Reads items of any tables, all as they are at one moment.
  ///
  /// Cost: one lookup in the tree and one copy for each item. Throws the service's errors.
  nonisolated(nonsending) public func transactGetItems(
    _ request: TransactGetItemsRequest
  ) async throws(ServiceError) -> TransactGetItemsResponse {
    try await performAsync(TransactGetItems.self, request)
  }
}
