/// Changes the settings of a global table of the first version, of which there is none.
package enum UpdateGlobalTableSettings: Operation {
  package static let name = "UpdateGlobalTableSettings"

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
    throw .service(
      ServiceError(.globalTableNotFound, Absences.globalTable(request.globalTableName)))
  }
}
