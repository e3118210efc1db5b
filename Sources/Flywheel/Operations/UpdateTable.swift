/// What is to change about a table. What is nil stays as it is.
public struct UpdateTableRequest: Sendable {
  /// The table's name or its ARN.
  public var tableName: String
  /// The types of the key attributes of an index that is created; others may be repeated.
  public var attributeDefinitions: [AttributeDefinition]?
  public var billingMode: BillingMode?
  public var provisionedThroughput: ProvisionedThroughput?
  /// New throughput for several indexes, or one index to create or delete.
  public var globalSecondaryIndexUpdates: [GlobalSecondaryIndexUpdate]?
  public var streamSpecification: StreamSpecification?
  public var sseSpecification: SSESpecification?
  /// Whether the request named replicas of a global table, which this database does not have.
  public var hasReplicaUpdates = false
  public var tableClass: TableClass?
  public var deletionProtectionEnabled: Bool?
  public var onDemandThroughput: OnDemandThroughput?
  public var warmThroughput: WarmThroughput?

  public init(tableName: String) {
    self.tableName = tableName
  }
}

/// The table as it is being changed.
public struct UpdateTableResponse: Sendable {
  public var tableDescription: TableDescription

  public init(tableDescription: TableDescription) {
    self.tableDescription = tableDescription
  }
}

extension Database {
  /// Changes a table: its throughput or billing mode, its global indexes, or one of its settings, in the
  /// combinations that the service allows.
  ///
  /// An index that is added to a table with items is filled beside the requests that go on; until it holds
  /// everything its status is CREATING and it can't be read. Small tables are done when the answer is given.
  ///
  /// - Throws: ``ErrorCode/validation``, ``ErrorCode/resourceNotFound``, ``ErrorCode/resourceInUse`` while something else
  ///   about the table is being changed, ``ErrorCode/limitExceeded``.
  nonisolated(nonsending) public func updateTable(
    _ request: UpdateTableRequest
  ) async throws(ServiceError) -> UpdateTableResponse {
    try await performAsync(UpdateTable.self, request)
  }
}

package enum UpdateTable: Operation {
  package static let name = "UpdateTable"
  package static var mayRunInline: Bool { false }
  /// Steps of a backfill that are taken before the answer: one for the items of a small table, one to find
  /// that there are no more.
  private static let backfillStepsInline = 2

  package static func run(
    _ request: UpdateTableRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> UpdateTableResponse {
    let name = TableName.resolve(request.tableName)
    do throws(ServiceError) {
      try UpdateRules.check(request)
    } catch {
      throw .service(error)
    }
    let options = database.options
    let isDelayed = options.tableDelayMilliseconds > 0
    let now = database.clock.now
    let (table, update) = try database.catalog.change(&context) { draft throws(ServiceError) in
      guard let table = draft.table(name) else { throw ServiceError.tableNotFound(name) }
      let update = try TableUpdate(
        request, of: table.definition,
        TableUpdate.Context(
          now: now, region: options.region, isDelayed: isDelayed,
          reserved: draft.current.reservedUnits(except: name),
          enforcesIntervals: options.enforcesChangeIntervals),
        allocateID: { draft.allocateID() })
      if update.new != table.definition {
        if !table.definition.isChanging { try draft.checkChangingCount() }
        draft.put(update.new)
      }
      for id in update.droppedIDs { draft.dropIndex(id) }
      return (table, update)
    }
    if isDelayed, update.new != table.definition {
      database.scheduleSettling(ofTable: name, tableId: table.definition.tableId)
    }
    if let id = update.createdIndexID { try fill(id, of: name, in: database, isDelayed) }
    return UpdateTableResponse(tableDescription: update.description(of: table, database.naming))
  }

  /// Fills a new index as far as that is quickly done, and leaves the rest to the housekeeper.
  private static func fill(
    _ id: UInt32, of table: String, in database: Database, _ isDelayed: Bool
  ) throws(Interruption) {
    if isDelayed {
      return database.scheduleBackfill(
        ofIndex: id, table: table, afterMilliseconds: database.options.tableDelayMilliseconds)
    }
    for _ in 0..<backfillStepsInline {
      guard try database.backfillStep(ofIndex: id, table: table) == .more else { return }
    }
    database.scheduleBackfill(ofIndex: id, table: table)
  }
}
