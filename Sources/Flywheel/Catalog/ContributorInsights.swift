/// Whether the busiest keys of a table or of a global index are told, as the catalog stores it.
///
/// A status is not stored: it follows from the last change and the clock, since a change is done once the
/// delay is over that `DatabaseOptions.tableDelayMilliseconds` asks for.
package struct ContributorInsights: Sendable, Hashable {
  package var isEnabled: Bool
  package var mode: ContributorInsightsMode
  /// When one of the two last changed.
  package var changed: Timestamp
  /// When the rules were made whose names end with it; a change of mode keeps those that stay.
  package var rulesMade: Timestamp

  package init(isEnabled: Bool, mode: ContributorInsightsMode, changed: Timestamp, rulesMade: Timestamp) {
    self.isEnabled = isEnabled
    self.mode = mode
    self.changed = changed
    self.rulesMade = rulesMade
  }

  /// The status at `now`, if changes take `delayMilliseconds`.
  package func status(at now: Timestamp, delayMilliseconds: Int) -> ContributorInsightsStatus {
    let isDone = now >= changed.advanced(byMilliseconds: Int64(delayMilliseconds))
    return isEnabled ? isDone ? .enabled : .enabling : isDone ? .disabled : .disabling
  }

  /// The names of the service's rules for it, as `DescribeContributorInsights` lists them: most accessed and most
  /// throttled, each by partition key and, where there is a sort key, by both.
  ///
  /// - Parameter resource: the table's name; for an index, its name behind that and a hyphen.
  package func rules(of resource: String, hasSortKey: Bool) -> [String] {
    let kinds =
      switch (mode, hasSortKey) {
      case (.accessedAndThrottledKeys, true): ["PKC", "SKC", "PKT", "SKT"]
      case (.accessedAndThrottledKeys, false): ["PKC", "PKT"]
      case (.throttledKeys, true): ["PKT", "SKT"]
      case (.throttledKeys, false): ["PKT"]
      }
    let made = rulesMade.nanosecondsSince1970 / 1_000_000
    return kinds.map { "DynamoDBContributorInsights-\($0)-\(resource)-\(made)" }
  }
}

extension ContributorInsights {
  /// What `current` becomes when it is asked for at `now`; the same if that changes nothing.
  package static func enabled(
    _ current: ContributorInsights?, mode: ContributorInsightsMode, at now: Timestamp
  ) -> ContributorInsights {
    guard let current, current.isEnabled else {
      return ContributorInsights(isEnabled: true, mode: mode, changed: now, rulesMade: now)
    }
    if current.mode == mode { return current }
    return ContributorInsights(isEnabled: true, mode: mode, changed: now, rulesMade: current.rulesMade)
  }

  /// What `current` becomes when it is not wanted any more; the same if that changes nothing.
  package static func disabled(
    _ current: ContributorInsights?, at now: Timestamp
  ) -> ContributorInsights? {
    guard var insights = current, insights.isEnabled else { return current }
    insights.isEnabled = false
    insights.changed = now
    return insights
  }
}

extension TableDefinition {
  /// The insights of the table, or of one of its global indexes.
  ///
  /// - Throws: if `index` is not the name of a global index of the table; a local one won't do.
  package func insights(ofIndex index: String?) throws(ServiceError) -> ContributorInsights? {
    guard let index else { return contributorInsights }
    return globalIndexes[try insightsPosition(ofIndex: index)].contributorInsights
  }

  /// Where in `globalIndexes` an index is whose insights are asked for.
  package func insightsPosition(ofIndex index: String) throws(ServiceError) -> Int {
    guard let position = globalIndexes.firstIndex(where: { $0.specification.indexName == index }) else {
      throw ServiceError(
        .resourceNotFound, "Requested resource not found: Index: \(index) not found for table: \(name)")
    }
    return position
  }
}
