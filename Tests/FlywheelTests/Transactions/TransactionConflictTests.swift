import DynamoModel
import Flywheel
import Foundation
import LSMTree
import Synchronization
import Testing

/// Who meets others on an item waits, is told so when it takes too long, and is never passed over for good.
@Suite struct TransactionConflictTests {
  private func makeDatabase(waitMilliseconds: Int = 10_000) throws -> Database {
    var options = DatabaseOptions()
    options.latchWaitMilliseconds = waitMilliseconds
    let database = try Database.inMemory(options: options)
    try database.create(.plain("table"))
    return database
  }

  private func put(_ pk: String) throws -> TransactWriteItem {
    .put(.init(tableName: "table", item: try Item(["pk": .string(pk)])))
  }

  /// Runs `body` while another thread holds the latches of the items with these keys, as a transaction does or as single
  /// writes do.
  private func whileHeld(
    _ keys: [String], byTransaction: Bool = true, in database: Database, _ body: () throws -> Void
  ) throws {
    let table = try #require(database.tableNow("table"))
    let stripes = try keys.map { pk in
      let item = try Item(["pk": .string(pk)])
      var key = KeyBuffer()
      try Keyspace.append(keyOf: item.view, in: table, to: &key)
      return KeyLatches.stripe(of: key.bytes)
    }
    try whileHeld(stripes: stripes, byTransaction: byTransaction, in: database, body)
  }

  private func whileHeld(
    stripes: [Int], byTransaction: Bool = true, in database: Database, _ body: () throws -> Void
  ) throws {
    let isHeld = DispatchSemaphore(value: 0)
    let isOver = DispatchSemaphore(value: 0)
    let thread = BackgroundThread.start {
      var contended: Int?
      let latches = database.latches
      let held =
        byTransaction
        ? try! latches.acquireForTransaction(stripes: stripes, io: .blocking, contended: &contended)!
        : try! latches.acquire(stripes: stripes, io: .blocking)
      isHeld.signal()
      isOver.wait()
      held.release()
    }
    isHeld.wait()
    defer {
      isOver.signal()
      thread.join()
    }
    try body()
  }

