import DynamoModel
import Flywheel
import LSMTree
import Synchronization
import Testing

/// Faults happen to the requests they are set for, as often as they are to, and to no others.
@Suite struct FaultTests {
  /// A database with two tables of two items each.
  private struct Subject {
    let database: Database

    init() throws {
      database = try Database.inMemory()
      for table in ["one", "two"] {
        _ = try database.performAndWait(CreateTable.self, CreateTableRequest.keyed(table))
        for id in ["a", "b"] { try put(id, table) }
      }
    }

    func put(_ id: String, _ table: String = "one") throws {
      _ = try database.performAndWait(
        PutItem.self, PutItemRequest(tableName: table, item: try Item(["id": .string(id), "n": 1])))
    }

    func get(_ id: String, _ table: String = "one") throws -> Item? {
      try database.performAndWait(
        GetItem.self,
        GetItemRequest(tableName: table, key: try Item(["id": .string(id)]), consistentRead: true)
      ).item
    }

    /// What a request is answered with: an error's code, or nil.
    func code(_ body: () throws -> Void) -> ErrorCode? {
      do {
        try body()
        return nil
      } catch {
        return (error as? ServiceError)?.code
      }
    }
  }

  @Test func happenToTheNextSoManyThatMatch() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    let faults = subject.database.faults
    let key = try Item(["id": "a"])
    let id = try faults.add(
      Fault(.throttle, operations: ["GetItem"], tableName: "one", key: key, extent: .next(2)))
    var codes: [ErrorCode?] = []
    for _ in 0..<3 {
      #expect(subject.code { _ = try subject.get("b") } == nil)
      #expect(subject.code { _ = try subject.get("a", "two") } == nil)
      #expect(subject.code { try subject.put("a") } == nil)
      codes.append(subject.code { _ = try subject.get("a") })
    }
    #expect(codes == [.provisionedThroughputExceeded, .provisionedThroughputExceeded, nil])
    let status = try #require(faults.list().first)
    #expect(status.id == id && status.matchedCount == 2 && status.injectedCount == 2)
    #expect(status.remainingCount == 0)
    #expect(!faults.areSet)
    #expect(faults.remove(id)?.injectedCount == 2)
    #expect(faults.remove(id) == nil && faults.list().isEmpty)
  }

  @Test func failWithAnyErrorAndChangeNothing() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    try subject.database.faults.add(
      Fault(.fail(ServiceError(.internalServerError, "broken")), operations: ["DeleteItem"]))
    let request = DeleteItemRequest(tableName: "one", key: try Item(["id": "a"]))
    let error = #expect(throws: ServiceError.self) {
      _ = try subject.database.performAndWait(DeleteItem.self, request)
    }
    #expect(error?.code == .internalServerError && error?.message == "broken")
    #expect(try subject.get("a") != nil)
    subject.database.faults.clear()
    _ = try subject.database.performAndWait(DeleteItem.self, request)
    #expect(try subject.get("a") == nil)
  }

  @Test func loseTheAnswerToWhatWasDone() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    try subject.database.faults.add(
      Fault(
        .failAfterwards(ServiceError(.serviceUnavailable, "gone")), operations: ["PutItem"], extent: .next(1))
    )
    #expect(subject.code { try subject.put("new") } == .serviceUnavailable)
    #expect(try subject.get("new") != nil)
    // What fails by itself keeps its own error.
    try subject.database.faults.add(
      Fault(.failAfterwards(ServiceError(.serviceUnavailable, "gone")), operations: ["PutItem"]))
    #expect(subject.code { try subject.put("new", "absent") } == .resourceNotFound)
  }

  @Test func batchesMatchByAnyOfTheirItems() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    try subject.database.faults.add(
      Fault(.throttle, tableName: "arn:aws:dynamodb:us-east-1:000000000000:table/two", key: Item(["id": "b"]))
    )
    func get(_ ids: [String]) throws {
      let keys = try ids.map { try Item(["id": .string($0)]) }
      _ = try subject.database.performAndWait(
        BatchGetItem.self,
        BatchGetItemRequest(requestItems: [KeysAndAttributes(tableName: "two", keys: keys)]))
    }
    #expect(subject.code { try get(["a"]) } == nil)
    #expect(subject.code { try get(["a", "b"]) } == .provisionedThroughputExceeded)
    let write = BatchWriteItemRequest(requestItems: [
      TableWrites(
        tableName: "two", requests: [.put(try Item(["id": "c"])), .delete(key: try Item(["id": "b"]))])
    ])
    #expect(
      subject.code { _ = try subject.database.performAndWait(BatchWriteItem.self, write) }
        == .provisionedThroughputExceeded)
    #expect(try subject.get("c", "two") == nil)
  }

  @Test func aDelayLeavesTheCallersThreadAndOthersAlone() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    try subject.database.faults.add(
      Fault(.delay(milliseconds: 50), operations: ["GetItem"], key: Item(["id": "a"])))
    let answers = Guarded<[String]>([])
    let started = MonotonicClock.nanoseconds
    for id in ["a", "b"] {
      subject.database.perform(
        GetItem.self, GetItemRequest(tableName: "one", key: try Item(["id": .string(id)]))
      ) { result in
        #expect((try? result.get().item) != nil)
        answers.withLock { $0.append(id) }
        answers.broadcast()
      }
    }
    let order = answers.wait { $0.count == 2 ? $0 : nil }
    #expect(order == ["b", "a"])
    #expect(MonotonicClock.nanoseconds - started >= 50_000_000)
  }

  @Test func aDelayedRequestIsAnsweredWhenTheDatabaseIsClosed() throws {
    let subject = try Subject()
    try subject.database.faults.add(Fault(.delay(milliseconds: 600_000)))
    let answer = Guarded<ErrorCode?>(nil)
    subject.database.perform(
      GetItem.self, GetItemRequest(tableName: "one", key: try Item(["id": "a"]))
    ) { result in
      if case .failure(let error) = result { answer.withLock { $0 = error.code } }
      answer.broadcast()
    }
    try subject.database.close()
    #expect(answer.wait { $0 } == .serviceUnavailable)
  }

  @Test func tasksMeetThemToo() async throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    try subject.database.faults.add(Fault(.throttle, extent: .next(1)))
    try subject.database.faults.add(Fault(.delay(milliseconds: 1)))
    let request = GetItemRequest(tableName: "one", key: try Item(["id": "a"]))
    await #expect(throws: ServiceError.self) { try await subject.database.getItem(request) }
    #expect(try await subject.database.getItem(request).item != nil)
    #expect(subject.database.faults.list().map(\.injectedCount) == [1, 1])
  }

  @Test func chanceFollowsFromTheSeed() throws {
    func pattern(seed: UInt64?) throws -> ([Bool], UInt64?) {
      let subject = try Subject()
      defer { try? subject.database.close() }
      try subject.database.faults.add(Fault(.throttle, extent: .probability(0.3, seed: seed)))
      let pattern = (0..<200).map { _ in subject.code { _ = try subject.get("a") } != nil }
      return (pattern, subject.database.faults.list()[0].seed)
    }
    let (first, seed) = try pattern(seed: nil)
    let (second, _) = try pattern(seed: seed)
    #expect(first == second, "seed \(seed ?? 0)")
    #expect(try pattern(seed: 1).0 != pattern(seed: 2).0)
    // 0.3 of 200 is 60; five standard deviations are 32.
    #expect((28...92).contains(try pattern(seed: 1).0.count { $0 }))
  }

  @Test func whatMakesNoSenseIsRefused() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    let faults = subject.database.faults
    for fault in [
      Fault(.delay(milliseconds: 0)), Fault(.delay(milliseconds: 600_001)),
      Fault(.throttle, extent: .next(0)),
      Fault(.throttle, extent: .probability(1.1)), Fault(.throttle, extent: .probability(.nan)),
      Fault(.throttle, operations: ["GetItems"]),
    ] {
      #expect(throws: DatabaseError.self) { try faults.add(fault) }
    }
    #expect(faults.list().isEmpty && !faults.areSet)
    for _ in 0..<FaultControl.faultsMax { try faults.add(Fault(.throttle)) }
    #expect(throws: DatabaseError.self) { try faults.add(Fault(.throttle)) }
  }

  @Test func errorsAreFoundByTheirNames() {
    for code in ErrorCode.allCases { #expect(ErrorCode(name: code.name) == code) }
    #expect(ErrorCode(name: "Nothing") == nil)
  }
}
