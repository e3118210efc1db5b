import DynamoModel
import Flywheel
import Foundation
import LSMTree
import Synchronization
import Testing

/// What several threads may expect of each other.
@Suite struct ItemConcurrencyTests {
  private static let threadCount = 4

  /// Runs `body` on several threads at once and waits for all of them.
  private func onThreads(_ body: @escaping @Sendable (Int) throws -> Void) throws {
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: Self.threadCount) { thread in
      do {
        try body(thread)
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  private func makeDatabase() throws -> Database {
    let database = try Database.inMemory()
    _ = try database.performAndWait(
      CreateTable.self,
      CreateTableRequest(
        tableName: "shared", attributeDefinitions: [AttributeDefinition("pk", .string)],
        keySchema: [KeySchemaElement("pk", .hash)], billingMode: .payPerRequest))
    return database
  }

  @Test func unconditionalCountersAddUp() throws {
    let database = try makeDatabase()
    let one = try EncodedValue(.number(1))
    try onThreads { _ in
      for _ in 0..<500 {
        let request = UpdateItemRequest(
          tableName: "shared", key: try Item(["pk": "counter"]), updateExpression: "ADD n :one",
          expressionAttributeValues: [":one": one])
        _ = try database.performAndWait(UpdateItem.self, request)
      }
    }
    let item = try database.performAndWait(
      GetItem.self, GetItemRequest(tableName: "shared", key: try Item(["pk": "counter"]))
    ).item
    #expect(item?["n"] == .number(DynamoNumber(500 * Self.threadCount)))
  }

  /// Each thread reads the counter and puts the next value under the condition that nobody else has: of all
  /// attempts, as many succeed as the counter has gone on.
  @Test func conditionalWritesLoseNothing() throws {
    let database = try makeDatabase()
    let successes = Atomic<Int>(0)
    try onThreads { _ in
      for _ in 0..<300 {
        let key = try Item(["pk": "counter"])
        let old = try database.performAndWait(GetItem.self, GetItemRequest(tableName: "shared", key: key))
          .item
        let seen = old?["n"] ?? .number(0)
        guard case .number(let number) = seen else { preconditionFailure("\(seen)") }
        let next = AttributeValue.number(try number.adding(1))
        let request = PutItemRequest(
          tableName: "shared", item: try Item(["pk": "counter", "n": next]),
          conditionExpression: old == nil ? "attribute_not_exists(pk)" : "n = :seen",
          expressionAttributeValues: old == nil ? nil : [":seen": try EncodedValue(seen)])
        do throws(ServiceError) {
          _ = try database.performAndWait(PutItem.self, request)
          successes.add(1, ordering: .relaxed)
        } catch {
          guard error.code == .conditionalCheckFailed else { throw error }
        }
      }
    }
    let item = try database.performAndWait(
      GetItem.self, GetItemRequest(tableName: "shared", key: try Item(["pk": "counter"]))
    ).item
    let successCount = successes.load(ordering: .relaxed)
    #expect(item?["n"] == .number(DynamoNumber(successCount)))
    #expect(successCount >= 300)
  }

  /// Writers put the same stamp in all items of a batch; no reader ever finds two stamps in one.
  @Test func aReaderNeverSeesHalfABatch() throws {
    let database = try makeDatabase()
    let keys = try (0..<10).map { try Item(["pk": .string("\($0)")]) }
    let isDone = Atomic<Bool>(false)
    try onThreads { thread in
      if thread < 2 {
        for stamp in 0..<150 {
          let writes = try (0..<10).map { number in
            WriteRequest.put(try Item(["pk": .string("\(number)"), "stamp": .string("\(thread)-\(stamp)")]))
          }
          _ = try database.performAndWait(
            BatchWriteItem.self,
            BatchWriteItemRequest(requestItems: [TableWrites(tableName: "shared", requests: writes)]))
        }
        isDone.store(true, ordering: .releasing)
      } else {
        while !isDone.load(ordering: .acquiring) {
          let found = try database.performAndWait(
            BatchGetItem.self,
            BatchGetItemRequest(requestItems: [KeysAndAttributes(tableName: "shared", keys: keys)]))
          let stamps = Set(found.responses[0].items.map { $0["stamp"] })
          #expect(stamps.count <= 1)
          #expect(found.responses[0].items.isEmpty || found.responses[0].items.count == 10)
          let scanned = try database.performAndWait(Scan.self, ScanRequest(tableName: "shared"))
          #expect(Set(scanned.items!.map { $0["stamp"] }).count <= 1)
        }
      }
    }
  }
}
