/// Finds a place in a stream of changes, of which there is none.
package enum GetShardIterator: Operation {
  package static let name = "GetShardIterator"

  package struct Request: Sendable {
    package var streamArn: String = ""

    package init() {}
  }

  /// There is none.
  package typealias Response = Never

  package static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response {
    throw .service(try Absences.stream(request.streamArn))
  }
}
