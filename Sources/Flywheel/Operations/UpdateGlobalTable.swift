/// Changes the replicas of a global table of the first version, of which there is none.
package enum UpdateGlobalTable: Operation {
  package static let name = "UpdateGlobalTable"

  /// What is to be done with one replica.
  package enum Action: Sendable {
    case create
    case delete
  }

  package struct Request: Sendable {
    package var globalTableName: String = ""
    package var updates: [Action?] = []

    package init() {}
  }

  /// There is none.
  package typealias Response = Never

  package static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response {
    try Absences.checkGlobalTableName(request.globalTableName)
    guard !request.updates.isEmpty, !request.updates.contains(nil) else {
      throw .validation("One or more parameter values were invalid")
    }
    if request.updates.contains(.create) { throw .service(Absences.firstGlobalTables) }
    throw .service(
      ServiceError(.globalTableNotFound, Absences.globalTable(request.globalTableName)))
  }
}
