/// Whether a table's items expire.
public enum TimeToLiveStatus: String, Sendable, Hashable, CaseIterable {
  /// Items that were there before are still being found.
  case enabling = "ENABLING"
  case disabling = "DISABLING"
  case enabled = "ENABLED"
  case disabled = "DISABLED"
}

/// A request for whether a table's items expire, and by which attribute.
public struct DescribeTimeToLiveRequest: Sendable {
  /// The table's name or its ARN.
  public var tableName: String

  public init(tableName: String) {
    self.tableName = tableName
  }
}

/// The answer to a ``DescribeTimeToLiveRequest``.
public struct DescribeTimeToLiveResponse: Sendable {
  public var timeToLiveStatus: TimeToLiveStatus
  /// Nil while items don't expire.
  public var attributeName: String?

  public init(timeToLiveStatus: TimeToLiveStatus, attributeName: String? = nil) {
    self.timeToLiveStatus = timeToLiveStatus
    self.attributeName = attributeName
  }
}

extension Database {
  /// Says whether a table's items expire, and by which attribute.
  ///
  /// - Throws: ``ErrorCode/resourceNotFound``, ``ErrorCode/validation`` while the table is being made or deleted.
  nonisolated(nonsending) public func describeTimeToLive(
    _ request: DescribeTimeToLiveRequest
  ) async throws(ServiceError) -> DescribeTimeToLiveResponse {
    try await performAsync(DescribeTimeToLive.self, request)
  }
}

package enum DescribeTimeToLive: Operation {
  package static let name = "DescribeTimeToLive"

  package static func run(
    _ request: DescribeTimeToLiveRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> DescribeTimeToLiveResponse {
    let table = try database.anyTable(request.tableName, &context)
    if table.status == .creating || table.status == .deleting {
      let status = table.status.rawValue
      throw .validation(
        "Cannot describe time to live while table is in \(status) state: Current table state is \(status)")
    }
    guard let timeToLive = table.definition.timeToLive else {
      return DescribeTimeToLiveResponse(timeToLiveStatus: .disabled)
    }
    return DescribeTimeToLiveResponse(
      timeToLiveStatus: timeToLive.isFilling ? .enabling : .enabled, attributeName: timeToLive.attributeName)
  }
}
