/// Reads a stream of changes from a place that was found in it; none ever was.
package enum GetRecords: Operation {
  package static let name = "GetRecords"

  package struct Request: Sendable {
    package init() {}
  }

  /// There is none.
  package typealias Response = Never

  package static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response {
    throw .validation("Invalid ShardIterator")
  }
}
