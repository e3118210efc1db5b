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
