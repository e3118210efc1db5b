import DynamoModel

/// All that is known of a table: what the catalog stores, and what everything else about the table is made
/// from.
///
/// A value; the catalog replaces it as a whole. `Table` is its digest for the request path.
package struct TableDefinition: Sendable, Hashable {
  /// What the table's keys begin with. Never used again once the table is gone.
  package var id: UInt32
  package var name: String
  /// The table's identity in the API: a new one each time a table of this name is made.
  package var tableId: String
  package var created: Timestamp
  package var status: TableStatus
  package var keySchema: [KeySchemaElement]
  /// Types of all key attributes, ordered by name.
  package var attributeDefinitions: [AttributeDefinition]
  package var localIndexes: [LocalIndexDefinition] = []
  package var globalIndexes: [GlobalIndexDefinition] = []
  package var billingMode: BillingMode
  /// When the table last became on-demand; nil if it never was.
  package var becameOnDemand: Timestamp?
  /// When it was last switched from provisioned to on-demand, the latest last: as many times as count
  /// (`ChangeIntervals.onDemandSwitchesMax`).
  package var onDemandSwitches: [Timestamp] = []
  package var throughput: ThroughputHistory
  package var onDemandThroughput: OnDemandThroughput?
  package var warmThroughput: WarmLevel
  package var sse: SSESpecification?
  package var tableClass: TableClass?
  package var tableClassChanged: Timestamp?
  /// When the class changed the time before; nil if it did not.
  package var tableClassChangedBefore: Timestamp?
  package var deletionProtection = false
  /// When `deletionProtection` was last changed; nil if it is what the table was made with.
  package var deletionProtectionChanged: Timestamp?
  /// The changes of encryption of the last day; nil if there never was one.
  package var encryptionChanges: EncryptionChanges?
  /// Ordered by key.
  package var tags: [Tag] = []
  /// What the keys of the sizes of item collections begin with; nil for tables without local indexes, and for
  /// those that were made before such sizes were kept.
  package var collectionsID: UInt32?
  package var timeToLive: TimeToLive?
  /// When a time to live was last set or taken away; nil if none ever was.
  package var timeToLiveChanged: Timestamp?
  /// Whether the table's busiest keys are told; nil if they never were.
  package var contributorInsights: ContributorInsights?
  /// Where the partitions of the table and of its global indexes begin, by id; nothing of one for which nothing was
  /// noted yet.
  package var partitions: [UInt32: PartitionRanges] = [:]
  package var autoScaling = AutoScaling()
  package var policy: AttachedPolicy?
  /// When a policy was last taken off, as its revisions count; nil if the table has one or never had any.
  package var policyDeleted: Int64?

  package init(
    id: UInt32, name: String, tableId: String, created: Timestamp, status: TableStatus,
    keySchema: [KeySchemaElement], attributeDefinitions: [AttributeDefinition], billingMode: BillingMode,
    throughput: ThroughputHistory, warmThroughput: WarmLevel
  ) {
    self.id = id
    self.name = name
    self.tableId = tableId
    self.created = created
    self.status = status
    self.keySchema = keySchema
    self.attributeDefinitions = attributeDefinitions
    self.billingMode = billingMode
    self.throughput = throughput
    self.warmThroughput = warmThroughput
  }

  /// The type of a key attribute.
  package func type(of attributeName: String) -> ScalarAttributeType? {
    attributeDefinitions.first { $0.attributeName.isSame(as: attributeName) }?.attributeType
  }

  package func globalIndex(named name: String) -> GlobalIndexDefinition? {
    globalIndexes.first { $0.specification.indexName == name }
  }

  /// Every id whose keys belong to this table: its own, its indexes', and those of its collections
  /// and of the times at which its items expire.
  package var ids: [UInt32] {
    [id] + localIndexes.map(\.id) + globalIndexes.map(\.id)
      + [collectionsID, timeToLive?.id].compactMap(\.self)
  }

  /// Forgets the types of attributes that are no longer part of any key, as the service does.
  package mutating func pruneAttributeDefinitions() {
    var used = keySchema
    for index in localIndexes { used += index.specification.keySchema }
    for index in globalIndexes { used += index.specification.keySchema }
    let usedNames = Set(used.map { ByteText($0.attributeName) })
    attributeDefinitions.removeAll { !usedNames.contains(ByteText($0.attributeName)) }
  }
}

/// A resource policy and its revision: the milliseconds since 1970 of its last change.
package struct AttachedPolicy: Sendable, Hashable {
  package var document: PolicyDocument
  package var revision: Int64

  package init(document: PolicyDocument, revision: Int64) {
    self.document = document
    self.revision = revision
  }
}

extension TableDefinition {
  /// The revision of a policy that is attached or taken off at `now`: later than all before it.
  package func nextPolicyRevision(at now: Timestamp) -> Int64 {
    max(now.nanosecondsSince1970 / 1_000_000, (policy?.revision ?? policyDeleted ?? 0) + 1)
  }
}

