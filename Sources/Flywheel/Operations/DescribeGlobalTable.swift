/// Describes a global table of the first version, of which there is none.
package enum DescribeGlobalTable: Operation {
  package static let name = "DescribeGlobalTable"

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
      ServiceError(
        .globalTableNotFound, "Global table not found: \(Absences.globalTable(request.globalTableName))"))
  }
}
