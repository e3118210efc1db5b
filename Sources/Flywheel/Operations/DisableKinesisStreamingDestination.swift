/// Stops sending a table's changes to a stream of Kinesis; they are not sent to any.
package enum DisableKinesisStreamingDestination: Operation {
  package static let name = "DisableKinesisStreamingDestination"

  package struct Request: Sendable {
    package var tableName: String = ""
    package var hasConfiguration: Bool = false

    package init() {}
  }

  /// There is none.
  package typealias Response = Never

  package static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response {
    if request.hasConfiguration {
      throw .validation("Stream cannot be disabled using EnableKinesisStreamingConfiguration parameters")
    }
    _ = try database.anyTable(request.tableName, &context)
    throw .validation(
      "Table is not in a valid state to enable Kinesis Streaming Destination: KinesisStreamingDestination must be ACTIVE "
        + "to perform DISABLE operation.")
  }
}
