/// What a new table is to be.
public struct CreateTableRequest: Sendable {
  /// 3 to 255 characters of a-z, A-Z, 0-9, underscore, hyphen and dot.
  public var tableName: String
  /// The types of every attribute that is part of a key of the table or of an index, and of no other.
  public var attributeDefinitions: [AttributeDefinition]?
  /// The partition key, and a sort key behind it if there is one.
  public var keySchema: [KeySchemaElement]?
  /// At most 5. They can't be added later.
  public var localSecondaryIndexes: [LocalSecondaryIndex]?
  /// At most 20.
  public var globalSecondaryIndexes: [GlobalSecondaryIndex]?
  /// Provisioned when left out.
  public var billingMode: BillingMode?
  /// Wanted for provisioned tables, refused for others.
  public var provisionedThroughput: ProvisionedThroughput?
  public var streamSpecification: StreamSpecification?
  public var sseSpecification: SSESpecification?
  /// At most 50.
  public var tags: [Tag]?
  public var tableClass: TableClass?
  public var deletionProtectionEnabled: Bool?
  public var warmThroughput: WarmThroughput?
  /// The JSON of a policy to attach to the table; see ``Database/putResourcePolicy(_:)``.
  public var resourcePolicy: String?
  public var onDemandThroughput: OnDemandThroughput?

  public init(
    tableName: String, attributeDefinitions: [AttributeDefinition]? = nil,
    keySchema: [KeySchemaElement]? = nil, localSecondaryIndexes: [LocalSecondaryIndex]? = nil,
    globalSecondaryIndexes: [GlobalSecondaryIndex]? = nil, billingMode: BillingMode? = nil,
    provisionedThroughput: ProvisionedThroughput? = nil
  ) {
    self.tableName = tableName
    self.attributeDefinitions = attributeDefinitions
    self.keySchema = keySchema
    self.localSecondaryIndexes = localSecondaryIndexes
    self.globalSecondaryIndexes = globalSecondaryIndexes
    self.billingMode = billingMode
    self.provisionedThroughput = provisionedThroughput
  }
}

/// The table as it is being made.
public struct CreateTableResponse: Sendable {
  public var tableDescription: TableDescription

  public init(tableDescription: TableDescription) {
    self.tableDescription = tableDescription
  }
}

extension Database {
  /// Makes a table. It can be used as soon as it is ACTIVE, which is at once unless
  /// ``DatabaseOptions/tableDelayMilliseconds`` says otherwise; the response says CREATING all the same, as the
  /// service's does.
  ///
  /// - Throws: ``ErrorCode/validation`` for a definition that can't be, ``ErrorCode/resourceInUse`` if there is a table of
  ///   this name, ``ErrorCode/limitExceeded`` for more capacity than an account may have.
  nonisolated(nonsending) public func createTable(
    _ request: CreateTableRequest
  ) async throws(ServiceError) -> CreateTableResponse {
    try await performAsync(CreateTable.self, request)
  }
}

