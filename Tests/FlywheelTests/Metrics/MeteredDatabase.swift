import DynamoModel
import Flywheel
import LSMTree

/// A database with one provisioned table, on a clock that stands.
struct MeteredDatabase {
  static let start: Int64 = 1_800_000_000
  let database: Database

  init(
    _ fileSystem: any FileSystem = MemoryFileSystem(), _ change: (inout DatabaseOptions) -> Void = { _ in }
  ) throws {
    var options = DatabaseOptions()
    options.clock = DatabaseClock { Self.start * 1_000_000_000 }
    change(&options)
    database = try Database.open(at: "/database", options: options, fileSystem: fileSystem)
  }

  func createTable() throws {
    var request = CreateTableRequest.keyed("table")
    request.billingMode = .provisioned
    request.provisionedThroughput = ProvisionedThroughput(readCapacityUnits: 1, writeCapacityUnits: 2)
    _ = try database.performAndWait(CreateTable.self, request)
  }

  @discardableResult
  func put(_ id: String = "a", condition: String? = nil) -> ErrorCode? {
    code {
      _ = try database.performAndWait(
        PutItem.self,
        PutItemRequest(tableName: "table", item: Item(["id": .string(id)]), conditionExpression: condition))
    }
  }

  @discardableResult
  func get(_ id: String = "a") -> ErrorCode? {
    code {
      _ = try database.performAndWait(
        GetItem.self, GetItemRequest(tableName: "table", key: Item(["id": .string(id)])))
    }
  }

  func code(_ body: () throws -> Void) -> ErrorCode? {
    do {
      try body()
      return nil
    } catch {
      return (error as? ServiceError)?.code
    }
  }

  /// The total of a metric since the database was opened.
  func total(_ metric: MetricName, _ operation: String? = nil, table: String? = "table") -> Double {
    database.metricTotals().filter {
      $0.metric == metric && $0.tableName == table && (operation == nil || $0.operation == operation)
    }.reduce(0) { $0 + $1.statistics.sum }
  }

  /// The points of the last hour, as minutes since the start and sums.
  func history(_ metric: MetricName, _ operation: String? = nil, table: String? = "table", period: Int = 1)
    throws
    -> [[Double]]
  {
    let day: Int64 = 86_400
    let query = MetricQuery(
      metric, tableName: table, operation: operation, from: Self.time(-day), to: Self.time(day * 30),
      periodMinutes: period)
    return try database.metricHistory(query).map { point in
      [Double(point.time.nanosecondsSince1970 / 1_000_000_000 - Self.start) / 60, point.statistics.sum]
    }
  }

  static func time(_ seconds: Int64) -> Timestamp {
    Timestamp(nanosecondsSince1970: (start + seconds) * 1_000_000_000)
  }
}

extension MeteredDatabase {
  func update(_ updates: [GlobalSecondaryIndexUpdate]) throws {
    var request = UpdateTableRequest(tableName: "table")
    request.attributeDefinitions = [AttributeDefinition("id", .string)]
    request.globalSecondaryIndexUpdates = updates
    _ = try database.performAndWait(UpdateTable.self, request)
  }

  /// Makes or deletes an index whose key is that of the table.
  func createIndex(_ name: String) throws {
    try update([
      GlobalSecondaryIndexUpdate(
        create: GlobalSecondaryIndex(
          indexName: name, keySchema: [KeySchemaElement("id", .hash)], projection: Projection(.all),
          provisionedThroughput: ProvisionedThroughput(readCapacityUnits: 5, writeCapacityUnits: 5)))
    ])
  }

  func deleteIndex(_ name: String) throws {
    try update([GlobalSecondaryIndexUpdate(delete: DeleteGlobalSecondaryIndexAction(indexName: name))])
  }

  /// Sums of the points of an index.
  func history(_ metric: MetricName, index: String) throws -> [Double] {
    let query = MetricQuery(
      metric, tableName: "table", indexName: index, from: Self.time(-86_400), to: Self.time(86_400 * 30))
    return try database.metricHistory(query).map(\.statistics.sum)
  }
}

/// Keeps all threads of a database's pool and all places in front of them, until it is opened.
final class FullPool: Sendable {
  private struct Gate: Sendable {
    let isOpen = Guarded(false)
    let started = Guarded(0)
  }

  private enum Waiting: Flywheel.Operation {
    static let name = "Waiting"
    static func run(
      _ gate: Gate, in database: Database, _ context: inout OperationContext
    ) throws(Interruption) {
      if context.io == .memoryOnly { throw .wouldBlock }
      gate.started.withLock { $0 += 1 }
      gate.started.broadcast()
      gate.isOpen.wait { $0 ? () : nil }
    }
  }

  private let gate = Gate()

  /// - Parameter database: one with a single thread and a single place.
  init(of database: Database) {
    database.perform(Waiting.self, gate) { _ in }
    gate.started.wait { $0 == 1 ? () : nil }
    database.perform(Waiting.self, gate) { _ in }
  }

  func open() {
    gate.isOpen.withLock { $0 = true }
    gate.isOpen.broadcast()
  }
}
