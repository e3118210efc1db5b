/// Which part of the list of tables is wanted.
public struct ListTablesRequest: Sendable {
  /// Names after this one; it need not be a table's.
  public var exclusiveStartTableName: String?
  /// How many names at most, 1 to 100. 100 when left out.
  public var limit: Int?

  public init(exclusiveStartTableName: String? = nil, limit: Int? = nil) {
    self.exclusiveStartTableName = exclusiveStartTableName
    self.limit = limit
  }
}

/// Names of tables in ascending order.
public struct ListTablesResponse: Sendable {
  public var tableNames: [String]
  /// The last name of this page, when there may be more.
  public var lastEvaluatedTableName: String?

  public init(tableNames: [String], lastEvaluatedTableName: String? = nil) {
    self.tableNames = tableNames
    self.lastEvaluatedTableName = lastEvaluatedTableName
  }
}

extension Database {
  /// Lists the names of tables in ascending order, a page at a time.
  nonisolated(nonsending) public func listTables(
    _ request: ListTablesRequest = ListTablesRequest()
  ) async throws(ServiceError) -> ListTablesResponse {
    try await performAsync(ListTables.self, request)
  }
}

package enum ListTables: Operation {
  package static let name = "ListTables"
  /// Names in one answer.
  package static let namesMax = 100

  package static func run(
    _ request: ListTablesRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> ListTablesResponse {
    let snapshot = database.catalog.snapshot
    context.observe(snapshot.sequence)
    let limit = min(max(request.limit ?? namesMax, 1), namesMax)
    var start = 0
    if let after = request.exclusiveStartTableName {
      start = snapshot.position(of: after)
      if start < snapshot.names.count, snapshot.names[start] == after { start += 1 }
    }
    let page = Array(snapshot.names[start...].prefix(limit))
    let isLast = start + page.count == snapshot.names.count
    return ListTablesResponse(tableNames: page, lastEvaluatedTableName: isLast ? nil : page.last)
  }
}
