import DynamoModel

/// What keeps a table or an index from more reads or writes a second, and how many they may be.
package struct RateLimit: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// What was provisioned.
    case provisionedThroughput
    /// What the user set as the most for an on-demand table or index.
    case maxOnDemandThroughput
    /// What the partitions of an on-demand table or index can take together at its present size; or, of a
    /// partition, what one can take.
    case keyRangeThroughput
    /// What any on-demand table of an account may use.
    case accountLimit
  }

  package var kind: Kind
  package var unitsPerSecond: Int
  /// How many seconds' unused units may be used later.
  package var burstSeconds: Int

  /// For how long unused units are kept, "currently up to 5 minutes (300 seconds)" with the service, for
  /// provisioned throughput and for the user's own limits on on-demand use.
  package static let burstSeconds = 300
  /// What a partition gives: the service's "3,000 read units and 1,000 write units per second".
  package static let partitionReadUnitsPerSecond = 3_000
  package static let partitionWriteUnitsPerSecond = 1_000
  /// More than anything gives, and little enough for the arithmetic of a bucket.
  static let unitsPerSecondMax = 1 << 40
  /// The default quota of an on-demand table.
  package static let onDemandUnitsPerSecondMax = 40_000

  /// The limit of a table or an index in one direction; nil for none.
  ///
  /// - Parameters:
  ///   - provisioned: units provisioned.
  ///   - maximum: the user's own limit on on-demand use.
  ///   - warm: what an on-demand table or index can take at once.
  package init?(
    _ billingMode: BillingMode, provisioned: Int, maximum: Int?, warm: Int,
    _ throttling: DatabaseOptions.Throttling
  ) {
    switch (billingMode, throttling) {
    case (_, .off): return nil
    case (.provisioned, _):
      self.init(.provisionedThroughput, provisioned, burstSeconds: Self.burstSeconds)
    case (.payPerRequest, .on):
      guard let maximum else { return nil }
      self.init(.maxOnDemandThroughput, maximum, burstSeconds: Self.burstSeconds)
    case (.payPerRequest, .all):
      let quota = Self.onDemandUnitsPerSecondMax
      let scaled = RateLimit(
        warm < quota ? .keyRangeThroughput : .accountLimit, min(warm, quota), burstSeconds: 1)
      if let maximum, maximum <= scaled.unitsPerSecond {
        self.init(.maxOnDemandThroughput, maximum, burstSeconds: Self.burstSeconds)
      } else {
        self = scaled
      }
    }
  }

  private init(_ kind: Kind, _ unitsPerSecond: Int, burstSeconds: Int) {
    self.kind = kind
    self.unitsPerSecond = max(1, min(unitsPerSecond, Self.unitsPerSecondMax))
    self.burstSeconds = burstSeconds
  }
}

/// Whether units are for reading or for writing.
package enum CapacityDirection: Sendable, Hashable {
  case read, write
}
