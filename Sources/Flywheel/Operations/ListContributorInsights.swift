/// Which part of the list of tables and indexes is wanted whose busiest keys are told.
public struct ListContributorInsightsRequest: Sendable {
  /// A table's name or its ARN; nil for those of all tables.
  public var tableName: String?
  /// The `nextToken` of the page before.
  public var nextToken: String?
  /// How many at most, up to 100; nil, or less than one, for 100.
  public var maxResults: Int?

  public init(tableName: String? = nil, nextToken: String? = nil, maxResults: Int? = nil) {
    self.tableName = tableName
    self.nextToken = nextToken
    self.maxResults = maxResults
  }
}

/// A table or an index whose busiest keys are told.
public struct ContributorInsightsSummary: Sendable, Hashable {
  public var tableName: String
  /// Nil for the table itself.
  public var indexName: String?
  public var status: ContributorInsightsStatus
  public var mode: ContributorInsightsMode

  public init(
    tableName: String, indexName: String? = nil, status: ContributorInsightsStatus,
    mode: ContributorInsightsMode
  ) {
    self.tableName = tableName
    self.indexName = indexName
    self.status = status
    self.mode = mode
  }
}

/// The answer to a ``ListContributorInsightsRequest``: one page, tables in order of their names and each before its indexes.
public struct ListContributorInsightsResponse: Sendable {
  public var summaries: [ContributorInsightsSummary]
  /// Where the next page goes on; nil if there is none.
  public var nextToken: String?

  public init(summaries: [ContributorInsightsSummary], nextToken: String? = nil) {
    self.summaries = summaries
    self.nextToken = nextToken
  }
}

extension Database {
  /// Lists the tables and global indexes whose busiest keys are told, a page at a time.
  ///
  /// - Throws: ``ErrorCode/resourceNotFound`` if a table is named that is not there.
  nonisolated(nonsending) public func listContributorInsights(
    _ request: ListContributorInsightsRequest = ListContributorInsightsRequest()
  ) async throws(ServiceError) -> ListContributorInsightsResponse {
    try await performAsync(ListContributorInsights.self, request)
  }
}

package enum ListContributorInsights: Operation {
  package static let name = "ListContributorInsights"
  /// Summaries in one answer.
  package static let summariesMax = 100

  package static func run(
    _ request: ListContributorInsightsRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> ListContributorInsightsResponse {
    var all: [ContributorInsightsSummary] = []
    if let name = request.tableName {
      append(try database.anyTable(name, &context).definition, to: &all, database)
    } else {
      let snapshot = database.catalog.snapshot
      context.observe(snapshot.sequence)
      for name in snapshot.names { append(snapshot.tables[name]!.definition, to: &all, database) }
    }
    let start = request.nextToken.map { token in
      all.firstIndex { isSummary($0, behind: token) } ?? all.count
    }
    let wanted = request.maxResults ?? summariesMax
    let page = Array(all[(start ?? 0)...].prefix((1...summariesMax).contains(wanted) ? wanted : summariesMax))
    let isLast = (start ?? 0) + page.count == all.count
    return ListContributorInsightsResponse(
      summaries: page, nextToken: isLast ? nil : page.last.map(token))
  }

  private static func append(
    _ table: TableDefinition, to summaries: inout [ContributorInsightsSummary], _ database: Database
  ) {
    func add(_ insights: ContributorInsights?, _ index: String?) {
      guard let insights else { return }
      let status = insights.status(
        at: database.clock.now, delayMilliseconds: database.options.tableDelayMilliseconds)
      // What is not told is not listed, what is on the way there still is.
      if status == .disabled { return }
      summaries.append(
        ContributorInsightsSummary(
          tableName: table.name, indexName: index, status: status, mode: insights.mode))
    }
    add(table.contributorInsights, nil)
    for index in table.globalIndexes.sorted(by: { $0.specification.indexName < $1.specification.indexName }) {
      add(index.contributorInsights, index.specification.indexName)
    }
  }

  /// The token of the page behind a summary: its table's name and, after a slash, its index's. No name has a slash.
  private static func token(_ summary: ContributorInsightsSummary) -> String {
    "\(summary.tableName)/\(summary.indexName ?? "")"
  }

  private static func isSummary(_ summary: ContributorInsightsSummary, behind token: String) -> Bool {
    let parts = token.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let table = String(parts[0])
    if summary.tableName != table { return table.utf8.lexicographicallyPrecedes(summary.tableName.utf8) }
    return (parts.count > 1 ? String(parts[1]) : "") < (summary.indexName ?? "")
  }
}
