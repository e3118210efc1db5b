/// Which attributes of an item are copied into an index.
public enum ProjectionType: String, Sendable, Hashable, CaseIterable {
  case all = "ALL"
  /// The index's key and the table's, nothing else.
  case keysOnly = "KEYS_ONLY"
  /// The keys and the attributes named in `nonKeyAttributes`.
  case include = "INCLUDE"
}

/// What an index copies of each item.
public struct Projection: Sendable, Hashable {
  /// Nil only in a request that left it out, which the service refuses.
  public var projectionType: ProjectionType?
  /// Names for `.include`: 1 to 20 an index, 100 over all of a table's indexes. Nil for the other two.
  public var nonKeyAttributes: [String]?

  public init(_ projectionType: ProjectionType? = nil, nonKeyAttributes: [String]? = nil) {
    self.projectionType = projectionType
    self.nonKeyAttributes = nonKeyAttributes
  }
}

/// An index with the table's partition key and a sort key of its own, made with its table.
public struct LocalSecondaryIndex: Sendable, Hashable {
  /// 3 to 255 characters of a-z, A-Z, 0-9, underscore, hyphen and dot; one of a kind within its table.
  public var indexName: String
  public var keySchema: [KeySchemaElement]
  public var projection: Projection

  public init(indexName: String, keySchema: [KeySchemaElement], projection: Projection) {
    self.indexName = indexName
    self.keySchema = keySchema
    self.projection = projection
  }
}

/// An index with a key of its own, which may span all partitions of its table; made with it or later.
public struct GlobalSecondaryIndex: Sendable, Hashable {
  /// 3 to 255 characters of a-z, A-Z, 0-9, underscore, hyphen and dot; one of a kind within its table.
  public var indexName: String
  /// One to four HASH attributes and up to four RANGE attributes behind them.
  public var keySchema: [KeySchemaElement]
  public var projection: Projection
  /// Wanted when the table's billing mode is provisioned, refused when it is not.
  public var provisionedThroughput: ProvisionedThroughput?
  public var onDemandThroughput: OnDemandThroughput?
  public var warmThroughput: WarmThroughput?

  public init(
    indexName: String, keySchema: [KeySchemaElement], projection: Projection,
    provisionedThroughput: ProvisionedThroughput? = nil, onDemandThroughput: OnDemandThroughput? = nil,
    warmThroughput: WarmThroughput? = nil
  ) {
    self.indexName = indexName
    self.keySchema = keySchema
    self.projection = projection
    self.provisionedThroughput = provisionedThroughput
    self.onDemandThroughput = onDemandThroughput
    self.warmThroughput = warmThroughput
  }
}

/// One change to a table's global indexes. Exactly one of the three is set; a request with none or with more
/// is refused in the service's words.
public struct GlobalSecondaryIndexUpdate: Sendable, Hashable {
  public var create: GlobalSecondaryIndex?
  public var update: UpdateGlobalSecondaryIndexAction?
  public var delete: DeleteGlobalSecondaryIndexAction?

  public init(
    create: GlobalSecondaryIndex? = nil, update: UpdateGlobalSecondaryIndexAction? = nil,
    delete: DeleteGlobalSecondaryIndexAction? = nil
  ) {
    self.create = create
    self.update = update
    self.delete = delete
  }
}

/// New throughput for an index that exists.
public struct UpdateGlobalSecondaryIndexAction: Sendable, Hashable {
  public var indexName: String
  public var provisionedThroughput: ProvisionedThroughput?
  public var onDemandThroughput: OnDemandThroughput?
  public var warmThroughput: WarmThroughput?

  public init(
    indexName: String, provisionedThroughput: ProvisionedThroughput? = nil,
    onDemandThroughput: OnDemandThroughput? = nil, warmThroughput: WarmThroughput? = nil
  ) {
    self.indexName = indexName
    self.provisionedThroughput = provisionedThroughput
    self.onDemandThroughput = onDemandThroughput
    self.warmThroughput = warmThroughput
  }
}

/// The name of an index that is to go.
public struct DeleteGlobalSecondaryIndexAction: Sendable, Hashable {
  public var indexName: String

  public init(indexName: String) {
    self.indexName = indexName
  }
}
