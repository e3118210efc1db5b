/// A point in time as the API gives it: nanoseconds since 1970-01-01 00:00 UTC.
///
/// The wire writes it as seconds with three decimals.
public struct Timestamp: Sendable, Hashable, Comparable {
  public var nanosecondsSince1970: Int64

  public init(nanosecondsSince1970: Int64) {
    self.nanosecondsSince1970 = nanosecondsSince1970
  }

  public static func < (a: Timestamp, b: Timestamp) -> Bool {
    a.nanosecondsSince1970 < b.nanosecondsSince1970
  }
}

/// Where a table is in its life.
public enum TableStatus: String, Sendable, Hashable, CaseIterable {
  case creating = "CREATING"
  case updating = "UPDATING"
  case deleting = "DELETING"
  case active = "ACTIVE"
}

/// Where an index is in its life.
public enum IndexStatus: String, Sendable, Hashable, CaseIterable {
  case creating = "CREATING"
  case updating = "UPDATING"
  case deleting = "DELETING"
  case active = "ACTIVE"
}

/// A table as CreateTable, DescribeTable, UpdateTable and DeleteTable show it. What is nil is left out.
public struct TableDescription: Sendable, Hashable {
  public var attributeDefinitions: [AttributeDefinition]?
  public var tableName: String
  public var keySchema: [KeySchemaElement]?
  public var tableStatus: TableStatus
  public var creationDateTime: Timestamp?
  public var provisionedThroughput: ProvisionedThroughputDescription?
  /// Bytes of all items, as the service counts them (names and values).
  public var tableSizeBytes: Int
  public var itemCount: Int
  public var tableArn: String
  public var tableId: String?
  public var billingModeSummary: BillingModeSummary?
  public var tableThroughputModeSummary: TableThroughputModeSummary?
  public var localSecondaryIndexes: [LocalSecondaryIndexDescription]?
  public var globalSecondaryIndexes: [GlobalSecondaryIndexDescription]?
  public var streamSpecification: StreamSpecification?
  public var latestStreamLabel: String?
  public var latestStreamArn: String?
  public var sseDescription: SSEDescription?
  public var tableClassSummary: TableClassSummary?
  public var deletionProtectionEnabled: Bool?
  public var onDemandThroughput: OnDemandThroughput?
  public var warmThroughput: TableWarmThroughputDescription?

  public init(tableName: String, tableStatus: TableStatus, tableArn: String) {
    self.tableName = tableName
    self.tableStatus = tableStatus
    self.tableArn = tableArn
    tableSizeBytes = 0
    itemCount = 0
  }
}

/// A table's or an index's capacity and when it last changed. Zeros for on-demand tables.
public struct ProvisionedThroughputDescription: Sendable, Hashable {
  public var lastIncreaseDateTime: Timestamp?
  public var lastDecreaseDateTime: Timestamp?
  /// Decreases since midnight UTC.
  public var numberOfDecreasesToday: Int
  public var readCapacityUnits: Int
  public var writeCapacityUnits: Int

  public init(readCapacityUnits: Int, writeCapacityUnits: Int, numberOfDecreasesToday: Int = 0) {
    self.readCapacityUnits = readCapacityUnits
    self.writeCapacityUnits = writeCapacityUnits
    self.numberOfDecreasesToday = numberOfDecreasesToday
  }
}

/// A table's billing mode, shown once it has been on demand.
public struct BillingModeSummary: Sendable, Hashable {
  public var billingMode: BillingMode
  public var lastUpdateToPayPerRequestDateTime: Timestamp?

  public init(billingMode: BillingMode, lastUpdateToPayPerRequestDateTime: Timestamp? = nil) {
    self.billingMode = billingMode
    self.lastUpdateToPayPerRequestDateTime = lastUpdateToPayPerRequestDateTime
  }
}

/// The same under the name that the live service adds beside `BillingModeSummary`; SDKs ignore it.
public struct TableThroughputModeSummary: Sendable, Hashable {
  public var tableThroughputMode: BillingMode
  public var lastUpdateToPayPerRequestDateTime: Timestamp?

  public init(tableThroughputMode: BillingMode, lastUpdateToPayPerRequestDateTime: Timestamp? = nil) {
    self.tableThroughputMode = tableThroughputMode
    self.lastUpdateToPayPerRequestDateTime = lastUpdateToPayPerRequestDateTime
  }
}

/// A table's storage class, shown once it has been set.
public struct TableClassSummary: Sendable, Hashable {
  public var tableClass: TableClass
  public var lastUpdateDateTime: Timestamp?

  public init(tableClass: TableClass, lastUpdateDateTime: Timestamp? = nil) {
    self.tableClass = tableClass
    self.lastUpdateDateTime = lastUpdateDateTime
  }
}

/// The throughput a table can take at once.
public struct TableWarmThroughputDescription: Sendable, Hashable {
  public var readUnitsPerSecond: Int?
  public var writeUnitsPerSecond: Int?
  public var status: TableStatus

  public init(readUnitsPerSecond: Int?, writeUnitsPerSecond: Int?, status: TableStatus) {
    self.readUnitsPerSecond = readUnitsPerSecond
    self.writeUnitsPerSecond = writeUnitsPerSecond
    self.status = status
  }
}

/// Whether a table's encryption is in force.
public enum SSEStatus: String, Sendable, Hashable, CaseIterable {
  case enabling = "ENABLING"
  case enabled = "ENABLED"
  case disabling = "DISABLING"
  case disabled = "DISABLED"
  case updating = "UPDATING"
}

/// A table's encryption at rest, shown when its keys are not the service's own.
public struct SSEDescription: Sendable, Hashable {
  public var status: SSEStatus
  public var sseType: SSEType?
  public var kmsMasterKeyArn: String?

  public init(status: SSEStatus, sseType: SSEType? = nil, kmsMasterKeyArn: String? = nil) {
    self.status = status
    self.sseType = sseType
    self.kmsMasterKeyArn = kmsMasterKeyArn
  }
}
