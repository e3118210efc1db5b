/// One UpdateTable request being carried out on a table's definition: the checks that need the table, the definition as
/// it is to be, and the description that is answered.
///
/// The service's answers show the table between the two: the old throughput with the status UPDATING, a new index
/// CREATING, one that goes DELETING. What of this is also true for a moment is a matter of
/// ``DatabaseOptions/tableDelayMilliseconds``: without a delay the new definition is in force when the answer is given.
package struct TableUpdate {
  private let old: TableDefinition
  private let request: UpdateTableRequest
  private let context: Context
  /// The definition as it is to be.
  package private(set) var new: TableDefinition
  /// Ids of indexes whose entries go.
  package private(set) var droppedIDs: [UInt32] = []
  /// The index that is to be filled.
  package private(set) var createdIndexID: UInt32?
  /// Whether the table itself counts as being updated.
  package private(set) var isUpdating = false

  /// What an update needs besides the table.
  package struct Context {
    package var now: Timestamp
    package var region: String
    package var isDelayed: Bool
    package var reserved: (read: Int, write: Int)

    package init(now: Timestamp, region: String, isDelayed: Bool, reserved: (read: Int, write: Int)) {
      self.now = now
      self.region = region
      self.isDelayed = isDelayed
      self.reserved = reserved
    }
  }

  private static let invalid = KeySchemaRules.invalid

  /// Carries out `request`, which has passed `UpdateRules`. `allocateID` gives an id for a new index.
  package init(
    _ request: UpdateTableRequest, of table: TableDefinition, _ context: Context, allocateID: () -> UInt32
  ) throws(ServiceError) {
    old = table
    new = table
    self.request = request
    self.context = context
    try checkState()
    try changeBilling()
    try changeOnDemand()
    try changeWarm()
    try changeIndexes(allocateID)
    try checkAccount()
    if request.streamSpecification != nil {
      throw .validation("Table has no stream to disable: TableName: \(old.name)")
    }
    try changeEncryption()
    if let tableClass = request.tableClass { changeClass(tableClass) }
    if let isProtected = request.deletionProtectionEnabled { new.deletionProtection = isProtected }
    if isUpdating, context.isDelayed { new.status = .updating }
  }

  /// The index of a name in the old definition.
  private func position(of index: String) -> Int? {
    new.globalIndexes.firstIndex { $0.specification.indexName == index }
  }

  // MARK: State

  private func checkState() throws(ServiceError) {
    switch old.status {
    case .creating: throw .inUse("Table is being created: \(old.name)")
    case .deleting: throw .inUse("Table is being deleted: \(old.name)")
    case .active, .updating: break
    }
    let changesThroughput = request.provisionedThroughput != nil || request.billingMode != nil
    guard changesThroughput || request.onDemand != nil else { return }
    let isResend = request.billingMode == .payPerRequest && old.billingMode == .payPerRequest
    for (status, word) in [(IndexStatus.creating, "created"), (.deleting, "deleted")] where !isResend {
      let names = old.globalIndexes.filter { $0.status == status && !$0.isBackfilling }
        .map(\.specification.indexName)
      guard !names.isEmpty else { continue }
      if request.onDemand != nil {
        throw .inUse(
          "OnDemandThroughput cannot be updated while index \(status == .creating ? "creation" : "deletion") is in "
            + "progress for indexes: [\(names.joined(separator: ", "))]")
      }
      throw .inUse(
        "Can't change table IOPS when an index is being \(word). Table: \(old.name) "
          + "Indexes: [\(names.joined(separator: ", "))]")
    }
    if old.status == .updating, !isResend {
      throw .inUse("Table IOPS are currently being updated. Table: \(old.name)")
    }
  }

  // MARK: Throughput

  private mutating func changeBilling() throws(ServiceError) {
    let mode = request.billingMode ?? old.billingMode
    let modeChanges = mode != old.billingMode
    if request.billingMode == .provisioned, request.provisionedThroughput == nil {
      throw .validation(
        Self.invalid + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
    }
    if mode == .payPerRequest, request.provisionedThroughput != nil {
      throw .validation(
        Self.invalid
          + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
          + "PAY_PER_REQUEST")
    }
    if let throughput = request.provisionedThroughput {
      try ThroughputRules.checkChange(
        throughput, of: old.throughput, index: nil, modeChanges: modeChanges, now: context.now)
      try ThroughputRules.checkQuota(throughput, index: nil, region: context.region)
      if modeChanges {
        new.throughput = ThroughputHistory(throughput)
      } else {
        new.throughput.change(to: throughput, at: context.now)
      }
      new.warmThroughput.raise(toRead: throughput.readCapacityUnits, write: throughput.writeCapacityUnits)
    }
    if request.billingMode != nil || request.provisionedThroughput != nil { isUpdating = true }
    guard modeChanges else { return }
    new.billingMode = mode
    // A switch either way takes the limits for on-demand use away.
    new.onDemandThroughput = nil
    for position in new.globalIndexes.indices {
      new.globalIndexes[position].specification.onDemandThroughput = nil
    }
    if mode == .payPerRequest { becomeOnDemand() } else { try requireIndexThroughput() }
  }

  private mutating func becomeOnDemand() {
    new.becameOnDemand = context.now
    new.throughput.readCapacityUnits = 0
    new.throughput.writeCapacityUnits = 0
    let initial = WarmLevel.onDemandInitial
    new.warmThroughput.raise(toRead: initial.readUnitsPerSecond, write: initial.writeUnitsPerSecond)
    for position in new.globalIndexes.indices {
      new.globalIndexes[position].throughput.readCapacityUnits = 0
      new.globalIndexes[position].throughput.writeCapacityUnits = 0
      new.globalIndexes[position].warmThroughput.raise(
        toRead: initial.readUnitsPerSecond, write: initial.writeUnitsPerSecond)
    }
  }

  /// Checks that a table that becomes provisioned has throughput for each of its indexes in the same request.
  private func requireIndexThroughput() throws(ServiceError) {
    let given = Set(
      (request.globalSecondaryIndexUpdates ?? []).compactMap { update in
        update.update.flatMap { $0.provisionedThroughput == nil ? nil : $0.indexName }
          ?? update.delete?.indexName
      })
    for index in old.globalIndexes where !given.contains(index.specification.indexName) {
      throw .validation(
        Self.invalid + "ProvisionedThroughput must be specified for index: \(index.specification.indexName)")
    }
  }

  private mutating func changeOnDemand() throws(ServiceError) {
    guard let asked = request.onDemand else { return }
    if new.billingMode == .provisioned, let member = ThroughputRules.firstMember(asked) {
      throw .validation(
        Self.invalid
          + "\(member) for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED")
    }
    try ThroughputRules.checkRange(asked, of: "for table", mayClear: true)
    new.onDemandThroughput = Self.merged(asked, into: new.onDemandThroughput)
  }

  /// The limits with those given in place of those there were.
  private static func merged(
    _ asked: OnDemandThroughput, into current: OnDemandThroughput?
  ) -> OnDemandThroughput? {
    OnDemandThroughput(
      maxReadRequestUnits: asked.maxReadRequestUnits ?? current?.maxReadRequestUnits,
      maxWriteRequestUnits: asked.maxWriteRequestUnits ?? current?.maxWriteRequestUnits
    ).settled
  }

  private mutating func changeWarm() throws(ServiceError) {
    guard let asked = request.warm else { return }
    try ThroughputRules.checkWarmRaise(asked, from: old.warmThroughput, of: "table")
    new.warmThroughput.raise(toRead: asked.readUnitsPerSecond ?? 0, write: asked.writeUnitsPerSecond ?? 0)
  }

  private func checkAccount() throws(ServiceError) {
    guard request.provisionedThroughput != nil || request.globalSecondaryIndexUpdates != nil else { return }
    let all = [new.throughput] + new.globalIndexes.map(\.throughput)
    try ThroughputRules.checkAccount(
      asked: (all.reduce(0) { $0 + $1.readCapacityUnits }, all.reduce(0) { $0 + $1.writeCapacityUnits }),
      reserved: context.reserved, region: context.region)
  }

  // MARK: Indexes

  private mutating func changeIndexes(_ allocateID: () -> UInt32) throws(ServiceError) {
    let updates = request.globalSecondaryIndexUpdates ?? []
    let online = updates.count { $0.create != nil || $0.delete != nil }
    for update in updates {
      if let action = update.update { try updateIndex(action) }
      if let specification = update.create { try checkNewIndex(specification) }
      if let action = update.delete { try checkDelete(action.indexName) }
    }
    guard online > 0 else { return }
    let isBusy = old.globalIndexes.contains { index in
      (index.status == .creating && index.specification.indexName != updates.first?.delete?.indexName)
        || index.status == .deleting
    }
    guard online == 1, !isBusy else {
      throw ServiceError(
        .limitExceeded,
        "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
    }
    isUpdating = true
    for update in updates {
      if let specification = update.create { try create(specification, id: allocateID()) }
      if let action = update.delete { delete(action.indexName) }
    }
  }

  private func existing(_ name: String, verb: String) throws(ServiceError) -> Int {
    if let position = position(of: name) { return position }
    if old.localIndexes.contains(where: { $0.specification.indexName == name }) {
      throw .validation("Cannot \(verb) an index that is not a GlobalSecondaryIndex: \(name)")
    }
    throw ServiceError(
      .resourceNotFound, "Requested resource not found: Index \(name) for table \(old.name)")
  }

  private mutating func updateIndex(_ action: UpdateGlobalSecondaryIndexAction) throws(ServiceError) {
    let name = action.indexName
    let position = try existing(name, verb: "update")
    switch old.globalIndexes[position].status {
    case .deleting: throw .inUse("Index is being deleted. Table: \(old.name) Index: \(name)")
    case .updating: throw .inUse("Index is being updated. Table: \(old.name) Index: \(name)")
    case .creating, .active: break
    }
    let hasOnDemand = action.onDemandThroughput.flatMap(ThroughputRules.firstMember) != nil
    if new.billingMode == .payPerRequest, !hasOnDemand, action.warmThroughput == nil {
      throw .validation(
        Self.invalid
          + "The only Updates for index: \(name) when TableThroughputMode is PAY_PER_REQUEST can be to "
          + "OnDemandThroughput, WarmThroughput")
    }
    if let throughput = action.provisionedThroughput {
      try updateThroughput(throughput, ofIndexAt: position)
    }
    if hasOnDemand, let asked = action.onDemandThroughput {
      if new.billingMode == .provisioned, let member = ThroughputRules.firstMember(asked) {
        throw .validation(
          Self.invalid
            + "\(member) for OnDemandThroughput for index : \(name) cannot be specified when the table "
            + "BillingMode is PROVISIONED")
      }
      try ThroughputRules.checkRange(asked, of: "for index : \(name)", mayClear: true)
      new.globalIndexes[position].specification.onDemandThroughput = Self.merged(
        asked, into: new.globalIndexes[position].specification.onDemandThroughput)
    }
    if let asked = action.warmThroughput {
      try ThroughputRules.checkWarmRaise(
        asked, from: old.globalIndexes[position].warmThroughput, of: "index \(name)")
      new.globalIndexes[position].warmThroughput.raise(
        toRead: asked.readUnitsPerSecond ?? 0, write: asked.writeUnitsPerSecond ?? 0)
    }
    if context.isDelayed, old.globalIndexes[position].status == .active {
      new.globalIndexes[position].status = .updating
    }
  }

  private mutating func updateThroughput(
    _ throughput: ProvisionedThroughput, ofIndexAt position: Int
  ) throws(ServiceError) {
    let name = new.globalIndexes[position].specification.indexName
    if new.billingMode == .payPerRequest {
      throw .validation(
        Self.invalid
          + "The only Updates for index: \(name) when TableThroughputMode is PAY_PER_REQUEST can be to "
          + "OnDemandThroughput, WarmThroughput")
    }
    let limit = ThroughputRules.unitsBound
    guard throughput.readCapacityUnits <= limit, throughput.writeCapacityUnits <= limit else {
      throw .validation(
        "This operation cannot be performed with given input values. Please contact DynamoDB service team for more "
          + "info: Action Blocked: IndexUpdate")
    }
    let modeChanges = new.billingMode != old.billingMode
    try ThroughputRules.checkChange(
      throughput, of: old.globalIndexes[position].throughput, index: name, modeChanges: modeChanges,
      now: context.now)
    try ThroughputRules.checkQuota(throughput, index: name, region: context.region)
    if modeChanges {
      new.globalIndexes[position].throughput = ThroughputHistory(throughput)
    } else {
      new.globalIndexes[position].throughput.change(to: throughput, at: context.now)
    }
    new.globalIndexes[position].warmThroughput.raise(
      toRead: throughput.readCapacityUnits, write: throughput.writeCapacityUnits)
  }

  private func checkNewIndex(_ index: GlobalSecondaryIndex) throws(ServiceError) {
    let name = index.indexName
    let taken =
      old.localIndexes.map(\.specification.indexName) + old.globalIndexes.map(\.specification.indexName)
    if taken.contains(name) { throw .validation("Attempting to create an index which already exists") }
    guard TableName.isWellFormed(name) else {
      throw .validation(
        "IndexName must be at least 3 characters long and at most 255 characters long, and may have only the "
          + "characters a-z, A-Z, 0-9, '_', '-', and '.'")
    }
    guard let definitions = request.attributeDefinitions, !definitions.isEmpty else {
      throw .validation(Self.invalid + "AttributeDefinitions is not specified for index: \(name)")
    }
    try KeySchemaRules.checkDuplicates(definitions)
    try KeySchemaRules.checkDefined(index.keySchema, definitions)
    try KeySchemaRules.checkGlobalIndex(index.keySchema)
    try IndexRules.checkProjection(index.projection)
    switch (new.billingMode, index.provisionedThroughput) {
    case (.provisioned, nil):
      throw .validation(
        Self.invalid + "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: \(name)")
    case (.payPerRequest, .some):
      throw .validation(
        Self.invalid
          + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: \(name) when "
          + "BillingMode is PAY_PER_REQUEST")
    default: break
    }
    try ThroughputRules.checkNewIndex(index, billingMode: new.billingMode)
    if let throughput = index.provisionedThroughput {
      try ThroughputRules.checkQuota(throughput, index: name, region: context.region)
    }
  }

  private mutating func create(_ specification: GlobalSecondaryIndex, id: UInt32) throws(ServiceError) {
    guard old.globalIndexes.count < IndexRules.globalIndexesMax else {
      throw ServiceError(
        .limitExceeded,
        "Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of "
          + "\(IndexRules.globalIndexesMax)")
    }
    try mergeDefinitions(specification.keySchema)
    var index = GlobalIndexDefinition(
      id: id, of: specification, billingMode: new.billingMode, status: .creating)
    index.isBackfilling = true
    new.globalIndexes.append(index)
    try IndexRules.checkProjectedCount(
      new.localIndexes.map(\.specification.projection) + new.globalIndexes.map(\.specification.projection))
    createdIndexID = id
  }

  /// Takes the types of a new index's attributes into the table's definitions. Those of other attributes are passed over,
  /// as by the service.
  private mutating func mergeDefinitions(_ keySchema: [KeySchemaElement]) throws(ServiceError) {
    for element in keySchema {
      guard
        let given = request.attributeDefinitions?.first(where: { $0.attributeName == element.attributeName })
      else { continue }
      guard let present = new.type(of: given.attributeName) else {
        new.attributeDefinitions.append(given)
        continue
      }
      if present != given.attributeType {
        func shown(_ type: ScalarAttributeType) -> String {
          "Schema:[SchemaElement: key{\(given.attributeName):\(type.rawValue):\(element.keyType.rawValue)}]"
        }
        throw .validation(
          Self.invalid
            + "Attributes cannot be redefined. Please check that your attribute has the same type as "
            + "previously defined. Existing schema: \(shown(present)) New schema: \(shown(given.attributeType))"
        )
      }
    }
    new.attributeDefinitions.sort { $0.attributeName.utf8.lexicographicallyPrecedes($1.attributeName.utf8) }
  }

  private func checkDelete(_ name: String) throws(ServiceError) {
    let index = old.globalIndexes[try existing(name, verb: "delete")]
    if index.status == .creating, !index.isBackfilling {
      throw .inUse(
        "Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index is "
          + "active. Table: \(old.name) Index: \(name)")
    }
  }

  private mutating func delete(_ name: String) {
    guard let position = position(of: name) else { return }
    if context.isDelayed {
      new.globalIndexes[position].status = .deleting
      return
    }
    droppedIDs.append(new.globalIndexes[position].id)
    new.globalIndexes.remove(at: position)
    new.pruneAttributeDefinitions()
  }

  // MARK: Settings

  private mutating func changeEncryption() throws(ServiceError) {
    guard let sse = request.sseSpecification else { return }
    guard sse.isOn else {
      if old.sse == nil { throw .validation(Self.invalid + "Table is already encrypted by default") }
      new.sse = nil
      return
    }
    if let key = sse.kmsMasterKeyId, key.utf8.starts(with: "arn:".utf8), key == old.sse?.kmsMasterKeyId {
      throw .validation(
        Self.invalid
          + "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if you want "
          + "to change Master Key")
    }
    new.sse = SSESpecification(enabled: true, sseType: .kms, kmsMasterKeyId: sse.kmsMasterKeyId)
  }

  private mutating func changeClass(_ tableClass: TableClass) {
    isUpdating = true
    // A table that never had a class has the standard one: setting that changes nothing.
    if tableClass == (old.tableClass ?? .standard) { return }
    new.tableClass = tableClass
    new.tableClassChanged = context.now
  }

  // MARK: The answer

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
