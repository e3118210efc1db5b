/// How tables are shown. What is in which answer follows recordings of the live service.
extension Table {
  /// The table as DescribeTable shows it.
  package func description(naming: ResourceNaming, now: Timestamp) -> TableDescription {
    var description = definition.description(naming: naming, now: now)
    let totals = counters.totals
    description.itemCount = max(0, totals.items)
    description.tableSizeBytes = max(0, totals.bytes)
    for position in (description.localSecondaryIndexes ?? []).indices {
      let index = description.localSecondaryIndexes![position]
      guard let totals = self.index(named: index.indexName)?.counters.totals else { continue }
      description.localSecondaryIndexes![position].itemCount = max(0, totals.items)
      description.localSecondaryIndexes![position].indexSizeBytes = max(0, totals.bytes)
    }
    for position in (description.globalSecondaryIndexes ?? []).indices {
      let index = description.globalSecondaryIndexes![position]
      guard let totals = self.index(named: index.indexName)?.counters.totals else { continue }
      description.globalSecondaryIndexes![position].itemCount = max(0, totals.items)
      description.globalSecondaryIndexes![position].indexSizeBytes = max(0, totals.bytes)
    }
    return description
  }
}

extension TableDefinition {
  /// All that the definition alone says of the table; counts are zero.
  package func description(naming: ResourceNaming, now: Timestamp) -> TableDescription {
    var description = TableDescription(
      tableName: name, tableStatus: status, tableArn: naming.tableARN(name))
    description.tableId = tableId
    description.attributeDefinitions = attributeDefinitions
    description.keySchema = keySchema
    description.creationDateTime = created
    description.provisionedThroughput = throughput.description(at: now)
    if becameOnDemand != nil || billingMode == .payPerRequest {
      description.billingModeSummary = BillingModeSummary(
        billingMode: billingMode, lastUpdateToPayPerRequestDateTime: becameOnDemand)
      description.tableThroughputModeSummary = TableThroughputModeSummary(
        tableThroughputMode: billingMode, lastUpdateToPayPerRequestDateTime: becameOnDemand)
    }
    if !localIndexes.isEmpty {
      description.localSecondaryIndexes = localIndexes.map { $0.description(table: name, naming: naming) }
    }
    if !globalIndexes.isEmpty {
      description.globalSecondaryIndexes = globalIndexes.map {
        $0.description(table: name, isAllocating: isAllocating($0), naming: naming, now: now)
      }
    }
    if let sse, sse.enabled == true {
      description.sseDescription = SSEDescription(
        status: .enabled, sseType: .kms, kmsMasterKeyArn: naming.keyARN(sse.kmsMasterKeyId ?? tableId))
    }
    if let tableClass {
      description.tableClassSummary = TableClassSummary(
        tableClass: tableClass, lastUpdateDateTime: tableClassChanged)
    }
    description.deletionProtectionEnabled = deletionProtection
    description.onDemandThroughput = onDemandThroughput
    description.warmThroughput = TableWarmThroughputDescription(
      readUnitsPerSecond: warmThroughput.readUnitsPerSecond,
      writeUnitsPerSecond: warmThroughput.writeUnitsPerSecond, status: .active)
    return description
  }
}

extension ThroughputHistory {
  /// The numbers and when they changed.
  package func description(at now: Timestamp) -> ProvisionedThroughputDescription {
    var description = ProvisionedThroughputDescription(
      readCapacityUnits: readCapacityUnits, writeCapacityUnits: writeCapacityUnits,
      numberOfDecreasesToday: decreases(at: now))
    description.lastIncreaseDateTime = lastIncrease
    description.lastDecreaseDateTime = lastDecrease
    return description
  }
}

extension LocalIndexDefinition {
  fileprivate func description(table: String, naming: ResourceNaming) -> LocalSecondaryIndexDescription {
    LocalSecondaryIndexDescription(
      indexName: specification.indexName, keySchema: specification.keySchema,
      projection: specification.projection,
      indexSizeBytes: 0, itemCount: 0,
      indexArn: naming.indexARN(table: table, index: specification.indexName))
  }
}

extension GlobalIndexDefinition {
  fileprivate func description(
    table: String, isAllocating: Bool, naming: ResourceNaming, now: Timestamp
  ) -> GlobalSecondaryIndexDescription {
    var description = GlobalSecondaryIndexDescription(
      indexName: specification.indexName, keySchema: specification.keySchema,
      projection: specification.projection,
      indexStatus: status, indexSizeBytes: 0, itemCount: 0,
      indexArn: naming.indexARN(table: table, index: specification.indexName))
    description.backfilling = status == .creating && isBackfilling ? !isAllocating : nil
    description.provisionedThroughput = throughput.description(at: now)
    description.onDemandThroughput = specification.onDemandThroughput
    description.warmThroughput = IndexWarmThroughputDescription(
      readUnitsPerSecond: warmThroughput.readUnitsPerSecond,
      writeUnitsPerSecond: warmThroughput.writeUnitsPerSecond, status: .active)
    return description
  }
}
