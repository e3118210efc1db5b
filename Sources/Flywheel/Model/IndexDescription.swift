/// A local index as a table description shows it.
public struct LocalSecondaryIndexDescription: Sendable, Hashable {
  public var indexName: String
  public var keySchema: [KeySchemaElement]
  public var projection: Projection
  /// Bytes of the index's entries, as the service counts items.
  public var indexSizeBytes: Int
  public var itemCount: Int
  public var indexArn: String

  public init(
    indexName: String, keySchema: [KeySchemaElement], projection: Projection, indexSizeBytes: Int,
    itemCount: Int, indexArn: String
  ) {
    self.indexName = indexName
    self.keySchema = keySchema
    self.projection = projection
    self.indexSizeBytes = indexSizeBytes
    self.itemCount = itemCount
    self.indexArn = indexArn
  }
}

/// A global index as a table description shows it. What is nil is left out.
public struct GlobalSecondaryIndexDescription: Sendable, Hashable {
  public var indexName: String
  public var keySchema: [KeySchemaElement]
  public var projection: Projection
  public var indexStatus: IndexStatus
  /// True while the table's items are being put into an index that was added later; nil once it is active.
  public var backfilling: Bool?
  public var provisionedThroughput: ProvisionedThroughputDescription?
  /// Bytes of the index's entries, as the service counts items.
  public var indexSizeBytes: Int
  public var itemCount: Int
  public var indexArn: String
  public var onDemandThroughput: OnDemandThroughput?
  public var warmThroughput: IndexWarmThroughputDescription?

  public init(
    indexName: String, keySchema: [KeySchemaElement], projection: Projection, indexStatus: IndexStatus,
    indexSizeBytes: Int, itemCount: Int, indexArn: String
  ) {
    self.indexName = indexName
    self.keySchema = keySchema
    self.projection = projection
    self.indexStatus = indexStatus
    self.indexSizeBytes = indexSizeBytes
    self.itemCount = itemCount
    self.indexArn = indexArn
  }
}

/// The throughput an index can take at once.
public struct IndexWarmThroughputDescription: Sendable, Hashable {
  public var readUnitsPerSecond: Int?
  public var writeUnitsPerSecond: Int?
  public var status: IndexStatus

  public init(readUnitsPerSecond: Int?, writeUnitsPerSecond: Int?, status: IndexStatus) {
    self.readUnitsPerSecond = readUnitsPerSecond
    self.writeUnitsPerSecond = writeUnitsPerSecond
    self.status = status
  }
}
