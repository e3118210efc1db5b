/// A request for whether the busiest keys of a table or of a global index are told.
public struct DescribeContributorInsightsRequest: Sendable {
  /// The table's name or its ARN.
  public var tableName: String
  /// A global index of the table; nil for the table itself.
  public var indexName: String?

  public init(tableName: String, indexName: String? = nil) {
    self.tableName = tableName
    self.indexName = indexName
  }
}

/// The answer to a ``DescribeContributorInsightsRequest``.
public struct DescribeContributorInsightsResponse: Sendable {
  public var tableName: String
  public var indexName: String?
  /// The names under which the service keeps its rules; nil unless keys are told.
  public var rules: [String]?
  public var status: ContributorInsightsStatus
  /// When the status or the mode last changed; nil if keys were never told.
  public var lastUpdate: Timestamp?
  /// Nil if keys were never told.
  public var mode: ContributorInsightsMode?

  public init(
    tableName: String, indexName: String? = nil, rules: [String]? = nil, status: ContributorInsightsStatus,
    lastUpdate: Timestamp? = nil, mode: ContributorInsightsMode? = nil
  ) {
    self.tableName = tableName
    self.indexName = indexName
    self.rules = rules
    self.status = status
    self.lastUpdate = lastUpdate
    self.mode = mode
  }
}

extension Database {
  /// Says whether the busiest keys of a table or of a global index are told.
  ///
  /// - Throws: ``ErrorCode/resourceNotFound`` if there is no such table or no such global index.
  nonisolated(nonsending) public func describeContributorInsights(
    _ request: DescribeContributorInsightsRequest
  ) async throws(ServiceError) -> DescribeContributorInsightsResponse {
    try await performAsync(DescribeContributorInsights.self, request)
  }
}

package enum DescribeContributorInsights: Operation {
  package static let name = "DescribeContributorInsights"

  package static func run(
    _ request: DescribeContributorInsightsRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> DescribeContributorInsightsResponse {
    let table = try database.anyTable(request.tableName, &context).definition
    let insights: ContributorInsights?
    do throws(ServiceError) {
      insights = try table.insights(ofIndex: request.indexName)
    } catch {
      throw .service(error)
    }
    var response = DescribeContributorInsightsResponse(
      tableName: table.name, indexName: request.indexName, status: .disabled)
    guard let insights else { return response }
    response.status = insights.status(
      at: database.clock.now, delayMilliseconds: database.options.tableDelayMilliseconds)
    response.lastUpdate = insights.changed
    response.mode = insights.mode
    if response.status == .enabled {
      let index = table.globalIndexes.first { $0.specification.indexName == request.indexName }
      response.rules = insights.rules(
        of: index.map { "\(table.name)-\($0.specification.indexName)" } ?? table.name,
        hasSortKey: (index?.specification.keySchema ?? table.keySchema).contains { $0.keyType == .range })
    }
    return response
  }
}
