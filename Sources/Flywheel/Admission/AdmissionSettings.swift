/// What admission needs to know of the database: which tables are limited, and by which clock.
package struct AdmissionSettings: Sendable {
  package let throttling: DatabaseOptions.Throttling
  private let clock: ClockControl
  private let partitionBytesMax: Int
  /// What rings at the end of each minute of each table that is in use.
  package let bell = MinuteBell()

  package init(_ options: DatabaseOptions, _ clock: ClockControl) {
    throttling = options.throttling
    self.clock = clock
    partitionBytesMax = options.partitionBytesMax
  }

  /// What admits requests to a table; nil if nothing is limited or counted.
  func admission(
    of table: TableDefinition, arn: String, counters: ItemCounters, previous: ResourceAdmission?
  ) -> ResourceAdmission? {
    guard throttling != .off else { return nil }
    let setup = setup(
      of: table, id: table.id, arn: arn, isIndex: false, table.throughput, table.onDemandThroughput,
      table.warmThroughput, counters)
    return ResourceAdmission(setup, previous: previous, at: clock.elapsedNanoseconds)
  }

  /// What admits reads by a global index, and writes that change it.
  func admission(
    of index: GlobalIndexDefinition, in table: TableDefinition, tableARN: String, counters: ItemCounters,
    previous: ResourceAdmission?
  ) -> ResourceAdmission? {
    guard throttling != .off else { return nil }
    let setup = setup(
      of: table, id: index.id, arn: "\(tableARN)/index/\(index.specification.indexName)", isIndex: true,
      index.throughput, index.specification.onDemandThroughput, index.warmThroughput, counters)
    return ResourceAdmission(setup, previous: previous, at: clock.elapsedNanoseconds)
  }

  private func setup(
    of table: TableDefinition, id: UInt32, arn: String, isIndex: Bool, _ throughput: ThroughputHistory,
    _ onDemand: OnDemandThroughput?, _ level: WarmLevel, _ counters: ItemCounters
  ) -> ResourceAdmission.Setup {
    ResourceAdmission.Setup(
      tableName: table.name, id: id, arn: arn, isIndex: isIndex,
      isProvisioned: table.billingMode == .provisioned,
      reads: RateLimit(
        table.billingMode, provisioned: throughput.readCapacityUnits, maximum: onDemand?.maxReadRequestUnits,
        warm: level.readUnitsPerSecond, throttling),
      writes: RateLimit(
        table.billingMode, provisioned: throughput.writeCapacityUnits,
        maximum: onDemand?.maxWriteRequestUnits, warm: level.writeUnitsPerSecond, throttling),
      limitsPartitions: table.billingMode == .provisioned || throttling == .all,
      ranges: table.partitions[id] ?? PartitionRanges(for: level), level: level, counters: counters,
      partitionBytesMax: partitionBytesMax, bell: bell)
  }
}
