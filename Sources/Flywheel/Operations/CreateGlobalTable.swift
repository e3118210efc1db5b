/// Makes a global table of the first version, which the service does not do any more.
package enum CreateGlobalTable: Operation {
  package static let name = "CreateGlobalTable"

  package struct Request: Sendable {
    package var globalTableName: String = ""

    package init() {}
  }

  /// There is none.
  package typealias Response = Never

  package static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response {
    try Absences.checkGlobalTableName(request.globalTableName)
    throw .service(Absences.firstGlobalTables)
  }
}
