import Foundation

/// What is done to items.
enum Action: Sendable {
  case get, put, update, query, scan
}

/// How the tree lies when a work begins: the same for all sides, since it begins with the same files and the same writes.
enum Stage: CaseIterable, Sendable {
  /// All items in tables of the last level, none in a memtable.
  case compacted
  /// The same, and then every fourth item was written again, which lies in a memtable.
  case mixed
  /// As compacted to begin with; what is measured are writes.
  case written
}

/// What is measured, and which side's figure each is held against.
enum Work: String, CaseIterable, Sendable {
  case get, query, scan
  case mixedGet = "get-mixed"
  case mixedQuery = "query-mixed"
  case mixedScan = "scan-mixed"
  case put, update

  var stage: Stage {
    switch self {
    case .get, .query, .scan: .compacted
    case .mixedGet, .mixedQuery, .mixedScan: .mixed
    case .put, .update: .written
    }
  }

  var action: Action {
    switch self {
    case .get, .mixedGet: .get
    case .query, .mixedQuery: .query
    case .scan, .mixedScan: .scan
    case .put: .put
    case .update: .update
    }
  }

  var title: String {
    switch self {
    case .get: "GetItem, cached"
    case .put: "PutItem over an item, not synced"
    case .update: "UpdateItem: counter + 1 under a condition"
    case .query: "Query of 100 items"
    case .scan: "Scan with a filter that keeps 1%, an item"
    case .mixedGet: "GetItem, a quarter in a memtable"
    case .mixedQuery: "Query, a quarter in a memtable"
    case .mixedScan: "Scan, a quarter in a memtable"
    }
  }
}

/// How much is done: read from the environment.
struct Plan: Sendable {
  let isQuick: Bool
  let rounds: Int
  let items: Int
  /// How long a work of one side lasts in one round.
  let seconds: Double
  /// How many items a side writes in one round: the same for all, since each write leaves a version to step over.
  let writes: Int
  let jsonPath: String?
  let works: [Work]
  let sides: [String]

  /// Items of one partition: what a query reads.
  static let partitionItems = 100
  /// One item in so many passes the scan's filter.
  static let buckets = 100
  /// One item in so many is written again for the mixed stage.
  static let rewrittenEvery = 4
  static let itemBytes = 400

  init(environment: [String: String]) {
    isQuick = environment["QUICK"] == "1"
    rounds = environment["ROUNDS"].flatMap(Int.init) ?? (isQuick ? 3 : 7)
    let wanted = environment["ITEMS"].flatMap(Int.init) ?? (isQuick ? 10_000 : 50_000)
    items = max(1, wanted / Self.partitionItems) * Self.partitionItems
    seconds = environment["SECONDS_EACH"].flatMap(Double.init) ?? (isQuick ? 0.1 : 0.4)
    writes = environment["WRITES"].flatMap(Int.init) ?? (isQuick ? 10_000 : 30_000)
    jsonPath = environment["JSON"].flatMap { $0.isEmpty ? nil : $0 }
    works = Self.chosen(environment["WORKS"], Work.allCases.map(\.rawValue)).map { Work(rawValue: $0)! }
    sides = Self.chosen(environment["SIDES"], Sides.names)
  }

  var description: String {
    """
    \(items) items of \(Self.itemBytes) B, \(Self.partitionItems) a partition, all in memory; one thread; log on and not \
    synced (SQLite: in memory, without one); medians of \(rounds) interleaved rounds of \(seconds) s, of writes \(writes)
    """
  }

  /// Those whose names are listed (`a,b`), or all.
  private static func chosen(_ names: String?, _ all: [String]) -> [String] {
    guard let names, !names.isEmpty else { return all }
    let wanted = names.split(separator: ",").map(String.init)
    let found = all.filter(wanted.contains)
    if found.isEmpty { fail("none of \(names) is among \(all.joined(separator: ","))") }
    return found
  }
}
