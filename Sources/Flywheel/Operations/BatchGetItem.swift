public import DynamoModel

/// A request for up to 100 items of any tables by their keys.
public struct BatchGetItemRequest: Sendable {
  /// What is wanted, table by table; no table twice.
  public var requestItems: [KeysAndAttributes]
  /// How much to tell of the capacity used; nil means `.none`.
  public var returnConsumedCapacity: ReturnConsumedCapacity?

  public init(
    requestItems: [KeysAndAttributes], returnConsumedCapacity: ReturnConsumedCapacity? = nil
  ) {
    self.requestItems = requestItems
    self.returnConsumedCapacity = returnConsumedCapacity
  }
}

/// The keys of the items wanted of one table, and what is wanted of them.
public struct KeysAndAttributes: Sendable {
  /// The table, by name or by ARN.
  public var tableName: String
  /// The primary keys, none twice.
  public var keys: [Item]
  /// The attributes and parts of attributes to return; nil returns all.
  public var projectionExpression: String?
  /// What the `#name` placeholders in the expressions stand for; nil and empty differ.
  public var expressionAttributeNames: [String: String]?
  /// True to read with strong consistency, at twice the price; nil means false.
  public var consistentRead: Bool?
  /// Legacy for `projectionExpression`: the names of the attributes to return.
  public var attributesToGet: [String]?

  public init(
    tableName: String, keys: [Item], projectionExpression: String? = nil,
    expressionAttributeNames: [String: String]? = nil, consistentRead: Bool? = nil,
    attributesToGet: [String]? = nil
  ) {
    self.tableName = tableName
    self.keys = keys
    self.projectionExpression = projectionExpression
    self.expressionAttributeNames = expressionAttributeNames
    self.consistentRead = consistentRead
    self.attributesToGet = attributesToGet
  }
}

/// The answer to a ``BatchGetItemRequest``.
public struct BatchGetItemResponse: Sendable {
  /// The items found, table by table in the order of the request.
  public var responses: [TableItems]
  /// What was left out because the answer had reached 16 MB; ask for it again.
  public var unprocessedKeys: [KeysAndAttributes]
  /// The capacity used on each table, if it was asked for.
  public var consumedCapacity: [ConsumedCapacity]?

  public init(
    responses: [TableItems], unprocessedKeys: [KeysAndAttributes],
    consumedCapacity: [ConsumedCapacity]? = nil
  ) {
    self.responses = responses
    self.unprocessedKeys = unprocessedKeys
    self.consumedCapacity = consumedCapacity
  }
}

/// The items found in one table.
public struct TableItems: Sendable {
  /// The table, as the request called it.
  public var tableName: String
  /// The items found; keys that have none are left out.
  public var items: ItemPage

  public init(
    tableName: String, items: ItemPage
  ) {
    self.tableName = tableName
    self.items = items
  }
}
