/// Describes an import, of which there is none.
package enum DescribeImport: Operation {
  package static let name = "DescribeImport"

  package struct Request: Sendable {
    package var importArn: String = ""

    package init() {}
  }

  /// There is none.
  package typealias Response = Never

  package static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response {
    try Absences.check(request.importArn, isOf: "import", "Import ARN")
    throw .service(
      ServiceError(.importNotFound, "Import not found: Import not found: \(request.importArn)"))
  }
}