  @Test func aTransactionThatWaitsTooLongIsCancelled() throws {
    let database = try makeDatabase(waitMilliseconds: 20)
    defer { try? database.close() }
    let request = TransactWriteItemsRequest(
      transactItems: [
        try put("free"), try put("held"),
        .conditionCheck(
          .init(
            tableName: "table", key: try Item(["pk": "other"]),
            conditionExpression: "attribute_not_exists(pk)")),
      ])
    try whileHeld(["held"], in: database) {
      let error = serviceError { _ = try database.performAndWait(TransactWriteItems.self, request) }
      #expect(error?.code == .transactionCanceled)
      #expect(
        error?.cancellationReasons == [
          .none, .init(.transactionConflict, "Transaction is ongoing for the item"), .none,
        ])
    }
    // It has let go of what it had, and nothing has happened.
    #expect(try database.contents(ofID: try #require(database.tableNow("table")).id).isEmpty)
    _ = try database.performAndWait(TransactWriteItems.self, request)
  }

  @Test func aSingleWriteThatWaitsTooLongIsToldOfAConflict() throws {
    let database = try makeDatabase(waitMilliseconds: 20)
    defer { try? database.close() }
    try whileHeld(["held"], in: database) {
      let key = try Item(["pk": "held"])
      let attempts: [() throws -> Void] = [
        { _ = try database.performAndWait(PutItem.self, PutItemRequest(tableName: "table", item: key)) },
        { _ = try database.performAndWait(DeleteItem.self, DeleteItemRequest(tableName: "table", key: key)) },
        { _ = try database.performAndWait(UpdateItem.self, UpdateItemRequest(tableName: "table", key: key)) },
      ]
      for attempt in attempts {
        let error = serviceError(attempt)
        #expect(error?.code == .transactionConflict)
        #expect(error?.message == "Transaction is ongoing for the item")
      }
      // Others are not concerned, and readers wait for nobody.
      _ = try database.performAndWait(
        PutItem.self, PutItemRequest(tableName: "table", item: Item(["pk": "free"])))
      _ = try database.performAndWait(
        TransactGetItems.self,
        TransactGetItemsRequest(transactItems: [TransactGetItem(tableName: "table", key: key)]))
    }
  }

  /// A single write that another keeps waiting, which the disk holds up, say, is in no conflict with a transaction: there
  /// is none.
  @Test func aSingleWriteThatWaitsForAnotherIsNotInConflict() throws {
    let database = try makeDatabase(waitMilliseconds: 20)
    defer { try? database.close() }
    let put = PutItemRequest(tableName: "table", item: try Item(["pk": "held"]))
    let batch = BatchWriteItemRequest(
      requestItems: [.init(tableName: "table", requests: [.put(try Item(["pk": "held"]))])])
    for byTransaction in [false, true, false] {
      try whileHeld(["held"], byTransaction: byTransaction, in: database) {
        let attempts: [() throws -> Void] = [
          { _ = try database.performAndWait(PutItem.self, put) },
          { _ = try database.performAndWait(BatchWriteItem.self, batch) },
        ]
        for attempt in attempts {
          let code = serviceError(attempt)?.code
          #expect(code == (byTransaction ? .transactionConflict : .serviceUnavailable))
        }
      }
      _ = try database.performAndWait(PutItem.self, put)
    }
  }

  @Test func aTokenThatIsHeldTooLongIsInProgress() throws {
    let database = try makeDatabase(waitMilliseconds: 20)
    defer { try? database.close() }
    let key = CatalogKeys.token(span: 0, scope: 1, "t")
    try whileHeld(stripes: [KeyLatches.stripe(of: key.span.bytes)], in: database) {
      let request = TransactWriteItemsRequest(transactItems: [try put("a")], clientRequestToken: "t")
      let error = serviceError { _ = try database.performAndWait(TransactWriteItems.self, request) }
      #expect(error?.code == .transactionInProgress)
    }
  }

  /// Whoever waits gets the latch when it is let go, on whatever thread the request began.
  @Test func aConflictThatPassesIsNotTold() throws {
    let database = try makeDatabase()
    defer { try? database.close() }
    let isDone = Atomic<Bool>(false)
    let answer = DispatchSemaphore(value: 0)
    let request = TransactWriteItemsRequest(transactItems: [try put("held"), try put("free")])
    try whileHeld(["held"], in: database) {
      database.perform(TransactWriteItems.self, request) { result in
        if case .success = result { isDone.store(true, ordering: .releasing) }
        answer.signal()
      }
      let isDoneAlready = isDone.load(ordering: .acquiring)
      #expect(!isDoneAlready)
    }
    #expect(answer.wait(timeout: .now() + 60) == .success)
    let isDoneNow = isDone.load(ordering: .acquiring)
    #expect(isDoneNow)
  }

  /// Transactions over the same items in every order, beside single writes: all come to an end.
  @Test func nobodyWaitsInACircle() throws {
    let database = try makeDatabase()
    defer { try? database.close() }
    let keys = (0..<8).map { "\($0)" }
    let failures = Tally()
    let threads = (0..<6).map { number in
      BackgroundThread.start {
        var random = HistoryRandom(seed: UInt64(number))
        for _ in 0..<150 {
          do {
            let chosen = keys.shuffled(using: &random).prefix(Int.random(in: 1...8, using: &random))
            _ = try database.performAndWait(
              TransactWriteItems.self,
              TransactWriteItemsRequest(
                transactItems: try chosen.map {
                  .put(.init(tableName: "table", item: try Item(["pk": .string($0)])))
                }))
          } catch {
            failures.add()
          }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(failures.value == 0)
  }

  /// Sixty-four clients of one item, single writes and transactions, while two threads write it without a pause as event
  /// loops do: every client comes to its end, none is told of a conflict.
  @Test func aHotItemIsEverybodys() throws {
    // Longer than an app's, for machines that do much else.
    let database = try makeDatabase(waitMilliseconds: 60_000)
    defer { try? database.close() }
    let one = try EncodedValue(.number(1))
    let key = try Item(["pk": "hot"])
    let update = UpdateItemRequest(
      tableName: "table", key: key, updateExpression: "ADD n :one", expressionAttributeValues: [":one": one])
    let transaction = TransactWriteItemsRequest(
      transactItems: [
        .update(
          .init(
            tableName: "table", key: key, updateExpression: "ADD n :one",
            expressionAttributeValues: [":one": one])
        )
      ])
    let isOver = Atomic<Bool>(false)
    let written = Tally()
    let failures = Tally()
    let longestNanoseconds = Mutex<UInt64>(0)
    let loops = (0..<2).map { _ in
      BackgroundThread.start {
        while !isOver.load(ordering: .relaxed) {
          // What an event loop does with a request that it can't finish is up to the pool; here only who finishes counts.
          let answer = DispatchSemaphore(value: 0)
          database.perform(UpdateItem.self, update) { result in
            if case .success = result { written.add() } else { failures.add() }
            answer.signal()
          }
          answer.wait()
        }
      }
    }
    let clients = (0..<64).map { number in
      BackgroundThread.start {
        for _ in 0..<10 {
          let began = MonotonicClock.nanoseconds
          do {
            if number % 2 == 0 {
              _ = try database.performAndWait(UpdateItem.self, update)
            } else {
              _ = try database.performAndWait(TransactWriteItems.self, transaction)
            }
            written.add()
          } catch {
            failures.add()
          }
          let took = MonotonicClock.nanoseconds - began
          longestNanoseconds.withLock { $0 = max($0, took) }
        }
      }
    }
    for client in clients { client.join() }
    isOver.store(true, ordering: .relaxed)
    for loop in loops { loop.join() }
    #expect(failures.value == 0)
    let item = try database.performAndWait(GetItem.self, GetItemRequest(tableName: "table", key: key)).item
    #expect(item?["n"] == .number(DynamoNumber(written.value)))
    #expect(written.value >= 640)
    // The bound that is promised.
    #expect(longestNanoseconds.withLock { $0 } < 60_000_000_000)
  }
}
