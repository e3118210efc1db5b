import DynamoModel

/// How the catalog's records are stored: as items, like everything else, with the attribute names of
/// Docs/Formats/Catalog.md. Absent means nil, false or an empty list.
package enum StoredDefinition {
  /// The format that this release writes, in the meta record.
  package static let format = 1

  package static func encodeMeta(nextID: UInt32) -> [UInt8] {
    item(["Format": .number(DynamoNumber(format)), "NextId": .number(DynamoNumber(Int(nextID)))])
  }

  /// The next id to give out. Throws when the record is of a newer format.
  package static func decodeMeta(_ record: Item) throws(DatabaseError) -> UInt32 {
    let fields = StoredFields(record.attributes, of: "the catalog's meta record")
    let found = try fields.int("Format")
    guard found <= format else {
      throw .unsupportedFormat(what: "catalog", found: found, newestKnown: format)
    }
    return try fields.id("NextId")
  }

  package static func encode(_ table: TableDefinition) -> [UInt8] {
    var fields: [String: AttributeValue] = [
      "Id": .int(Int(table.id)), "Name": .string(table.name), "TableId": .string(table.tableId),
      "Created": .time(table.created), "Status": .string(table.status.rawValue),
      "Key": encode(table.keySchema),
      "Attributes": .list(
        table.attributeDefinitions.map {
          .map(["Name": .string($0.attributeName), "Type": .string($0.attributeType.rawValue)])
        }),
      "BillingMode": .string(table.billingMode.rawValue), "Throughput": encode(table.throughput),
      "Warm": encode(table.warmThroughput),
    ]
    fields["Policy"] = table.policy.map(encode)
    fields["PolicyDeleted"] = table.policyDeleted.map { .int(Int($0)) }
    fields["AutoScaling"] = StoredAutoScaling.encode(table.autoScaling)
    fields["TimeToLive"] = table.timeToLive.map(encode)
    fields["TimeToLiveChanged"] = table.timeToLiveChanged.map { .time($0) }
    fields["Insights"] = table.contributorInsights.map(encode)
    fields["Partitions"] = encode(table.partitions)
    fields["CollectionsId"] = table.collectionsID.map { .int(Int($0)) }
    fields["LocalIndexes"] = .nonEmpty(table.localIndexes.map(encode))
    fields["GlobalIndexes"] = .nonEmpty(table.globalIndexes.map(encode))
    fields["BecameOnDemand"] = table.becameOnDemand.map { .time($0) }
    fields["OnDemandSwitches"] = .nonEmpty(table.onDemandSwitches.map { .time($0) })
    fields["OnDemand"] = table.onDemandThroughput.map(encode)
    fields["TableClass"] = table.tableClass.map { .string($0.rawValue) }
    fields["TableClassChanged"] = table.tableClassChanged.map { .time($0) }
    fields["TableClassChangedBefore"] = table.tableClassChangedBefore.map { .time($0) }
    fields["DeletionProtection"] = table.deletionProtection ? .bool(true) : nil
    fields["DeletionProtectionChanged"] = table.deletionProtectionChanged.map { .time($0) }
    fields["EncryptionChanges"] = table.encryptionChanges.map(encode)
    if let sse = table.sse {
      var stored: [String: AttributeValue] = [:]
      stored["Enabled"] = sse.enabled.map { .bool($0) }
      stored["Type"] = sse.sseType.map { .string($0.rawValue) }
      stored["Key"] = sse.kmsMasterKeyId.map { .string($0) }
      fields["SSE"] = .map(stored)
    }
    fields["Tags"] = .nonEmpty(
      table.tags.map { .map(["Key": .string($0.key), "Value": .string($0.value)]) })
    return item(fields)
  }

  package static func decode(_ record: Item) throws(DatabaseError) -> TableDefinition {
    let fields = StoredFields(record.attributes, of: "a table's definition")
    var table = TableDefinition(
      id: try fields.id("Id"), name: try fields.string("Name"), tableId: try fields.string("TableId"),
      created: try fields.time("Created"), status: try fields.word("Status"),
      keySchema: try keySchema(fields),
      attributeDefinitions: try fields.requiredMaps("Attributes").mapTyped {
        attribute throws(DatabaseError) in
        AttributeDefinition(try attribute.string("Name"), try attribute.word("Type"))
      },
      billingMode: try fields.word("BillingMode"), throughput: try throughput(fields.map("Throughput")),
      warmThroughput: try warm(fields.map("Warm")))
    table.localIndexes = try fields.maps("LocalIndexes").mapTyped(localIndex)
    table.globalIndexes = try fields.maps("GlobalIndexes").mapTyped(globalIndex)
    table.policy = try policy(fields)
    table.policyDeleted = try fields.optionalInt("PolicyDeleted").map { Int64($0) }
    table.timeToLive = try timeToLive(fields)
    table.timeToLiveChanged = try fields.optionalTime("TimeToLiveChanged")
    table.contributorInsights = try insights(fields)
    table.partitions = try partitions(fields)
    table.autoScaling = try StoredAutoScaling.decode(fields)
    table.collectionsID = try fields.optionalID("CollectionsId")
    table.becameOnDemand = try fields.optionalTime("BecameOnDemand")
    table.onDemandSwitches = try fields.times("OnDemandSwitches")
    table.onDemandThroughput = try onDemand(fields)
    table.tableClass = try fields.optionalWord("TableClass")
    table.tableClassChanged = try fields.optionalTime("TableClassChanged")
    table.tableClassChangedBefore = try fields.optionalTime("TableClassChangedBefore")
    table.deletionProtection = try fields.flag("DeletionProtection")
    table.deletionProtectionChanged = try fields.optionalTime("DeletionProtectionChanged")
    table.encryptionChanges = try encryptionChanges(fields)
    if let sse = try fields.optionalMap("SSE") {
      table.sse = SSESpecification(
        enabled: try sse.optionalFlag("Enabled"), sseType: try sse.optionalWord("Type"),
        kmsMasterKeyId: try sse.optionalString("Key"))
    }
    table.tags = try fields.maps("Tags").mapTyped { tag throws(DatabaseError) in
      Tag(key: try tag.string("Key"), value: try tag.string("Value"))
    }
    return table
  }

  // MARK: Parts

  private static func encode(_ partitions: [UInt32: PartitionRanges]) -> AttributeValue? {
    if partitions.isEmpty { return nil }
    return .map(
      Dictionary(uniqueKeysWithValues: partitions.map { (String($0.key), .binary($0.value.encoded)) }))
  }

  private static func partitions(_ fields: StoredFields) throws(DatabaseError) -> [UInt32: PartitionRanges] {
    var partitions: [UInt32: PartitionRanges] = [:]
    for (name, value) in try fields.optionalMap("Partitions")?.values ?? [:] {
      guard let id = UInt32(name), case .binary(let bytes) = value,
        let ranges = PartitionRanges(encoded: bytes)
      else {
        throw .catalogCorrupt(reason: "field Partitions of a table's definition is not what it should be")
      }
      partitions[id] = ranges
    }
    return partitions
  }

  private static func encode(_ schema: [KeySchemaElement]) -> AttributeValue {
    .list(
      schema.map { .map(["Name": .string($0.attributeName), "Role": .string($0.keyType.rawValue)]) })
  }

  private static func keySchema(_ fields: StoredFields) throws(DatabaseError) -> [KeySchemaElement] {
    try fields.requiredMaps("Key").mapTyped { element throws(DatabaseError) in
      KeySchemaElement(try element.string("Name"), try element.word("Role"))
    }
  }

  private static func encode(_ projection: Projection) -> AttributeValue {
    var fields: [String: AttributeValue] = [:]
    fields["Type"] = projection.projectionType.map { .string($0.rawValue) }
    fields["Names"] = projection.nonKeyAttributes.map { .list($0.map { .string($0) }) }
    return .map(fields)
  }

  private static func projection(_ fields: StoredFields) throws(DatabaseError) -> Projection {
    let stored = try fields.map("Projection")
    return Projection(try stored.optionalWord("Type"), nonKeyAttributes: try stored.optionalStrings("Names"))
  }

  private static func encode(_ index: LocalIndexDefinition) -> AttributeValue {
    .map([
      "Id": .int(Int(index.id)), "Name": .string(index.specification.indexName),
      "Key": encode(index.specification.keySchema), "Projection": encode(index.specification.projection),
    ])
  }

  private static func localIndex(_ fields: StoredFields) throws(DatabaseError) -> LocalIndexDefinition {
    LocalIndexDefinition(
      id: try fields.id("Id"),
      specification: LocalSecondaryIndex(
        indexName: try fields.string("Name"), keySchema: try keySchema(fields),
        projection: try projection(fields)))
  }

  private static func encode(_ index: GlobalIndexDefinition) -> AttributeValue {
    var fields: [String: AttributeValue] = [
      "Id": .int(Int(index.id)), "Name": .string(index.specification.indexName),
      "Key": encode(index.specification.keySchema), "Projection": encode(index.specification.projection),
      "Status": .string(index.status.rawValue), "Throughput": encode(index.throughput),
      "Warm": encode(index.warmThroughput),
    ]
    fields["Backfilling"] = index.isBackfilling ? .bool(true) : nil
    fields["AutoScaling"] = StoredAutoScaling.encode(index.autoScaling)
    fields["OnDemand"] = index.specification.onDemandThroughput.map(encode)
    fields["Insights"] = index.contributorInsights.map(encode)
    return .map(fields)
  }

  private static func globalIndex(_ fields: StoredFields) throws(DatabaseError) -> GlobalIndexDefinition {
    var index = GlobalIndexDefinition(
      id: try fields.id("Id"),
      specification: GlobalSecondaryIndex(
        indexName: try fields.string("Name"), keySchema: try keySchema(fields),
        projection: try projection(fields),
        onDemandThroughput: try onDemand(fields)),
      status: try fields.word("Status"), throughput: try throughput(fields.map("Throughput")),
      warmThroughput: try warm(fields.map("Warm")))
    index.isBackfilling = try fields.flag("Backfilling")
    index.contributorInsights = try insights(fields)
    index.autoScaling = try StoredAutoScaling.decode(fields)
    return index
  }

  private static func encode(_ throughput: ThroughputHistory) -> AttributeValue {
    var fields: [String: AttributeValue] = [
      "Read": .int(throughput.readCapacityUnits), "Write": .int(throughput.writeCapacityUnits),
      "Decreases": .int(throughput.decreasesThatDay),
    ]
    fields["LastIncrease"] = throughput.lastIncrease.map { .time($0) }
    fields["LastDecrease"] = throughput.lastDecrease.map { .time($0) }
    return .map(fields)
  }

  private static func throughput(_ fields: StoredFields) throws(DatabaseError) -> ThroughputHistory {
    var throughput = ThroughputHistory()
    throughput.readCapacityUnits = try fields.int("Read")
    throughput.writeCapacityUnits = try fields.int("Write")
    throughput.decreasesThatDay = try fields.int("Decreases")
    throughput.lastIncrease = try fields.optionalTime("LastIncrease")
    throughput.lastDecrease = try fields.optionalTime("LastDecrease")
    return throughput
  }

  private static func encode(_ level: WarmLevel) -> AttributeValue {
    .map(["Read": .int(level.readUnitsPerSecond), "Write": .int(level.writeUnitsPerSecond)])
  }

  private static func warm(_ fields: StoredFields) throws(DatabaseError) -> WarmLevel {
    WarmLevel(readUnitsPerSecond: try fields.int("Read"), writeUnitsPerSecond: try fields.int("Write"))
  }

  private static func encode(_ policy: AttachedPolicy) -> AttributeValue {
    .map([
      "Document": .string(policy.document.text), "SaysVersion": .bool(policy.document.saysVersion),
      "Revision": .int(Int(policy.revision)),
    ])
  }

  private static func policy(_ fields: StoredFields) throws(DatabaseError) -> AttachedPolicy? {
    guard let stored = try fields.optionalMap("Policy") else { return nil }
    let document = PolicyDocument(
      text: try stored.string("Document"), saysVersion: try stored.flag("SaysVersion"))
    return AttachedPolicy(document: document, revision: Int64(try stored.int("Revision")))
  }

  private static func encode(_ timeToLive: TimeToLive) -> AttributeValue {
    .map([
      "Name": .string(timeToLive.attributeName), "Id": .int(Int(timeToLive.id)),
      "Filling": .bool(timeToLive.isFilling),
    ])
  }

  private static func timeToLive(_ fields: StoredFields) throws(DatabaseError) -> TimeToLive? {
    guard let stored = try fields.optionalMap("TimeToLive") else { return nil }
    return TimeToLive(
      attributeName: try stored.string("Name"), id: try stored.id("Id"), isFilling: try stored.flag("Filling")
    )
  }

  private static func encode(_ throughput: OnDemandThroughput) -> AttributeValue {
    var fields: [String: AttributeValue] = [:]
    fields["Read"] = throughput.maxReadRequestUnits.map { .int($0) }
    fields["Write"] = throughput.maxWriteRequestUnits.map { .int($0) }
    return .map(fields)
  }

  private static func onDemand(_ fields: StoredFields) throws(DatabaseError) -> OnDemandThroughput? {
    guard let stored = try fields.optionalMap("OnDemand") else { return nil }
    return OnDemandThroughput(
      maxReadRequestUnits: try stored.optionalInt("Read"),
      maxWriteRequestUnits: try stored.optionalInt("Write"))
  }

  /// The stored form of named values that this type chose itself: nesting and sets can't be at fault.
  private static func item(_ fields: [String: AttributeValue]) -> [UInt8] {
    do {
      return try Item(fields).bytes
    } catch {
      preconditionFailure("a record of the catalog can't be encoded: \(error)")
    }
  }
}

extension AttributeValue {
  static func int(_ value: Int) -> AttributeValue { .number(DynamoNumber(value)) }

  static func time(_ value: Timestamp) -> AttributeValue {
    .number(DynamoNumber(value.nanosecondsSince1970))
  }

  fileprivate static func nonEmpty(_ values: [AttributeValue]) -> AttributeValue? {
    values.isEmpty ? nil : .list(values)
  }
}

extension Array {
  /// `map` that keeps the type of what is thrown.
  fileprivate func mapTyped<Result>(
    _ transform: (Element) throws(DatabaseError) -> Result
  ) throws(DatabaseError) -> [Result] {
    var results: [Result] = []
    results.reserveCapacity(count)
    for element in self { results.append(try transform(element)) }
    return results
  }
}
