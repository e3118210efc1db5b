public import DynamoModel

/// A request to put and delete up to 25 items in any tables.
public struct BatchWriteItemRequest: Sendable {
  /// What to write, table by table; no table twice.
  public var requestItems: [TableWrites]
  /// How much to tell of the capacity used; nil means `.none`.
  public var returnConsumedCapacity: ReturnConsumedCapacity?
  /// Whether to tell the size of the item's collection; nil means `.none`.
  public var returnItemCollectionMetrics: ReturnItemCollectionMetrics?

  public init(
    requestItems: [TableWrites], returnConsumedCapacity: ReturnConsumedCapacity? = nil,
    returnItemCollectionMetrics: ReturnItemCollectionMetrics? = nil
  ) {
    self.requestItems = requestItems
    self.returnConsumedCapacity = returnConsumedCapacity
    self.returnItemCollectionMetrics = returnItemCollectionMetrics
  }
}

/// What to write in one table.
public struct TableWrites: Sendable {
  /// The table, by name or by ARN.
  public var tableName: String
  /// The writes, no two with one key.
  public var requests: [WriteRequest]

  public init(
    tableName: String, requests: [WriteRequest]
  ) {
    self.tableName = tableName
    self.requests = requests
  }
}

/// One write of a batch.
public enum WriteRequest: Sendable {
  /// Puts an item, in the place of the one with its key if there is one.
  case put(Item)
  /// Deletes the item with a key, if there is one.
  case delete(key: Item)
}

/// The answer to a ``BatchWriteItemRequest``.
public struct BatchWriteItemResponse: Sendable {
  /// What was not written; ask for it again.
  public var unprocessedItems: [TableWrites]
  /// The sizes of the item collections written, table by table, if they were asked for.
  public var itemCollectionMetrics: [(tableName: String, metrics: [ItemCollectionMetrics])]?
  /// The capacity used on each table, if it was asked for.
  public var consumedCapacity: [ConsumedCapacity]?

  public init(
    unprocessedItems: [TableWrites],
    itemCollectionMetrics: [(tableName: String, metrics: [ItemCollectionMetrics])]? = nil,
    consumedCapacity: [ConsumedCapacity]? = nil
  ) {
    self.unprocessedItems = unprocessedItems
    self.itemCollectionMetrics = itemCollectionMetrics
    self.consumedCapacity = consumedCapacity
  }
}
