import Flywheel
import LSMTree
import Synchronization
import Testing

/// Whether busy keys are told: kept with the table, on its way for as long as changes take, listed in pages.
@Suite struct ContributorInsightsTests {
  private final class ManualClock: Sendable {
    private let now = Atomic<Int64>(1_700_000_000_000_000_000)
    var clock: DatabaseClock { DatabaseClock { self.now.load(ordering: .relaxed) } }
    func advance(milliseconds: Int64) { now.add(milliseconds * 1_000_000, ordering: .relaxed) }
  }

  private static func set(
    _ action: ContributorInsightsAction, _ table: String, _ index: String? = nil,
    mode: ContributorInsightsMode? = nil, in database: Database
  ) throws -> UpdateContributorInsightsResponse {
    try database.performAndWait(
      UpdateContributorInsights.self,
      UpdateContributorInsightsRequest(tableName: table, indexName: index, action: action, mode: mode))
  }

  private static func description(
    _ table: String, _ index: String? = nil, in database: Database
  ) throws -> DescribeContributorInsightsResponse {
    try database.performAndWait(
      DescribeContributorInsights.self,
      DescribeContributorInsightsRequest(tableName: table, indexName: index))
  }

  @Test func changesTakeAsLongAsTableChanges() throws {
    let clock = ManualClock()
    var options = DatabaseOptions()
    options.clock = clock.clock
    options.tableDelayMilliseconds = 600_000
    let fileSystem = MemoryFileSystem()
    var database = try Database.open(at: "/database", options: options, fileSystem: fileSystem)
    try database.create(.plain("table", sortKey: true))
    #expect(
      serviceError { _ = try Self.set(.enable, "table", in: database) }?.message
        == "Table or Index is not in a valid state to update Key Access Insights: TableStatus must be ACTIVE to enable "
        + "ContributorInsights.")
    try database.close()
    database = try Database.open(at: "/database", options: options, fileSystem: fileSystem)
    #expect(try Self.set(.enable, "table", in: database).status == .enabling)
    clock.advance(milliseconds: 599_999)
    #expect(try Self.description("table", in: database).status == .enabling)
    #expect(try Self.description("table", in: database).rules == nil)
    #expect(try Self.set(.enable, "table", in: database).status == .enabling, "it is still the first time")
    clock.advance(milliseconds: 1)
    #expect(try Self.description("table", in: database).status == .enabled)
    #expect(
      try Self.description("table", in: database).rules
        == ["PKC", "SKC", "PKT", "SKT"].map { "DynamoDBContributorInsights-\($0)-table-1700000000000" })

    // A change of mode keeps the rules that stay, and the setting outlives the process.
    let changed = try Self.set(.enable, "table", mode: .throttledKeys, in: database)
    #expect(changed.status == .enabling)
    clock.advance(milliseconds: 600_000)
    try database.close()
    database = try Database.open(at: "/database", options: options, fileSystem: fileSystem)
    defer { try? database.close() }
    #expect(
      try Self.description("table", in: database).rules
        == ["PKT", "SKT"].map { "DynamoDBContributorInsights-\($0)-table-1700000000000" })
    #expect(try Self.set(.disable, "table", in: database).status == .disabling)
    clock.advance(milliseconds: 600_000)
    let disabled = try Self.description("table", in: database)
    #expect(disabled.status == .disabled)
    #expect(disabled.mode == .throttledKeys)
    #expect(disabled.rules == nil)
  }

  @Test func listsComeInPages() throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    var expected: [String] = []
    for name in ["b.table", "b-table", "a_table", "c"].map({ $0 + "-x" }) {
      try database.create(.plain(name))
      for index in ["two", "one"] { try database.update(.addIndex(index, on: index, to: name)) }
      for index in [nil, "one", "two"] where !(name == "c-x" && index == nil) {
        _ = try Self.set(.enable, name, index, in: database)
        expected.append("\(name)/\(index ?? "")")
      }
    }
    expected.sort { a, b in
      let (a, b) = (a.split(separator: "/"), b.split(separator: "/"))
      return a[0] == b[0] ? a.count < b.count || a.last! < b.last! : a[0] < b[0]
    }
    for size in 1...expected.count + 1 {
      var found: [String] = []
      var token: String?
      repeat {
        let page = try database.performAndWait(
          ListContributorInsights.self,
          ListContributorInsightsRequest(nextToken: token, maxResults: size))
        #expect(page.summaries.count <= size)
        found += page.summaries.map { "\($0.tableName)/\($0.indexName ?? "")" }
        token = page.nextToken
      } while token != nil
      #expect(found == expected, "in pages of \(size)")
    }
  }
}
