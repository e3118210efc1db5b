/// A request to have the busiest keys of a table or of a global index told, or not any more.
public struct UpdateContributorInsightsRequest: Sendable {
  /// The table's name or its ARN.
  public var tableName: String
  /// A global index of the table; nil for the table itself.
  public var indexName: String?
  public var action: ContributorInsightsAction
  /// Which keys; nil for both kinds. Means nothing if the action is `.disable`.
  public var mode: ContributorInsightsMode?

  public init(
    tableName: String, indexName: String? = nil, action: ContributorInsightsAction,
    mode: ContributorInsightsMode? = nil
  ) {
    self.tableName = tableName
    self.indexName = indexName
    self.action = action
    self.mode = mode
  }
}

/// The answer to an ``UpdateContributorInsightsRequest``.
public struct UpdateContributorInsightsResponse: Sendable {
  public var tableName: String
  public var indexName: String?
  /// `.enabling` or `.disabling` after a change, else what it was.
  public var status: ContributorInsightsStatus
  /// Nil if keys were never told.
  public var mode: ContributorInsightsMode?

  public init(
    tableName: String, indexName: String? = nil, status: ContributorInsightsStatus,
    mode: ContributorInsightsMode? = nil
  ) {
    self.tableName = tableName
    self.indexName = indexName
    self.status = status
    self.mode = mode
  }
}

extension Database {
  /// Has the busiest keys of a table or of a global index told, or not any more.
  ///
  /// A request for what is so already changes nothing. It is done once ``DatabaseOptions/tableDelayMilliseconds``
  /// are over.
  ///
  /// - Throws: ``ErrorCode/resourceNotFound`` if there is no such table or no such global index,
  ///   ``ErrorCode/validation`` while it is being made.
  nonisolated(nonsending) public func updateContributorInsights(
    _ request: UpdateContributorInsightsRequest
  ) async throws(ServiceError) -> UpdateContributorInsightsResponse {
    try await performAsync(UpdateContributorInsights.self, request)
  }
}

package enum UpdateContributorInsights: Operation {
  package static let name = "UpdateContributorInsights"
  package static var mayRunInline: Bool { false }

  package static func run(
    _ request: UpdateContributorInsightsRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> UpdateContributorInsightsResponse {
    let name = TableName.resolve(request.tableName)
    let now = database.clock.now
    let insights = try database.catalog.change(&context) { draft throws(ServiceError) in
      guard let table = draft.table(name) else { throw ServiceError.tableNotFound(name) }
      var definition = table.definition
      let current = try definition.insights(ofIndex: request.indexName)
      if request.action == .enable { try checkIsActive(definition, request.indexName) }
      let wanted =
        switch request.action {
        case .enable:
          ContributorInsights.enabled(current, mode: request.mode ?? .accessedAndThrottledKeys, at: now)
        case .disable: ContributorInsights.disabled(current, at: now)
        }
      if wanted == current { return current }
      if let index = request.indexName {
        definition.globalIndexes[try definition.insightsPosition(ofIndex: index)].contributorInsights = wanted
      } else {
        definition.contributorInsights = wanted
      }
      draft.put(definition)
      return wanted
    }
    return UpdateContributorInsightsResponse(
      tableName: name, indexName: request.indexName,
      status: status(insights, at: now, database.options.tableDelayMilliseconds), mode: insights?.mode)
  }

  /// The status that the answer tells: what has just been changed is on its way, however short that is.
  private static func status(
    _ insights: ContributorInsights?, at now: Timestamp, _ delayMilliseconds: Int
  ) -> ContributorInsightsStatus {
    guard let insights else { return .disabled }
    return insights.status(at: now, delayMilliseconds: insights.changed == now ? 1 : delayMilliseconds)
  }

  private static func checkIsActive(_ table: TableDefinition, _ index: String?) throws(ServiceError) {
    func refusal(_ subject: String) -> ServiceError {
      .validation(
        "Table or Index is not in a valid state to update Key Access Insights: \(subject) must be ACTIVE to enable "
          + "ContributorInsights.")
    }
    if table.status == .creating || table.status == .deleting { throw refusal("TableStatus") }
    guard let index else { return }
    let status = table.globalIndexes[try table.insightsPosition(ofIndex: index)].status
    if status == .creating || status == .deleting { throw refusal("IndexStatus") }
  }
}
