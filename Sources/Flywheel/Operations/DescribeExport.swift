/// Describes an export, of which there is none.
package enum DescribeExport: Operation {
  package static let name = "DescribeExport"

  package struct Request: Sendable {
    package var exportArn: String = ""

    package init() {}
  }

  /// There is none.
  package typealias Response = Never

  package static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response {
    try Absences.check(request.exportArn, isOf: "export", "Export ARN")
    throw .service(
      ServiceError(.exportNotFound, "Export not found: Export not found: \(request.exportArn)"))
  }
}
