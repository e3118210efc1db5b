/// Lists imports, of which there are none.
package enum ListImports: Operation {
  package static let name = "ListImports"

  package struct Request: Sendable {
    package var nextToken: String?

    package init() {}
  }

  package struct Response: Sendable {
  }

  package static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response {
    if let token = request.nextToken { throw Absences.token(token) }
    return Response()
  }
}
