/// Says whether a table is backed up continuously: it is not.
package enum DescribeContinuousBackups: Operation {
  package static let name = "DescribeContinuousBackups"

  package struct Request: Sendable {
    package var tableName: String = ""

    package init() {}
  }

  package struct Response: Sendable {
  }

  package static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response {
    guard database.catalog.table(request.tableName, &context) != nil else {
      throw .service(ServiceError(.tableNotFound, "Table not found: \(TableName.resolve(request.tableName))"))
    }
    return Response()
  }
}
