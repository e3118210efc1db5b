import DynamoModel

/// What an update does to a table's global indexes.
extension TableUpdate {
  mutating func changeIndexes(_ allocateID: () -> UInt32) throws(ServiceError) {
    let updates = request.globalSecondaryIndexUpdates ?? []
    let online = updates.count { $0.create != nil || $0.delete != nil }
    guard online <= 1 else { throw Self.onlyOneOnline }
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
    if isBusy { throw Self.onlyOneOnline }
    isUpdating = true
    for update in updates {
      if let specification = update.create { try create(specification, id: allocateID()) }
      if let action = update.delete { delete(action.indexName) }
    }
  }

  private static let onlyOneOnline = ServiceError(
    .limitExceeded,
    "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")

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
    case .creating where old.isAllocating(old.globalIndexes[position]):
      throw .inUse("Index is being created but is not backfilling yet. Table: \(old.name) Index: \(name)")
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
    if modeChanges {
      new.globalIndexes[position].throughput.resume(at: throughput)
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

  /// Takes the types of a new index's attributes into the table's definitions. Those of other attributes are
  /// passed over, as by the service.
  private mutating func mergeDefinitions(_ keySchema: [KeySchemaElement]) throws(ServiceError) {
    for element in keySchema {
      guard
        let given = request.attributeDefinitions?.first(where: {
          $0.attributeName.isSame(as: element.attributeName)
        })
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
    if old.isAllocating(index) {
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
}
