/// What admission needs to know of the database: which tables are limited, and by which clock.
package struct AdmissionSettings: Sendable {
  package let throttling: DatabaseOptions.Throttling
  package let clock: DatabaseClock

  package init(_ options: DatabaseOptions) {
    throttling = options.throttling
    clock = options.clock
  }

  /// What admits requests to a table; nil if nothing is limited or counted.
  func admission(
    of table: TableDefinition, arn: String, previous: ResourceAdmission?
  ) -> ResourceAdmission? {
    make(
      arn: arn, isIndex: false, table.billingMode, table.throughput, table.onDemandThroughput,
      table.warmThroughput, previous)
  }

  /// What admits reads by a global index, and writes that change it.
  func admission(
    of index: GlobalIndexDefinition, in table: TableDefinition, tableARN: String, previous: ResourceAdmission?
  ) -> ResourceAdmission? {
    make(
      arn: "\(tableARN)/index/\(index.specification.indexName)", isIndex: true, table.billingMode,
      index.throughput, index.specification.onDemandThroughput, index.warmThroughput, previous)
  }

  private func make(
    arn: String, isIndex: Bool, _ billingMode: BillingMode, _ throughput: ThroughputHistory,
    _ onDemand: OnDemandThroughput?, _ warm: WarmLevel, _ previous: ResourceAdmission?
  ) -> ResourceAdmission? {
    guard throttling != .off else { return nil }
    let isProvisioned = billingMode == .provisioned
    return ResourceAdmission(
      arn: arn, isIndex: isIndex, isProvisioned: isProvisioned,
      reads: RateLimit(
        billingMode, provisioned: throughput.readCapacityUnits, maximum: onDemand?.maxReadRequestUnits,
        warm: warm.readUnitsPerSecond, throttling),
      writes: RateLimit(
        billingMode, provisioned: throughput.writeCapacityUnits, maximum: onDemand?.maxWriteRequestUnits,
        warm: warm.writeUnitsPerSecond, throttling),
      limitsPartitions: isProvisioned || throttling == .all, ranges: PartitionRanges(for: warm),
      previous: previous, at: clock.elapsedNanoseconds)
  }
}
