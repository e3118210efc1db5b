/// What an update answers.
extension TableUpdate {
  /// The table between the old definition and the new one, as the service shows it.
  package func description(of table: Table, _ naming: ResourceNaming) -> TableDescription {
    let counted = table.description(naming: naming, now: context.now)
    var shown = new.description(naming: naming, now: context.now)
    shown.itemCount = counted.itemCount
    shown.tableSizeBytes = counted.tableSizeBytes
    shown.localSecondaryIndexes = counted.localSecondaryIndexes
    shown.tableStatus = isUpdating ? .updating : .active
    if new.billingMode == old.billingMode {
      shown.provisionedThroughput?.readCapacityUnits = old.throughput.readCapacityUnits
      shown.provisionedThroughput?.writeCapacityUnits = old.throughput.writeCapacityUnits
      shown.provisionedThroughput?.numberOfDecreasesToday = old.throughput.decreases(at: context.now)
    } else {
      // When it last became on-demand is told once it has; and that its units go looks like a decrease until they have gone.
      shown.billingModeSummary?.lastUpdateToPayPerRequestDateTime = old.becameOnDemand
      shown.tableThroughputModeSummary?.lastUpdateToPayPerRequestDateTime = old.becameOnDemand
      if new.billingMode == .payPerRequest {
        shown.provisionedThroughput?.lastDecreaseDateTime = context.now
      }
    }
    if new.tableClass != old.tableClass {
      shown.tableClassSummary = old.tableClass.map {
        TableClassSummary(tableClass: $0, lastUpdateDateTime: old.tableClassChanged)
      }
    }
    if request.sseSpecification != nil { shown.sseDescription?.status = .updating }
    if let asked = request.onDemand {
      shown.onDemandThroughput = OnDemandThroughput(
        maxReadRequestUnits: asked.maxReadRequestUnits ?? old.onDemandThroughput?.maxReadRequestUnits,
        maxWriteRequestUnits: asked.maxWriteRequestUnits ?? old.onDemandThroughput?.maxWriteRequestUnits)
    }
    if request.warm != nil {
      shown.warmThroughput = TableWarmThroughputDescription(
        readUnitsPerSecond: old.warmThroughput.readUnitsPerSecond,
        writeUnitsPerSecond: old.warmThroughput.writeUnitsPerSecond, status: .updating)
    }
    shown.globalSecondaryIndexes = shownIndexes(naming, counted.globalSecondaryIndexes ?? [])
    return shown
  }

  private func shownIndexes(
    _ naming: ResourceNaming, _ counted: [GlobalSecondaryIndexDescription]
  ) -> [GlobalSecondaryIndexDescription]? {
    // One that goes is shown for the last time.
    var definition = new
    for index in old.globalIndexes where !new.globalIndexes.contains(where: { $0.id == index.id }) {
      definition.globalIndexes.append(index)
    }
    var shown = definition.description(naming: naming, now: context.now).globalSecondaryIndexes ?? []
    for position in shown.indices {
      let name = shown[position].indexName
      let id = definition.globalIndexes[position].id
      let before = old.globalIndexes.first { $0.id == id }
      if let counts = counted.first(where: { $0.indexName == name }) {
        shown[position].itemCount = counts.itemCount
        shown[position].indexSizeBytes = counts.indexSizeBytes
      }
      if id == createdIndexID {
        shown[position].backfilling = false
        shown[position].warmThroughput?.status = .creating
      } else if request.globalSecondaryIndexUpdates?.contains(where: { $0.delete?.indexName == name }) == true
      {
        shown[position].indexStatus = .deleting
        shown[position].backfilling = nil
      } else if let action = request.globalSecondaryIndexUpdates?.compactMap(\.update).first(where: {
        $0.indexName == name
      }), let before {
        if action.provisionedThroughput != nil || action.onDemandThroughput != nil {
          shown[position].indexStatus = .updating
        }
        if new.billingMode == old.billingMode {
          shown[position].provisionedThroughput?.readCapacityUnits = before.throughput.readCapacityUnits
          shown[position].provisionedThroughput?.writeCapacityUnits = before.throughput.writeCapacityUnits
          shown[position].provisionedThroughput?.numberOfDecreasesToday = before.throughput.decreases(
            at: context.now)
        }
        if action.warmThroughput != nil {
          shown[position].warmThroughput = IndexWarmThroughputDescription(
            readUnitsPerSecond: before.warmThroughput.readUnitsPerSecond,
            writeUnitsPerSecond: before.warmThroughput.writeUnitsPerSecond, status: .updating)
        }
      }
    }
    return shown.isEmpty ? nil : shown
  }
}
