/// Asks what the account may provision.
public struct DescribeLimitsRequest: Sendable {
  public init() {}
}

/// The most that may be provisioned, in capacity units.
public struct DescribeLimitsResponse: Sendable {
  public var accountMaxReadCapacityUnits: Int
  public var accountMaxWriteCapacityUnits: Int
  public var tableMaxReadCapacityUnits: Int
  public var tableMaxWriteCapacityUnits: Int

  public init(
    accountMaxReadCapacityUnits: Int, accountMaxWriteCapacityUnits: Int, tableMaxReadCapacityUnits: Int,
    tableMaxWriteCapacityUnits: Int
  ) {
    self.accountMaxReadCapacityUnits = accountMaxReadCapacityUnits
    self.accountMaxWriteCapacityUnits = accountMaxWriteCapacityUnits
    self.tableMaxReadCapacityUnits = tableMaxReadCapacityUnits
    self.tableMaxWriteCapacityUnits = tableMaxWriteCapacityUnits
  }
}

extension Database {
  /// Tells what may be provisioned: the service's default quotas.
  nonisolated(nonsending) public func describeLimits(
    _ request: DescribeLimitsRequest = DescribeLimitsRequest()
  ) async throws(ServiceError) -> DescribeLimitsResponse {
    try await performAsync(DescribeLimits.self, request)
  }
}

package enum DescribeLimits: Operation {
  package static let name = "DescribeLimits"

  package static func run(
    _ request: DescribeLimitsRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> DescribeLimitsResponse {
    DescribeLimitsResponse(
      accountMaxReadCapacityUnits: ThroughputRules.unitsPerAccountMax,
      accountMaxWriteCapacityUnits: ThroughputRules.unitsPerAccountMax,
      tableMaxReadCapacityUnits: ThroughputRules.unitsPerTableMax,
      tableMaxWriteCapacityUnits: ThroughputRules.unitsPerTableMax)
  }
}
