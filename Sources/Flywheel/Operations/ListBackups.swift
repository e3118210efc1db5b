/// Lists backups, of which there are none.
package enum ListBackups: Operation {
  package static let name = "ListBackups"

  package struct Request: Sendable {
    package var lowerBound: Int?
    package var upperBound: Int?

    package init() {}
  }

  package struct Response: Sendable {
  }

  package static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response {
    if let lower = request.lowerBound, let upper = request.upperBound, lower > upper {
      throw .validation(
        "One or more parameter values were invalid: Time range lower bound must be less than or equal to upper bound"
      )
    }
    return Response()
  }
}
