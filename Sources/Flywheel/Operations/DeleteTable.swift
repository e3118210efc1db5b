/// Which table is to go.
public struct DeleteTableRequest: Sendable {
  /// The table's name or its ARN.
  public var tableName: String

  public init(tableName: String) {
    self.tableName = tableName
  }
}

/// What is left to say of the table.
public struct DeleteTableResponse: Sendable {
  public var tableDescription: TableDescription

  public init(tableDescription: TableDescription) {
    self.tableDescription = tableDescription
  }
}

extension Database {
  /// Drops a table with all its items and indexes.
  ///
  /// Cost: one range deletion for the table and one for each index, however many items there are; what they
  /// held is given back to the disk as the tree compacts.
  ///
  /// - Throws: ``ErrorCode/resourceNotFound``, ``ErrorCode/resourceInUse`` while the table or one of its indexes is being
  ///   made or changed, ``ErrorCode/validation`` if it is protected against deletion.
  nonisolated(nonsending) public func deleteTable(
    _ request: DeleteTableRequest
  ) async throws(ServiceError) -> DeleteTableResponse {
    try await performAsync(DeleteTable.self, request)
  }
}

package enum DeleteTable: Operation {
  package static let name = "DeleteTable"
  package static var mayRunInline: Bool { false }

  package static func run(
    _ request: DeleteTableRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> DeleteTableResponse {
    let name = TableName.resolve(request.tableName)
    let isDelayed = database.options.tableDelayMilliseconds > 0
    let table = try database.catalog.change(&context) { draft throws(ServiceError) in
      guard let table = draft.table(name) else { throw .tableNotFound(name) }
      try check(table)
      try draft.checkChangingCount()
      if isDelayed {
        var definition = table.definition
        definition.status = .deleting
        draft.put(definition)
      } else {
        draft.remove(table)
      }
      return table
    }
    if isDelayed { database.scheduleSettling(ofTable: name, tableId: table.definition.tableId) }
    return DeleteTableResponse(tableDescription: description(of: table, database.naming, database.clock.now))
  }

  private static func check(_ table: Table) throws(ServiceError) {
    switch table.status {
    case .creating: throw .inUse("Table is being created: \(table.name)")
    case .deleting: throw .inUse("Table is being deleted: \(table.name)")
    case .active, .updating: break
    }
    if table.definition.globalIndexes.contains(where: { $0.status != .active }) {
      throw .inUse("Cannot delete table while indexes are being created, updated, or deleted.")
    }
    if table.status == .updating {
      throw .inUse("Table: \(table.name) is in the process of being updated.")
    }
    if table.definition.deletionProtection {
      throw .validation(
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
      )
    }
  }

  /// The little that the service says of a table that is going.
  private static func description(
    of table: Table, _ naming: ResourceNaming, _ now: Timestamp
  ) -> TableDescription {
    var description = TableDescription(
      tableName: table.name, tableStatus: .deleting, tableArn: naming.tableARN(table.name))
    let whole = table.definition.description(naming: naming, now: now)
    description.tableId = whole.tableId
    description.provisionedThroughput = whole.provisionedThroughput
    description.billingModeSummary = whole.billingModeSummary
    description.tableThroughputModeSummary = whole.tableThroughputModeSummary
    description.deletionProtectionEnabled = false
    return description
  }
}
