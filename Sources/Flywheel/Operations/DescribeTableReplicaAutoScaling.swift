/// Describes how the replicas of a global table scale; no table is one.
package enum DescribeTableReplicaAutoScaling: Operation {
  package static let name = "DescribeTableReplicaAutoScaling"

  package struct Request: Sendable {
    package var tableName: String = ""

    package init() {}
  }

  /// There is none.
  package typealias Response = Never

  package static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response {
    throw .service(
      ServiceError(
        .resourceNotFound, Absences.globalTable(TableName.resolve(request.tableName))))
  }
}
