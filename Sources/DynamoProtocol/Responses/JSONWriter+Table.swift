import Flywheel

// A table's description, which five operations answer with.

extension JSONWriter {
  mutating func table(_ table: TableDescription, named name: StaticString) {
    object(table, named: name) { json, table in
      json.keys(table)
      json.state(table)
      json.throughput(table)
      json.indexes(table)
      json.settings(table)
    }
  }

  private mutating func keys(_ table: TableDescription) {
    array(table.attributeDefinitions, named: "AttributeDefinitions") { json, definition in
      json.beginObject()
      json.string(definition.attributeName, named: "AttributeName")
      json.word(definition.attributeType, named: "AttributeType")
      json.endObject()
    }
    string(table.tableName, named: "TableName")
    keySchema(table.keySchema)
  }

  private mutating func state(_ table: TableDescription) {
    word(table.tableStatus, named: "TableStatus")
    time(table.creationDateTime, named: "CreationDateTime")
    integer(table.tableSizeBytes, named: "TableSizeBytes")
    integer(table.itemCount, named: "ItemCount")
    string(table.tableArn, named: "TableArn")
    string(table.tableId, named: "TableId")
  }

  private mutating func throughput(_ table: TableDescription) {
    provisionedThroughput(table.provisionedThroughput)
    object(table.billingModeSummary, named: "BillingModeSummary") { json, summary in
      json.word(summary.billingMode, named: "BillingMode")
      json.time(summary.lastUpdateToPayPerRequestDateTime, named: "LastUpdateToPayPerRequestDateTime")
    }
    object(table.tableThroughputModeSummary, named: "TableThroughputModeSummary") { json, summary in
      json.word(summary.tableThroughputMode, named: "TableThroughputMode")
      json.time(summary.lastUpdateToPayPerRequestDateTime, named: "LastUpdateToPayPerRequestDateTime")
    }
    onDemandThroughput(table.onDemandThroughput)
    object(table.warmThroughput, named: "WarmThroughput") { json, warm in
      json.integer(warm.readUnitsPerSecond, named: "ReadUnitsPerSecond")
      json.integer(warm.writeUnitsPerSecond, named: "WriteUnitsPerSecond")
      json.word(warm.status, named: "Status")
    }
  }

  private mutating func settings(_ table: TableDescription) {
    object(table.streamSpecification, named: "StreamSpecification") { json, stream in
      json.bool(stream.streamEnabled, named: "StreamEnabled")
      json.word(stream.streamViewType, named: "StreamViewType")
    }
    string(table.latestStreamLabel, named: "LatestStreamLabel")
    string(table.latestStreamArn, named: "LatestStreamArn")
    object(table.sseDescription, named: "SSEDescription") { json, sse in
      json.word(sse.status, named: "Status")
      json.word(sse.sseType, named: "SSEType")
      json.string(sse.kmsMasterKeyArn, named: "KMSMasterKeyArn")
    }
    object(table.tableClassSummary, named: "TableClassSummary") { json, summary in
      json.word(summary.tableClass, named: "TableClass")
      json.time(summary.lastUpdateDateTime, named: "LastUpdateDateTime")
    }
    bool(table.deletionProtectionEnabled, named: "DeletionProtectionEnabled")
  }
}

// MARK: - Indexes

extension JSONWriter {
  private mutating func indexes(_ table: TableDescription) {
    array(table.localSecondaryIndexes, named: "LocalSecondaryIndexes") { json, index in
      json.beginObject()
      json.string(index.indexName, named: "IndexName")
      json.keySchema(index.keySchema)
      json.projection(index.projection)
      json.integer(index.indexSizeBytes, named: "IndexSizeBytes")
      json.integer(index.itemCount, named: "ItemCount")
      json.string(index.indexArn, named: "IndexArn")
      json.endObject()
    }
    array(table.globalSecondaryIndexes, named: "GlobalSecondaryIndexes") { json, index in
      json.beginObject()
      json.globalIndex(index)
      json.endObject()
    }
  }

  private mutating func globalIndex(_ index: GlobalSecondaryIndexDescription) {
    string(index.indexName, named: "IndexName")
    keySchema(index.keySchema)
    projection(index.projection)
    word(index.indexStatus, named: "IndexStatus")
    bool(index.backfilling, named: "Backfilling")
    provisionedThroughput(index.provisionedThroughput)
    integer(index.indexSizeBytes, named: "IndexSizeBytes")
    integer(index.itemCount, named: "ItemCount")
    string(index.indexArn, named: "IndexArn")
    onDemandThroughput(index.onDemandThroughput)
    object(index.warmThroughput, named: "WarmThroughput") { json, warm in
      json.integer(warm.readUnitsPerSecond, named: "ReadUnitsPerSecond")
      json.integer(warm.writeUnitsPerSecond, named: "WriteUnitsPerSecond")
      json.word(warm.status, named: "Status")
    }
  }

  private mutating func keySchema(_ keySchema: [KeySchemaElement]?) {
    array(keySchema, named: "KeySchema") { json, element in
      json.beginObject()
      json.string(element.attributeName, named: "AttributeName")
      json.word(element.keyType, named: "KeyType")
      json.endObject()
    }
  }

  private mutating func projection(_ projection: Projection) {
    object(projection, named: "Projection") { json, projection in
      json.word(projection.projectionType, named: "ProjectionType")
      json.strings(projection.nonKeyAttributes, named: "NonKeyAttributes")
    }
  }

  private mutating func provisionedThroughput(_ throughput: ProvisionedThroughputDescription?) {
    object(throughput, named: "ProvisionedThroughput") { json, throughput in
      json.time(throughput.lastIncreaseDateTime, named: "LastIncreaseDateTime")
      json.time(throughput.lastDecreaseDateTime, named: "LastDecreaseDateTime")
      json.integer(throughput.numberOfDecreasesToday, named: "NumberOfDecreasesToday")
      json.integer(throughput.readCapacityUnits, named: "ReadCapacityUnits")
      json.integer(throughput.writeCapacityUnits, named: "WriteCapacityUnits")
    }
  }

  private mutating func onDemandThroughput(_ throughput: OnDemandThroughput?) {
    object(throughput, named: "OnDemandThroughput") { json, throughput in
      json.integer(throughput.maxReadRequestUnits, named: "MaxReadRequestUnits")
      json.integer(throughput.maxWriteRequestUnits, named: "MaxWriteRequestUnits")
    }
  }
}
