/// Which table is to be described.
public struct DescribeTableRequest: Sendable {
  /// The table's name or its ARN.
  public var tableName: String

  public init(tableName: String) {
    self.tableName = tableName
  }
}

/// The table as it stands.
public struct DescribeTableResponse: Sendable {
  public var table: TableDescription

  public init(table: TableDescription) {
    self.table = table
  }
}

extension Database {
  /// Describes a table: what it was made with, what became of it, and how much is in it at this moment.
  ///
  /// - Throws: ``ErrorCode/resourceNotFound``.
  nonisolated(nonsending) public func describeTable(
    _ request: DescribeTableRequest
  ) async throws(ServiceError) -> DescribeTableResponse {
    try await performAsync(DescribeTable.self, request)
  }
}

package enum DescribeTable: Operation {
  package static let name = "DescribeTable"

  package static func run(
    _ request: DescribeTableRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> DescribeTableResponse {
    let table = try database.anyTable(request.tableName, &context)
    return DescribeTableResponse(
      table: table.description(naming: database.naming, now: database.clock.now))
  }
}
