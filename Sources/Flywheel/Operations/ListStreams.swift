/// Lists the streams of changes, of which there are none.
package enum ListStreams: Operation {
  package static let name = "ListStreams"

  package struct Request: Sendable {
    package init() {}
  }

  package struct Response: Sendable {
  }

  package static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response {
    Response()
  }
}
