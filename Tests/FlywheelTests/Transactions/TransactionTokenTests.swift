import DynamoModel
import Flywheel
import LSMTree
import Synchronization
import Testing

/// A token lets its transaction happen once in ten minutes, whatever comes between, and is forgotten.
@Suite struct TransactionTokenTests {
  private static let minute: Int64 = 60_000_000_000

  /// A clock that is moved by hand, and what opens databases that go by it.
  private final class Clock: Sendable {
    let nanoseconds = Atomic<Int64>(1_800_000_000_000_000_000)

    func advance(_ amount: Int64) { nanoseconds.add(amount, ordering: .sequentiallyConsistent) }

    func options() -> DatabaseOptions {
      var options = DatabaseOptions.small
      options.clock = DatabaseClock { [self] in nanoseconds.load(ordering: .sequentiallyConsistent) }
      return options
    }
  }

  private static func request(_ token: String?, by amount: Int = 1) throws -> TransactWriteItemsRequest {
    TransactWriteItemsRequest(
      transactItems: [
        .update(
          .init(
            tableName: "table", key: try Item(["pk": "counter"]), updateExpression: "ADD n :n",
            expressionAttributeValues: [":n": try EncodedValue(.number(DynamoNumber(amount)))]))
      ], returnConsumedCapacity: .total, clientRequestToken: token)
  }

  /// Counts up. True if it was done now, false if it had been done before.
  @discardableResult
  private func countUp(_ database: Database, _ token: String?, by amount: Int = 1) throws -> Bool {
    let response = try database.performAndWait(
      TransactWriteItems.self, try Self.request(token, by: amount))
    let capacity = try #require(response.consumedCapacity?.first)
    #expect((capacity.readCapacityUnits == nil) == (capacity.writeCapacityUnits == 2))
    return capacity.writeCapacityUnits != nil
  }

  private func count(_ database: Database) throws -> AttributeValue? {
    try database.performAndWait(
      GetItem.self, GetItemRequest(tableName: "table", key: Item(["pk": "counter"]), consistentRead: true)
    ).item?["n"]
  }

  private func records(_ database: Database) throws -> Int {
    let range = CatalogKeys.range(.token)
    var cursor = try database.tree.cursor(
      in: database.tree.appliedView(), from: range.lower, to: range.upper, io: .blocking)
    var count = 0
    try cursor.seekToFirst()
    while cursor.isValid {
      count += 1
      try cursor.next()
    }
    return count
  }

  @Test func tenMinutesByTheDatabasesClock() throws {
    let clock = Clock()
    let database = try Database.inMemory(options: clock.options())
    defer { try? database.close() }
    try database.create(.plain("table"))
    #expect(try countUp(database, "t"))
    for _ in 0..<9 {
      clock.advance(Self.minute)
      #expect(try !countUp(database, "t"))
    }
    clock.advance(Self.minute - 1)
    #expect(try !countUp(database, "t"))
    clock.advance(1)
    #expect(try countUp(database, "t"))
    #expect(try !countUp(database, "t"))
    #expect(try count(database) == 2)
  }

  @Test func aClockThatGoesBackForgetsNothing() throws {
    let clock = Clock()
    let database = try Database.inMemory(options: clock.options())
    defer { try? database.close() }
    try database.create(.plain("table"))
    for number in 0..<30 {
      #expect(try countUp(database, "\(number)"))
      clock.advance(-Self.minute / 2)
      #expect(try !countUp(database, "\(number)"))
      clock.advance(Self.minute)
    }
  }

  @Test func anotherRequestIsRefusedUntilThen() throws {
    let clock = Clock()
    let database = try Database.inMemory(options: clock.options())
    defer { try? database.close() }
    try database.create(.plain("table"))
    try countUp(database, "t")
    #expect(serviceError { try countUp(database, "t", by: 2) }?.code == .idempotentParameterMismatch)
    #expect(try count(database) == 1)
    clock.advance(10 * Self.minute)
    #expect(try countUp(database, "t", by: 2))
    #expect(try count(database) == 3)
  }

  @Test func tokensAreForgotten() throws {
    let clock = Clock()
    let database = try Database.inMemory(options: clock.options())
    defer { try? database.close() }
    try database.create(.plain("table"))
    for minute in 0..<60 {
      for number in 0..<5 { try countUp(database, "\(minute) \(number)") }
      let hasMore = try database.sweepTokens()
      #expect(hasMore)
      #expect(try records(database) <= 21 * 5)
      #expect(try !countUp(database, "\(max(0, minute - 9)) 0"))
      clock.advance(Self.minute)
    }
    clock.advance(30 * Self.minute)
    let hasMore = try database.sweepTokens()
    #expect(!hasMore)
    #expect(try records(database) == 0)
    #expect(try count(database) == 300)
  }

  @Test func aTokenIsKnownAfterAnOrderlyEndAndAfterAPowerCut() throws {
    let clock = Clock()
    var disk = FaultFileSystem()
    for round in 0..<6 {
      let database = try Database.open(at: "/db", options: clock.options(), fileSystem: disk)
      if round == 0 { try database.create(.plain("table")) }
      #expect(try countUp(database, "kept") == (round == 0))
      #expect(try countUp(database, "round \(round)"))
      if round % 2 == 0 {
        disk = disk.afterPowerCut(seed: UInt64(round))
        try? database.close()
      } else {
        try database.close()
      }
      clock.advance(Self.minute)
    }
    clock.advance(10 * Self.minute)
    let database = try Database.open(at: "/db", options: clock.options(), fileSystem: disk)
    #expect(try countUp(database, "kept"))
    #expect(try count(database) == 8)
    try database.close()
  }

  @Test func ofManyAtATimeOneHappens() throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    try database.create(.plain("table"))
    let done = Tally()
    let failed = Tally()
    let threads = (0..<8).map { _ in
      BackgroundThread.start {
        for number in 0..<100 {
          do {
            let response = try database.performAndWait(
              TransactWriteItems.self, try Self.request("token \(number)"))
            if response.consumedCapacity?.first?.writeCapacityUnits != nil { done.add() }
          } catch {
            failed.add()
          }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(done.value == 100)
    #expect(failed.value == 0)
    #expect(try count(database) == 100)
  }

  @Test func whatWasCancelledLeavesNoToken() throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    try database.create(.plain("table"))
    let refused = TransactWriteItemsRequest(
      transactItems: [
        .put(
          .init(tableName: "table", item: try Item(["pk": "a"]), conditionExpression: "attribute_exists(pk)"))
      ], clientRequestToken: "t")
    #expect(
      serviceError { _ = try database.performAndWait(TransactWriteItems.self, refused) }?.code
        == .transactionCanceled)
    #expect(try records(database) == 0)
    #expect(try countUp(database, "t"))
  }
}
