import DynamoModel

/// Which attribute of a table's items says when they expire, and whether anything is done about it.
public struct TimeToLiveSpecification: Sendable, Hashable {
  /// False to have nothing expire any more; then the name has to be the one that was set.
  public var enabled: Bool
  /// The attribute: a number of seconds since 1970-01-01 00:00 UTC. Items without it live on.
  public var attributeName: String

  public init(enabled: Bool, attributeName: String) {
    self.enabled = enabled
    self.attributeName = attributeName
  }
}

/// A request to have a table's items expire, or not any more.
public struct UpdateTimeToLiveRequest: Sendable {
  /// The table's name or its ARN.
  public var tableName: String
  public var timeToLiveSpecification: TimeToLiveSpecification

  public init(tableName: String, timeToLiveSpecification: TimeToLiveSpecification) {
    self.tableName = tableName
    self.timeToLiveSpecification = timeToLiveSpecification
  }
}

/// What was asked for.
public struct UpdateTimeToLiveResponse: Sendable {
  public var timeToLiveSpecification: TimeToLiveSpecification

  public init(timeToLiveSpecification: TimeToLiveSpecification) {
    self.timeToLiveSpecification = timeToLiveSpecification
  }
}

extension Database {
  /// Has a table's items deleted once the time is past that an attribute of theirs says, or stops doing so.
  ///
  /// Items are deleted within about a second of their time, by ``DatabaseOptions/clock``, as fast as that leaves
  /// half a core to others; times more than five years ago are passed over. Until then they are read like any
  /// other. Items that were there before are found beside the requests that go on.
  ///
  /// - Throws: ``ErrorCode/validation`` if it is so already, or was changed in the last 31 minutes
  ///   (``DatabaseOptions/enforcesChangeIntervals``), ``ErrorCode/resourceNotFound``,
  ///   ``ErrorCode/resourceInUse`` while the table is being made or deleted.
  nonisolated(nonsending) public func updateTimeToLive(
    _ request: UpdateTimeToLiveRequest
  ) async throws(ServiceError) -> UpdateTimeToLiveResponse {
    try await performAsync(UpdateTimeToLive.self, request)
  }
}

package enum UpdateTimeToLive: Operation {
  package static let name = "UpdateTimeToLive"
  package static var mayRunInline: Bool { false }
  /// Steps that are taken before the answer: one for the items of a small table, one to find that there are no
  /// more.
  private static let fillStepsInline = 2

  package static func run(
    _ request: UpdateTimeToLiveRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> UpdateTimeToLiveResponse {
    let name = TableName.resolve(request.tableName)
    let wanted = request.timeToLiveSpecification
    let now = database.clock.now
    let added = try database.catalog.change(&context) { draft throws(ServiceError) in
      guard let table = draft.table(name) else { throw ServiceError.tableNotFound(name) }
      try check(wanted, table)
      var definition = table.definition
      if database.options.enforcesChangeIntervals {
        try ChangeIntervals.checkTimeToLive(definition, at: now)
      }
      definition.timeToLiveChanged = now
      if let present = definition.timeToLive {
        draft.dropIndex(present.id)
        definition.timeToLive = nil
      } else {
        definition.timeToLive = TimeToLive(
          attributeName: wanted.attributeName, id: draft.allocateID(), isFilling: true)
      }
      draft.put(definition)
      return definition.timeToLive?.id
    }
    if let added {
      try fill(added, of: name, in: database)
      database.scheduleExpiry()
    }
    return UpdateTimeToLiveResponse(timeToLiveSpecification: wanted)
  }

  private static func check(_ wanted: TimeToLiveSpecification, _ table: Table) throws(ServiceError) {
    if table.status == .creating { throw .inUse("Table \(table.name) is being created") }
    if table.status == .deleting { throw .inUse("Table is being deleted: \(table.name)") }
    guard let present = table.definition.timeToLive else {
      if !wanted.enabled { throw .validation("TimeToLive is already disabled") }
      return
    }
    guard present.attributeName.isSame(as: wanted.attributeName) else {
      throw .validation(
        "TimeToLive is active on a different AttributeName: current AttributeName is \(present.attributeName)"
      )
    }
    if wanted.enabled { throw .validation("TimeToLive is already enabled") }
  }

  /// Finds the items that will expire as far as that is quickly done, and leaves the rest to the housekeeper.
  private static func fill(_ id: UInt32, of table: String, in database: Database) throws(Interruption) {
    for _ in 0..<fillStepsInline {
      guard try database.timeToLiveFillStep(ofTable: table, id: id) else { return }
    }
    database.scheduleTimeToLiveFilling(ofTable: table, id: id)
  }
}
