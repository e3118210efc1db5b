import DynamoModel
import Flywheel
import LSMTree
import Testing

/// Units are charged, and refusals counted, for what is answered: once, however often it was attempted.
@Suite struct SettledChargesTests {
  private static let rich = "rich"
  private static let poor = "poor"

  /// Two tables, of which one owes units. Nothing that is flushed is kept in memory.
  private func makeDatabase() throws -> Database {
    var options = DatabaseOptions()
    options.clock = HandClock().clock
    options.durability = .none
    options.cacheBytesMax = 0
    let database = try Database.open(at: "/database", options: options, fileSystem: MemoryFileSystem())
    for name in [Self.rich, Self.poor] {
      var request = CreateTableRequest.keyed(name)
      request.billingMode = .provisioned
      let units = name == Self.rich ? 1_000 : 1
      request.provisionedThroughput = ProvisionedThroughput(
        readCapacityUnits: units, writeCapacityUnits: units)
      _ = try database.performAndWait(CreateTable.self, request)
    }
    for _ in 0..<3 {
      _ = try? database.performAndWait(
        PutItem.self,
        PutItemRequest(
          tableName: Self.poor,
          item: try Item(["id": "large", "v": .string(String(repeating: "x", count: 200_000))])))
    }
    for _ in 0..<100 {
      _ = try? database.performAndWait(
        GetItem.self,
        GetItemRequest(tableName: Self.poor, key: try Item(["id": "large"]), consistentRead: true))
    }
    return database
  }

  private func units(_ table: String, _ database: Database) throws -> Double {
    try database.partitions(ofTable: table).reduce(0) { $0 + $1.consumedWriteUnits }
  }

  private func put(_ table: String, _ id: String, condition: String? = nil) throws -> TransactWriteItem {
    .put(.init(tableName: table, item: try Item(["id": .string(id)]), conditionExpression: condition))
  }

  private func cancel(_ actions: [TransactWriteItem], _ database: Database) -> [CancellationReason.Code] {
    let error = #expect(throws: ServiceError.self) {
      try database.performAndWait(
        TransactWriteItems.self, TransactWriteItemsRequest(transactItems: actions))
    }
    return error?.cancellationReasons.map(\.code) ?? []
  }

  @Test func aTransactionThatIsCancelledForItsRateAloneCostsNothing() throws {
    let database = try makeDatabase()
    defer { try? database.close() }
    let reasons = cancel([try put(Self.rich, "a"), try put(Self.poor, "a")], database)
    #expect(reasons == [.none, .provisionedThroughputExceeded])
    #expect(try units(Self.rich, database) == 0)
    // With a condition that fails it costs what was looked at.
    let condition = "attribute_exists(id)"
    let both = cancel(
      [try put(Self.rich, "a", condition: condition), try put(Self.poor, "a")], database)
    #expect(both == [.conditionalCheckFailed, .provisionedThroughputExceeded])
    #expect(try units(Self.rich, database) == 2)
  }

  // MARK: Attempts that are run again

  /// Attempts that are refused one thing and then find another on the disk.
  private static let attempts:
    [(name: String, run: @Sendable (Database, inout OperationContext) throws(Interruption) -> Void)] = [
      (
        "BatchGetItem",
        { database, context throws(Interruption) in
          let wanted = [poor, rich].map { KeysAndAttributes(tableName: $0, keys: [key("a")]) }
          _ = try BatchGetItem.run(BatchGetItemRequest(requestItems: wanted), in: database, &context)
        }
      ),
      (
        "BatchWriteItem",
        { database, context throws(Interruption) in
          let writes = [poor, rich].map { TableWrites(tableName: $0, requests: [.delete(key: key("a"))]) }
          _ = try BatchWriteItem.run(BatchWriteItemRequest(requestItems: writes), in: database, &context)
        }
      ),
      (
        "TransactWriteItems",
        { database, context throws(Interruption) in
          let writes = [poor, rich].map { TransactWriteItem.put(.init(tableName: $0, item: key("a"))) }
          _ = try TransactWriteItems.run(
            TransactWriteItemsRequest(transactItems: writes), in: database, &context)
        }
      ),
      (
        "BatchExecuteStatement",
        { database, context throws(Interruption) in
          let reads = [poor, rich].map { BatchStatement(statement: "SELECT * FROM \($0) WHERE id = 'a'") }
          _ = try BatchExecuteStatement.run(
            BatchExecuteStatementRequest(statements: reads), in: database, &context)
        }
      ),
    ]

  private static func key(_ id: String) -> Item { try! Item(["id": .string(id)]) }

  @Test(arguments: attempts.indices)
  func aRefusalIsCountedOnceHoweverOftenItIsMet(_ position: Int) throws {
    let (name, run) = Self.attempts[position]
    let database = try makeDatabase()
    defer { try? database.close() }
    _ = try database.performAndWait(PutItem.self, PutItemRequest(tableName: Self.rich, item: Self.key("a")))
    try database.tree.flush()
    let meter = try #require(database.tableNow(Self.poor)?.admission?.meter)
    var expected = meter.totals.readThrottles + meter.totals.writeThrottles
    for _ in 0..<2 {
      var context = OperationContext(io: .memoryOnly)
      let interruption = #expect(throws: Interruption.self, "\(name)") { try run(database, &context) }
      guard case .wouldBlock = interruption else { Issue.record("\(name) did not need the disk"); return }
    }
    #expect(meter.totals.readThrottles + meter.totals.writeThrottles == expected, "\(name)")
    var context = OperationContext(io: .blocking)
    do throws(Interruption) {
      try run(database, &context)
    } catch {
      guard case .service(let failure) = error else { throw error }
      #expect(failure.code == .transactionCanceled, "\(name)")
    }
    expected += 1
    #expect(meter.totals.readThrottles + meter.totals.writeThrottles == expected, "\(name)")
  }
}
