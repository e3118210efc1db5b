/// Lists global tables of the first version, of which there are none.
package enum ListGlobalTables: Operation {
  package static let name = "ListGlobalTables"

  package struct Request: Sendable {
    package var exclusiveStartGlobalTableName: String?

    package init() {}
  }

  package struct Response: Sendable {
  }

  package static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response {
    if let name = request.exclusiveStartGlobalTableName { try Absences.checkGlobalTableName(name) }
    return Response()
  }
}
