/// What is measured, under the names that the service's own metrics have in CloudWatch.
///
/// Source: the developer guide's "DynamoDB metrics and dimensions". What has a table has its name as dimension, and the
/// global index's where it is of one; what says "operation" has the operation's, too.
public enum MetricName: String, Sendable, Hashable, CaseIterable {
  /// Units used, of a table with its local indexes, or of a global index. Not counted with throttling off.
  case consumedReadCapacityUnits = "ConsumedReadCapacityUnits"
  case consumedWriteCapacityUnits = "ConsumedWriteCapacityUnits"
  /// Units provisioned, as they were when the minute ended.
  case provisionedReadCapacityUnits = "ProvisionedReadCapacityUnits"
  case provisionedWriteCapacityUnits = "ProvisionedWriteCapacityUnits"
  /// Reads and writes, the single ones of a batch or a transaction, that were refused for their rate.
  case readThrottleEvents = "ReadThrottleEvents"
  case writeThrottleEvents = "WriteThrottleEvents"
  /// The same, by what refused them.
  case readProvisionedThroughputThrottleEvents = "ReadProvisionedThroughputThrottleEvents"
  case writeProvisionedThroughputThrottleEvents = "WriteProvisionedThroughputThrottleEvents"
  case readMaxOnDemandThroughputThrottleEvents = "ReadMaxOnDemandThroughputThrottleEvents"
  case writeMaxOnDemandThroughputThrottleEvents = "WriteMaxOnDemandThroughputThrottleEvents"
  case readKeyRangeThroughputThrottleEvents = "ReadKeyRangeThroughputThrottleEvents"
  case writeKeyRangeThroughputThrottleEvents = "WriteKeyRangeThroughputThrottleEvents"
  case readAccountLimitThrottleEvents = "ReadAccountLimitThrottleEvents"
  case writeAccountLimitThrottleEvents = "WriteAccountLimitThrottleEvents"
  /// Requests that were answered with an error of throttling, and transactions of which an action was throttled; batches
  /// only if all of them was. By operation.
  case throttledRequests = "ThrottledRequests"
  /// Milliseconds from a request's reaching the database to its answer, for requests that succeed; one in eight is
  /// timed, table operations all are. By operation.
  case successfulRequestLatency = "SuccessfulRequestLatency"
  /// Requests that succeeded, all of them. By operation. (CloudWatch has this as the latency's sample count.)
  case successfulRequests = "SuccessfulRequests"
  /// Items that queries, scans and `SELECT` in ExecuteStatement returned. By operation.
  case returnedItemCount = "ReturnedItemCount"
  case conditionalCheckFailedRequests = "ConditionalCheckFailedRequests"
  /// Requests that met a transaction on the same item.
  case transactionConflict = "TransactionConflict"
  /// Answers with status 500 or 503. By operation.
  case systemErrors = "SystemErrors"
  /// Answers with status 400 besides those for failed conditions and of throttling. Of the whole database.
  case userErrors = "UserErrors"
  case timeToLiveDeletedItemCount = "TimeToLiveDeletedItemCount"
  /// The user's own limits on on-demand use, as they were when the minute ended.
  case onDemandMaxReadRequestUnits = "OnDemandMaxReadRequestUnits"
  case onDemandMaxWriteRequestUnits = "OnDemandMaxWriteRequestUnits"
  /// What may be provisioned in all, and for one table or index. Of the whole database, as all that follow.
  case accountMaxReads = "AccountMaxReads"
  case accountMaxWrites = "AccountMaxWrites"
  case accountMaxTableLevelReads = "AccountMaxTableLevelReads"
  case accountMaxTableLevelWrites = "AccountMaxTableLevelWrites"
  /// Per cent of what may be provisioned in all that is.
  case accountProvisionedReadCapacityUtilization = "AccountProvisionedReadCapacityUtilization"
  case accountProvisionedWriteCapacityUtilization = "AccountProvisionedWriteCapacityUtilization"
  /// Per cent of what one table or index may have that the one with most has.
  case maxProvisionedTableReadCapacityUtilization = "MaxProvisionedTableReadCapacityUtilization"
  case maxProvisionedTableWriteCapacityUtilization = "MaxProvisionedTableWriteCapacityUtilization"

