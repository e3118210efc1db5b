/// Changes how a table's changes are sent to a stream of Kinesis; they are not sent to any.
package enum UpdateKinesisStreamingDestination: Operation {
  package static let name = "UpdateKinesisStreamingDestination"

  package struct Request: Sendable {
    package var tableName: String = ""
    package var streamArn: String = ""
    package var hasConfiguration: Bool = false

    package init() {}
  }

  /// There is none.
  package typealias Response = Never

  package static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response {
    guard request.hasConfiguration else {
      throw .validation(
        "Streaming destination cannot be updated with given parameters: UpdateKinesisStreamingConfiguration cannot be null "
          + "or contain only null values")
    }
    let name = try database.anyTable(request.tableName, &context).name
    throw .validation(
      "Table is not in a valid state to enable Kinesis Streaming Destination: Kinesis streaming is not in ACTIVE state. "
        + "Updates are only allowed in ACTIVE state. TableName: \(name), kdsArn: \(request.streamArn)")
  }
}