package enum CreateTable: Operation {
  package static let name = "CreateTable"
  package static var mayRunInline: Bool { false }

  package static func run(
    _ request: CreateTableRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> CreateTableResponse {
    let policy: PolicyDocument?
    do throws(ServiceError) {
      try check(request)
      policy = if let given = request.resourcePolicy { try PolicyDocument(given) } else { nil }
    } catch {
      throw .service(error)
    }
    let now = database.clock.now
    let isDelayed = database.options.tableDelayMilliseconds > 0
    let definition = try database.catalog.change(&context) { draft throws(ServiceError) in
      try checkName(request.tableName, in: draft)
      try checkQuotas(request, in: draft, region: database.options.region)
      var definition = define(request, now: now, isDelayed: isDelayed, &draft)
      definition.policy = policy.map {
        AttachedPolicy(document: $0, revision: definition.nextPolicyRevision(at: now))
      }
      draft.put(definition)
      return definition
    }
    if isDelayed { database.scheduleSettling(ofTable: definition.name, tableId: definition.tableId) }
    return CreateTableResponse(tableDescription: description(of: definition, request, database.naming, now))
  }

  // MARK: Checks

  /// Everything that the request alone shows.
  private static func check(_ request: CreateTableRequest) throws(ServiceError) {
    guard TableName.isWellFormed(request.tableName) else {
      throw .validation(
        "TableName must be at least 3 characters long and at most 255 characters long, and may have only the "
          + "characters a-z, A-Z, 0-9, '_', '-', and '.'")
    }
    guard let keySchema = request.keySchema else { throw .mustNotBeNull("keySchema") }
    guard let definitions = request.attributeDefinitions else { throw .mustNotBeNull("attributeDefinitions") }
    try ThroughputRules.checkNewTable(request)
    try KeySchemaRules.checkTable(keySchema, definitions)
    try IndexRules.check(
      local: request.localSecondaryIndexes, global: request.globalSecondaryIndexes, tableKey: keySchema,
      definitions: definitions, billingMode: request.billingMode ?? .provisioned)
    try SettingsRules.checkNewTable(request)
    try TagRules.check(request.tags ?? [])
  }

  private static func checkName(_ name: String, in draft: borrowing CatalogDraft) throws(ServiceError) {
    guard let existing = draft.table(name) else {
      guard draft.current.tables.count < Catalog.tablesMax else {
        throw ServiceError(
          .limitExceeded,
          "Subscriber limit exceeded: There is a limit of \(Catalog.tablesMax) tables per subscriber")
      }
      try draft.checkChangingCount()
      return
    }
    if existing.status == .creating { throw .inUse("Table is being created: \(name)") }
    throw ServiceError(.resourceInUse, "Table already exists: \(name)")
  }

  private static func checkQuotas(
    _ request: CreateTableRequest, in draft: borrowing CatalogDraft, region: String
  ) throws(ServiceError) {
    let indexes = request.globalSecondaryIndexes ?? []
    let all = ([request.provisionedThroughput] + indexes.map(\.provisionedThroughput)).compactMap(\.self)
    try ThroughputRules.checkAccount(
      asked: (all.reduce(0) { $0 + $1.readCapacityUnits }, all.reduce(0) { $0 + $1.writeCapacityUnits }),
      reserved: draft.current.reservedUnits(except: request.tableName), region: region)
    if let throughput = request.provisionedThroughput {
      try ThroughputRules.checkQuota(throughput, index: nil, region: region)
    }
    if let onDemand = request.onDemandThroughput {
      try ThroughputRules.checkQuota(onDemand, of: "for table", region: region)
    }
    if let warm = request.warmThroughput {
      try ThroughputRules.checkQuota(warm, of: "table", region: region)
    }
    for index in indexes {
      try ThroughputRules.checkQuotas(
        ofIndex: index.indexName, index.provisionedThroughput, index.onDemandThroughput, index.warmThroughput,
        region: region)
    }
  }

  // MARK: The table

  private static func define(
    _ request: CreateTableRequest, now: Timestamp, isDelayed: Bool, _ draft: inout CatalogDraft
  ) -> TableDefinition {
    let billingMode = request.billingMode ?? .provisioned
    var table = TableDefinition(
      id: draft.allocateID(), name: request.tableName, tableId: RandomIdentifier.make(), created: now,
      status: isDelayed ? .creating : .active, keySchema: request.keySchema ?? [],
      attributeDefinitions: (request.attributeDefinitions ?? []).sorted {
        $0.attributeName.utf8.lexicographicallyPrecedes($1.attributeName.utf8)
      },
      billingMode: billingMode, throughput: ThroughputHistory(request.provisionedThroughput),
      warmThroughput: WarmLevel(
        billingMode: billingMode, throughput: request.provisionedThroughput, asked: request.warmThroughput))
    table.becameOnDemand = billingMode == .payPerRequest ? now : nil
    for specification in request.localSecondaryIndexes ?? [] {
      var specification = specification
      specification.projection = specification.projection.normalized
      table.localIndexes.append(LocalIndexDefinition(id: draft.allocateID(), specification: specification))
    }
    if !table.localIndexes.isEmpty { table.collectionsID = draft.allocateID() }
    for specification in request.globalSecondaryIndexes ?? [] {
      table.globalIndexes.append(
        GlobalIndexDefinition(
          id: draft.allocateID(), of: specification, billingMode: billingMode,
          status: isDelayed ? .creating : .active))
    }
    table.onDemandThroughput = request.onDemandThroughput?.settled
    table.sse = request.sseSpecification.flatMap { $0.isOn ? $0 : nil }
    table.tableClass = request.tableClass
    table.deletionProtection = request.deletionProtectionEnabled ?? false
    table.tags = (request.tags ?? []).sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return table
  }

  /// The new table as the service shows it first: with less than DescribeTable does, and everything CREATING.
  private static func description(
    of table: TableDefinition, _ request: CreateTableRequest, _ naming: ResourceNaming, _ now: Timestamp
  ) -> TableDescription {
    var description = table.description(naming: naming, now: now)
    description.tableStatus = .creating
    description.billingModeSummary?.lastUpdateToPayPerRequestDateTime = nil
    description.tableThroughputModeSummary?.lastUpdateToPayPerRequestDateTime = nil
    if request.warmThroughput == nil {
      description.warmThroughput = nil
    } else {
      description.warmThroughput?.status = .updating
    }
    for position in (description.globalSecondaryIndexes ?? []).indices {
      description.globalSecondaryIndexes![position].indexStatus = .creating
      description.globalSecondaryIndexes![position].warmThroughput = nil
    }
    return description
  }
}

extension ServiceError {
  /// What is said of a member that has to be there; the wire says it for requests that come over it.
  fileprivate static func mustNotBeNull(_ member: String) -> ServiceError {
    .validation(
      "1 validation error detected: Value null at '\(member)' failed to satisfy constraint: Member must not be null"
    )
  }
}