  /// The number that stands for the metric on disk; see Docs/Formats/Metrics.md.
  package var code: UInt8 {
    switch self {
    case .consumedReadCapacityUnits: 1
    case .consumedWriteCapacityUnits: 2
    case .provisionedReadCapacityUnits: 3
    case .provisionedWriteCapacityUnits: 4
    case .readThrottleEvents: 5
    case .writeThrottleEvents: 6
    case .readProvisionedThroughputThrottleEvents: 7
    case .writeProvisionedThroughputThrottleEvents: 8
    case .readMaxOnDemandThroughputThrottleEvents: 9
    case .writeMaxOnDemandThroughputThrottleEvents: 10
    case .readKeyRangeThroughputThrottleEvents: 11
    case .writeKeyRangeThroughputThrottleEvents: 12
    case .readAccountLimitThrottleEvents: 13
    case .writeAccountLimitThrottleEvents: 14
    case .throttledRequests: 15
    case .successfulRequestLatency: 16
    case .successfulRequests: 17
    case .returnedItemCount: 18
    case .conditionalCheckFailedRequests: 19
    case .transactionConflict: 20
    case .systemErrors: 21
    case .userErrors: 22
    case .timeToLiveDeletedItemCount: 23
    case .onDemandMaxReadRequestUnits: 24
    case .onDemandMaxWriteRequestUnits: 25
    case .accountMaxReads: 26
    case .accountMaxWrites: 27
    case .accountMaxTableLevelReads: 28
    case .accountMaxTableLevelWrites: 29
    case .accountProvisionedReadCapacityUtilization: 30
    case .accountProvisionedWriteCapacityUtilization: 31
    case .maxProvisionedTableReadCapacityUtilization: 32
    case .maxProvisionedTableWriteCapacityUtilization: 33
    }
  }

  package init?(code: UInt8) {
    guard let metric = Self.allCases.first(where: { $0.code == code }) else { return nil }
    self = metric
  }

  /// Whether each of its numbers is looked at, so that the smallest and the largest are known.
  package var isSeenSingly: Bool { isGauge || self == .successfulRequestLatency }

  /// Whether its numbers are sums of which only the total is known; of all others each number is 1.
  package var isSummed: Bool {
    switch self {
    case .consumedReadCapacityUnits, .consumedWriteCapacityUnits, .returnedItemCount: true
    default: false
    }
  }

  /// Whether it is told by operation.
  public var hasOperations: Bool {
    switch self {
    case .throttledRequests, .successfulRequestLatency, .successfulRequests, .returnedItemCount,
      .systemErrors:
      true
    default: false
    }
  }

  /// Whether it says how things stand, rather than counts what happens.
  public var isGauge: Bool {
    switch self {
    case .provisionedReadCapacityUnits, .provisionedWriteCapacityUnits, .onDemandMaxReadRequestUnits,
      .onDemandMaxWriteRequestUnits, .accountMaxReads, .accountMaxWrites, .accountMaxTableLevelReads,
      .accountMaxTableLevelWrites, .accountProvisionedReadCapacityUtilization,
      .accountProvisionedWriteCapacityUtilization, .maxProvisionedTableReadCapacityUtilization,
      .maxProvisionedTableWriteCapacityUtilization:
      true
    default: false
    }
  }
}

/// What was measured in some stretch of time.
public struct MetricStatistics: Sendable, Hashable {
  /// How many numbers went into it.
  public var sampleCount = 0
  public var sum = 0.0
  /// The smallest and the largest of them: 1 where things are counted; nil where nobody looked at each (units used,
  /// items returned).
  public var minimum: Double?
  public var maximum: Double?

  public init(sampleCount: Int = 0, sum: Double = 0, minimum: Double? = nil, maximum: Double? = nil) {
    self.sampleCount = sampleCount
    self.sum = sum
    self.minimum = minimum
    self.maximum = maximum
  }

  /// So many things that were counted.
  package init(count: Int) {
    self.init(sampleCount: count, sum: Double(count), minimum: 1, maximum: 1)
  }

  public var average: Double { sampleCount == 0 ? 0 : sum / Double(sampleCount) }

  /// Takes in what was measured in another stretch of time.
  package mutating func merge(_ other: MetricStatistics) {
    guard other.sampleCount > 0 || other.sum != 0 else { return }
    minimum = [minimum, other.minimum].compactMap(\.self).min()
    maximum = [maximum, other.maximum].compactMap(\.self).max()
    sampleCount += other.sampleCount
    sum += other.sum
  }
}

/// Which of a table's numbers one is.
package struct MetricSeries: Sendable, Hashable {
  package var metric: MetricName
  package var operation: String?
  package var indexName: String?

  package init(_ metric: MetricName, operation: String? = nil, indexName: String? = nil) {
    self.metric = metric
    self.operation = operation
    self.indexName = indexName
  }
}
