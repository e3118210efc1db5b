/// What a new table is to be.
public struct CreateTableRequest: Sendable {
  /// 3 to 255 characters of a-z, A-Z, 0-9, underscore, hyphen and dot.
  public var tableName: String
  /// The types of every attribute that is part of a key of the table or of an index, and of no other.
  public var attributeDefinitions: [AttributeDefinition]?
  /// The partition key, and a sort key behind it if there is one.
  public var keySchema: [KeySchemaElement]?
  /// At most 5. They can't be added later.
  public var localSecondaryIndexes: [LocalSecondaryIndex]?
  /// At most 20.
  public var globalSecondaryIndexes: [GlobalSecondaryIndex]?
  /// Provisioned when left out.
  public var billingMode: BillingMode?
  /// Wanted for provisioned tables, refused for others.
  public var provisionedThroughput: ProvisionedThroughput?
  public var streamSpecification: StreamSpecification?
  public var sseSpecification: SSESpecification?
  /// At most 50.
  public var tags: [Tag]?
  public var tableClass: TableClass?
  public var deletionProtectionEnabled: Bool?
  public var warmThroughput: WarmThroughput?
  public var resourcePolicy: String?
  public var onDemandThroughput: OnDemandThroughput?

  public init(
    tableName: String, attributeDefinitions: [AttributeDefinition]? = nil,
    keySchema: [KeySchemaElement]? = nil, localSecondaryIndexes: [LocalSecondaryIndex]? = nil,
    globalSecondaryIndexes: [GlobalSecondaryIndex]? = nil, billingMode: BillingMode? = nil,
    provisionedThroughput: ProvisionedThroughput? = nil
  ) {
    self.tableName = tableName
    self.attributeDefinitions = attributeDefinitions
    self.keySchema = keySchema
    self.localSecondaryIndexes = localSecondaryIndexes
    self.globalSecondaryIndexes = globalSecondaryIndexes
    self.billingMode = billingMode
    self.provisionedThroughput = provisionedThroughput
  }
}

/// The table as it is being made.
public struct CreateTableResponse: Sendable {
  public var tableDescription: TableDescription

  public init(tableDescription: TableDescription) {
    self.tableDescription = tableDescription
  }
}
