/// Deletes a backup, of which there is none.
package enum DeleteBackup: Operation {
  package static let name = "DeleteBackup"

  package struct Request: Sendable {
    package var backupArn: String = ""

    package init() {}
  }

  /// There is none.
  package typealias Response = Never

  package static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response {
    try Absences.check(request.backupArn, isOf: "backup", "Backup ARN")
    throw .service(ServiceError(.backupNotFound, "Backup not found: \(request.backupArn)"))
  }
}
