/// How things stand when a minute ends: what tables and indexes are set up with, and what of the quotas that is.
///
/// Noted of what was used in the minute, so that what nobody uses leaves no records.
extension GatheredMinute.Table {
  private mutating func note(_ metric: MetricName, _ value: Double, index: String? = nil) {
    gathered[MetricSeries(metric, indexName: index)] = MetricStatistics(
      sampleCount: 1, sum: value, minimum: value, maximum: value)
  }

  /// Notes what a table and its global indexes are set up with.
  mutating func gatherGauges(of definition: TableDefinition) {
    gather(definition.throughput, definition.onDemandThroughput, of: definition.billingMode, index: nil)
    for index in definition.globalIndexes {
      gather(
        index.throughput, index.specification.onDemandThroughput, of: definition.billingMode,
        index: index.specification.indexName)
    }
  }

  private mutating func gather(
    _ throughput: ThroughputHistory, _ onDemand: OnDemandThroughput?, of mode: BillingMode, index: String?
  ) {
    switch mode {
    case .provisioned:
      note(.provisionedReadCapacityUnits, Double(throughput.readCapacityUnits), index: index)
      note(.provisionedWriteCapacityUnits, Double(throughput.writeCapacityUnits), index: index)
    case .payPerRequest:
      if let units = onDemand?.maxReadRequestUnits {
        note(.onDemandMaxReadRequestUnits, Double(units), index: index)
      }
      if let units = onDemand?.maxWriteRequestUnits {
        note(.onDemandMaxWriteRequestUnits, Double(units), index: index)
      }
    }
  }

  /// Notes what may be provisioned, and how much of that is. On-demand tables have no part in it.
  mutating func gatherQuotas(_ tables: some Sequence<Table>) {
    var all = (read: 0, write: 0)
    var most = (read: 0, write: 0)
    for table in tables where table.definition.billingMode == .provisioned {
      for throughput in [table.definition.throughput] + table.definition.globalIndexes.map(\.throughput) {
        all.read += throughput.readCapacityUnits
        all.write += throughput.writeCapacityUnits
        most.read = max(most.read, throughput.readCapacityUnits)
        most.write = max(most.write, throughput.writeCapacityUnits)
      }
    }
    let account = Double(ThroughputRules.unitsPerAccountMax)
    let table = Double(ThroughputRules.unitsPerTableMax)
    note(.accountMaxReads, account)
    note(.accountMaxWrites, account)
    note(.accountMaxTableLevelReads, table)
    note(.accountMaxTableLevelWrites, table)
    note(.accountProvisionedReadCapacityUtilization, Double(all.read * 100) / account)
    note(.accountProvisionedWriteCapacityUtilization, Double(all.write * 100) / account)
    note(.maxProvisionedTableReadCapacityUtilization, Double(most.read * 100) / table)
    note(.maxProvisionedTableWriteCapacityUtilization, Double(most.write * 100) / table)
  }
}