/// A local index as the catalog stores it.
package struct LocalIndexDefinition: Sendable, Hashable {
  package var id: UInt32
  package var specification: LocalSecondaryIndex

  package init(id: UInt32, specification: LocalSecondaryIndex) {
    self.id = id
    self.specification = specification
  }
}

/// A global index as the catalog stores it. Throughput is in `throughput`, not in the specification.
package struct GlobalIndexDefinition: Sendable, Hashable {
  package var id: UInt32
  package var specification: GlobalSecondaryIndex
  package var status: IndexStatus
  /// True from an index's creation by UpdateTable until it holds all items.
  package var isBackfilling = false
  package var throughput: ThroughputHistory
  package var warmThroughput: WarmLevel
  /// Whether the index's busiest keys are told; nil if they never were.
  package var contributorInsights: ContributorInsights?
  package var autoScaling = AutoScaling()

  package init(
    id: UInt32, specification: GlobalSecondaryIndex, status: IndexStatus, throughput: ThroughputHistory,
    warmThroughput: WarmLevel
  ) {
    self.id = id
    self.specification = specification
    self.status = status
    self.throughput = throughput
    self.warmThroughput = warmThroughput
  }
}

/// Provisioned capacity and how it came to be. Zeros on on-demand tables.
package struct ThroughputHistory: Sendable, Hashable {
  package var readCapacityUnits = 0
  package var writeCapacityUnits = 0
  package var lastIncrease: Timestamp?
  package var lastDecrease: Timestamp?
  /// Decreases on the UTC day of `lastDecrease`.
  package var decreasesThatDay = 0

  package init(_ throughput: ProvisionedThroughput? = nil) {
    readCapacityUnits = throughput?.readCapacityUnits ?? 0
    writeCapacityUnits = throughput?.writeCapacityUnits ?? 0
  }

  /// Decreases on the UTC day of `now`.
  package func decreases(at now: Timestamp) -> Int {
    guard let lastDecrease, lastDecrease.utcDay == now.utcDay else { return 0 }
    return decreasesThatDay
  }

  /// Whether going to `throughput` makes either number smaller.
  package func isDecrease(to throughput: ProvisionedThroughput) -> Bool {
    throughput.readCapacityUnits < readCapacityUnits || throughput.writeCapacityUnits < writeCapacityUnits
  }

  /// Takes the numbers of a table that is provisioned again: no change of what there was before it became on-demand, whose
  /// decreases still count.
  package mutating func resume(at throughput: ProvisionedThroughput) {
    readCapacityUnits = throughput.readCapacityUnits
    writeCapacityUnits = throughput.writeCapacityUnits
  }

  /// Takes the new numbers and notes when they changed. A change that lowers one number and raises the other
  /// counts as both.
  package mutating func change(to throughput: ProvisionedThroughput, at now: Timestamp) {
    if throughput.readCapacityUnits > readCapacityUnits || throughput.writeCapacityUnits > writeCapacityUnits
    {
      lastIncrease = now
    }
    if isDecrease(to: throughput) {
      decreasesThatDay = decreases(at: now) + 1
      lastDecrease = now
    }
    readCapacityUnits = throughput.readCapacityUnits
    writeCapacityUnits = throughput.writeCapacityUnits
  }
}

/// What a table or an index can take at once, in units a second: it only ever grows.
package struct WarmLevel: Sendable, Hashable {
  package var readUnitsPerSecond: Int
  package var writeUnitsPerSecond: Int

  /// What every on-demand table starts with.
  package static let onDemandInitial = WarmLevel(readUnitsPerSecond: 12_000, writeUnitsPerSecond: 4_000)

  package init(readUnitsPerSecond: Int, writeUnitsPerSecond: Int) {
    self.readUnitsPerSecond = readUnitsPerSecond
    self.writeUnitsPerSecond = writeUnitsPerSecond
  }

  /// The level of something new: what was provisioned or every on-demand table's start, or what was asked for
  /// if that is more.
  package init(billingMode: BillingMode, throughput: ProvisionedThroughput?, asked: WarmThroughput?) {
    switch billingMode {
    case .payPerRequest: self = .onDemandInitial
    case .provisioned:
      self.init(
        readUnitsPerSecond: throughput?.readCapacityUnits ?? 0,
        writeUnitsPerSecond: throughput?.writeCapacityUnits ?? 0)
    }
    raise(toRead: asked?.readUnitsPerSecond ?? 0, write: asked?.writeUnitsPerSecond ?? 0)
  }

  /// Grows to at least the given units.
  package mutating func raise(toRead read: Int, write: Int) {
    readUnitsPerSecond = max(readUnitsPerSecond, read)
    writeUnitsPerSecond = max(writeUnitsPerSecond, write)
  }
}

extension Timestamp {
  /// Days since 1970-01-01, UTC.
  package var utcDay: Int64 {
    let nanosecondsPerDay: Int64 = 86_400_000_000_000
    return nanosecondsSince1970 >= 0
      ? nanosecondsSince1970 / nanosecondsPerDay : (nanosecondsSince1970 + 1) / nanosecondsPerDay - 1
  }
}
