import DynamoModel
import Flywheel
import Foundation
import LSMTree
import Synchronization
import Testing

/// Nothing that is not on disk is told to anyone: not by an answer, not by a read, not by a condition that
/// failed.
@Suite struct DurableVisibilityTests {
  /// Holds up every sync of a file while it is closed.
  private final class Gate: Sendable {
    private let isClosed = Mutex(false)

    func close() { isClosed.withLock { $0 = true } }
    func open() { isClosed.withLock { $0 = false } }
    func pass() {
      while isClosed.withLock({ $0 }) { usleep(500) }
    }
  }

  /// What became of operations that were started and not waited for.
  private final class Answers: Sendable {
    private let answers = Mutex<[String: String]>([:])

    var all: [String: String] { answers.withLock { $0 } }

    func expect<O: Flywheel.Operation>(
      _ name: String, _: O.Type, _ request: O.Request, on database: Database,
      _ text: @escaping @Sendable (O.Response) -> String = { _ in "done" }
    ) {
      database.perform(O.self, request) { [self] result in
        let answer =
          switch result {
          case .success(let response): text(response)
          case .failure(let error): error.code.name
          }
        answers.withLock { $0[name] = answer }
      }
    }
  }

  @Test func answersWaitUntilWhatTheyTellIsDurable() throws {
    let gate = Gate()
    let files = FaultFileSystem { operation in
      if operation.kind == .sync { gate.pass() }
      return nil
    }
    let database = try Database.open(at: "/database", options: DatabaseOptions(), fileSystem: files)
    defer { try? database.close() }
    _ = try database.performAndWait(CreateTable.self, .plain("seen"))
    let key = try Item(["pk": "a"])
    _ = try database.performAndWait(
      PutItem.self, PutItemRequest(tableName: "seen", item: try Item(["pk": "a", "v": 1])))

    gate.close()
    let answers = Answers()
    answers.expect(
      "write", UpdateItem.self,
      UpdateItemRequest(
        tableName: "seen", key: key, updateExpression: "SET v = :two",
        expressionAttributeValues: [":two": try EncodedValue(2)]), on: database)
    // It is applied, and the next writer of the key goes by it; but that is not to be told yet.
    answers.expect(
      "failed condition", PutItem.self,
      PutItemRequest(
        tableName: "seen", item: key, conditionExpression: "v = :one",
        expressionAttributeValues: [":one": try EncodedValue(1)]), on: database)
    answers.expect(
      "delete of nothing", DeleteItem.self,
      DeleteItemRequest(
        tableName: "seen", key: try Item(["pk": "none"]), conditionExpression: "attribute_not_exists(pk)"),
      on: database)
    answers.expect("read", GetItem.self, GetItemRequest(tableName: "seen", key: key), on: database) {
      "\($0.item!["v"]!)"
    }
    answers.expect("scan", Scan.self, ScanRequest(tableName: "seen"), on: database) {
      "\($0.items![0]["v"]!)"
    }
    usleep(20_000)
    // Reads answer at once, with what is durable.
    #expect(answers.all == ["read": "\(AttributeValue.number(1))", "scan": "\(AttributeValue.number(1))"])

    gate.open()
    let deadline = Date.now.addingTimeInterval(20)
    while answers.all.count < 5, Date.now < deadline { usleep(500) }
    #expect(answers.all["write"] == "done")
    #expect(answers.all["failed condition"] == "ConditionalCheckFailedException")
    #expect(answers.all["delete of nothing"] == "done")
    let now = try database.performAndWait(GetItem.self, GetItemRequest(tableName: "seen", key: key)).item
    #expect(now?["v"] == 2)
  }
}
