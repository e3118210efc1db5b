/// Which table's auto scaling is to be described.
public struct DescribeTableReplicaAutoScalingRequest: Sendable {
  /// The table's name or its ARN.
  public var tableName: String

  public init(tableName: String) {
    self.tableName = tableName
  }
}

/// The scaling as it is.
public struct DescribeTableReplicaAutoScalingResponse: Sendable {
  public var tableAutoScalingDescription: TableAutoScalingDescription

  public init(tableAutoScalingDescription: TableAutoScalingDescription) {
    self.tableAutoScalingDescription = tableAutoScalingDescription
  }
}

extension Database {
  /// Describes the auto scaling of a table and its global indexes.
  ///
  /// - Throws: ``ErrorCode/resourceNotFound``.
  nonisolated(nonsending) public func describeTableReplicaAutoScaling(
    _ request: DescribeTableReplicaAutoScalingRequest
  ) async throws(ServiceError) -> DescribeTableReplicaAutoScalingResponse {
    try await performAsync(DescribeTableReplicaAutoScaling.self, request)
  }
}

package enum DescribeTableReplicaAutoScaling: Operation {
  package static let name = "DescribeTableReplicaAutoScaling"

  package static func run(
    _ request: DescribeTableReplicaAutoScalingRequest, in database: Database,
    _ context: inout OperationContext
  ) throws(Interruption) -> DescribeTableReplicaAutoScalingResponse {
    guard let table = database.catalog.table(request.tableName, &context) else {
      try database.checkOpen()
      throw .service(ScalingRules.tableNotFound(TableName.resolve(request.tableName)))
    }
    return DescribeTableReplicaAutoScalingResponse(
      tableAutoScalingDescription: TableAutoScalingDescription(
        of: table.definition, region: database.options.region))
  }
}
