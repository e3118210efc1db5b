/// Lists where a table's changes are sent: nowhere.
package enum DescribeKinesisStreamingDestination: Operation {
  package static let name = "DescribeKinesisStreamingDestination"

  package struct Request: Sendable {
    package var tableName: String = ""

    package init() {}
  }

  package struct Response: Sendable {
    package var tableName: String
  }

  package static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response {
    Response(tableName: try database.anyTable(request.tableName, &context).name)
  }
}
