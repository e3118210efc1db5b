/// Who decides how much a table may be read and written.
public enum BillingMode: String, Sendable, Hashable, CaseIterable {
  /// The owner sets read and write capacity units.
  case provisioned = "PROVISIONED"
  /// On demand: capacity follows the load.
  case payPerRequest = "PAY_PER_REQUEST"
}

/// Capacity that a table or an index is given, in units a second.
///
/// A read unit is one strongly consistent read of up to 4 KB a second, a write unit one write of up to 1 KB.
public struct ProvisionedThroughput: Sendable, Hashable {
  /// Read capacity units, at least 1.
  public var readCapacityUnits: Int
  /// Write capacity units, at least 1.
  public var writeCapacityUnits: Int

  public init(readCapacityUnits: Int, writeCapacityUnits: Int) {
    self.readCapacityUnits = readCapacityUnits
    self.writeCapacityUnits = writeCapacityUnits
  }
}

/// The most that an on-demand table or index may be used, in request units a second.
public struct OnDemandThroughput: Sendable, Hashable {
  /// Read request units; nil leaves them as they are, -1 (in an update) takes the limit away.
  public var maxReadRequestUnits: Int?
  /// Write request units; nil leaves them as they are, -1 (in an update) takes the limit away.
  public var maxWriteRequestUnits: Int?

  public init(maxReadRequestUnits: Int? = nil, maxWriteRequestUnits: Int? = nil) {
    self.maxReadRequestUnits = maxReadRequestUnits
    self.maxWriteRequestUnits = maxWriteRequestUnits
  }
}

/// Throughput that a table or an index can take at once, in units a second.
public struct WarmThroughput: Sendable, Hashable {
  public var readUnitsPerSecond: Int?
  public var writeUnitsPerSecond: Int?

  public init(readUnitsPerSecond: Int? = nil, writeUnitsPerSecond: Int? = nil) {
    self.readUnitsPerSecond = readUnitsPerSecond
    self.writeUnitsPerSecond = writeUnitsPerSecond
  }
}
