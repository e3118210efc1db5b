/// What is to change about a table. What is nil stays as it is.
public struct UpdateTableRequest: Sendable {
  /// The table's name or its ARN.
  public var tableName: String
  /// The types of the key attributes of an index that is created; others may be repeated.
  public var attributeDefinitions: [AttributeDefinition]?
  public var billingMode: BillingMode?
  public var provisionedThroughput: ProvisionedThroughput?
  /// New throughput for several indexes, or one index to create or delete.
  public var globalSecondaryIndexUpdates: [GlobalSecondaryIndexUpdate]?
  public var streamSpecification: StreamSpecification?
  public var sseSpecification: SSESpecification?
  /// Whether the request named replicas of a global table, which this database does not have.
  public var hasReplicaUpdates = false
  public var tableClass: TableClass?
  public var deletionProtectionEnabled: Bool?
  public var onDemandThroughput: OnDemandThroughput?
  public var warmThroughput: WarmThroughput?

  public init(tableName: String) {
    self.tableName = tableName
  }
}

/// The table as it is being changed.
public struct UpdateTableResponse: Sendable {
  public var tableDescription: TableDescription

  public init(tableDescription: TableDescription) {
    self.tableDescription = tableDescription
  }
}
