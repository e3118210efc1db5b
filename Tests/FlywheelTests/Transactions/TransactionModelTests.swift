import DynamoModel
import Flywheel
import LSMTree
import Testing

/// Random transactions against the plainest model of them: a dictionary, and a list of what is wrong with each action.
@Suite struct TransactionModelTests {
  typealias Attributes = [String: AttributeValue]

  /// One action, and what it means.
  struct Step {
    var item: TransactWriteItem
    var key: String
    /// What the action makes of the item, and why it does not if it doesn't.
    var meaning: (Attributes?) -> (Attributes?, CancellationReason.Code)
  }

  /// Tables of the same shape; the second has indexes, the first none.
  static let tables = ["plain", "indexed"]

  static func setUp(_ database: Database) throws {
    var plain = IndexModelTests.request("plain")
    plain.localSecondaryIndexes = nil
    plain.globalSecondaryIndexes = nil
    plain.attributeDefinitions = Array(plain.attributeDefinitions!.prefix(2))
    try database.create(plain)
    try database.create(IndexModelTests.request("indexed"))
  }

  static func name(_ table: String, _ key: Attributes) -> String { "\(table) \(key["pk"]!) \(key["sk"]!)" }

  /// An action about any item.
  static func randomStep(_ random: inout HistoryRandom) throws -> Step {
    let table = tables.randomElement(using: &random)!
    let key = IndexModelTests.randomKey(&random)
    let name = name(table, key)
    let needsItem = Bool.random(using: &random) ? Bool.random(using: &random) : nil
    let condition = needsItem.map { $0 ? "attribute_exists(pk)" : "attribute_not_exists(pk)" }
    func whenAllowed(
      _ change: @escaping (Attributes?) -> (Attributes?, CancellationReason.Code)
    ) -> (Attributes?) -> (Attributes?, CancellationReason.Code) {
      { old in
        if let needsItem, needsItem != (old != nil) { return (old, .conditionalCheckFailed) }
        return change(old)
      }
    }
    switch Int.random(in: 0..<5, using: &random) {
    case 0, 1:
      var attributes = key
      attributes["n"] = .number(DynamoNumber(Int.random(in: -5..<5, using: &random)))
      attributes["a"] = .string(["a", "ab", "b"].randomElement(using: &random)!)
      attributes["x"] = .string(String(repeating: "x", count: Int.random(in: 0..<3_000, using: &random)))
      let new = attributes
      return Step(
        item: .put(.init(tableName: table, item: try Item(attributes), conditionExpression: condition)),
        key: name,
        meaning: whenAllowed { _ in (new, .none) })
    case 2:
      let amount = Int.random(in: -3...3, using: &random)
      return Step(
        item: .update(
          .init(
            tableName: table, key: try Item(key), updateExpression: "SET n = n + :n REMOVE a",
            conditionExpression: condition,
            expressionAttributeValues: [":n": try EncodedValue(.number(DynamoNumber(amount)))])),
        key: name,
        meaning: whenAllowed { old in
          guard case .number(let number)? = old?["n"] else { return (old, .validationError) }
          var new = old!
          new["n"] = .number(try! number.adding(DynamoNumber(amount)))
          new["a"] = nil
          return (new, .none)
        })
    case 3:
      return Step(
        item: .delete(.init(tableName: table, key: try Item(key), conditionExpression: condition)), key: name,
        meaning: whenAllowed { _ in (nil, .none) })
    default:
      return Step(
        item: .conditionCheck(
          .init(
            tableName: table, key: try Item(key),
            conditionExpression: condition ?? "attribute_exists(pk) OR attribute_not_exists(pk)")),
        key: name, meaning: whenAllowed { old in (old, .none) })
    }
  }

  /// Some actions, no two of them about one item.
  static func randomSteps(_ random: inout HistoryRandom, most: Int = 8) throws -> [Step] {
    var steps: [String: Step] = [:]
    for _ in 0..<Int.random(in: 1...most, using: &random) {
      let step = try randomStep(&random)
      steps[step.key] = step
    }
    return steps.values.sorted { $0.key < $1.key }.shuffled(using: &random)
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func everyTransactionDoesAllOrNothing(seed: UInt64) throws {
    var random = HistoryRandom(seed: seed)
    let database = try Database.inMemory()
    defer { try? database.close() }
    try Self.setUp(database)
    var model: [String: Attributes] = [:]
    var happened = 0
    for round in 0..<250 {
      let steps = try Self.randomSteps(&random)
      let meanings = steps.map { $0.meaning(model[$0.key]) }
      let expected = meanings.map(\.1)
      let comment: Comment = "seed \(seed), round \(round)"
      let error = serviceError {
        _ = try database.performAndWait(
          TransactWriteItems.self, TransactWriteItemsRequest(transactItems: steps.map(\.item)))
      }
      if expected.allSatisfy({ $0 == .none }) {
        #expect(error == nil, comment)
        for (step, meaning) in zip(steps, meanings) { model[step.key] = meaning.0 }
        happened += 1
      } else {
        #expect(error?.code == .transactionCanceled, comment)
        #expect(error?.cancellationReasons.map(\.code) == expected, comment)
      }
      if round % 25 == 24 { try Self.check(database, model, comment) }
    }
    #expect(happened > 30)
  }

  /// Checks items, what a transaction reads of them, and every index.
  static func check(_ database: Database, _ model: [String: Attributes], _ comment: Comment) throws {
    var found: [String: Attributes] = [:]
    for table in tables {
      let id = try #require(database.tableNow(table)).id
      for item in try database.contents(ofID: id).values {
        found[name(table, item.attributes)] = item.attributes
      }
      try IndexModelTests.check(database, table, comment)
    }
    #expect(found == model, comment)
    let keys = model.values.prefix(20)
    guard !keys.isEmpty else { return }
    let reads = try tables.flatMap { table in
      try keys.prefix(10).map {
        TransactGetItem(tableName: table, key: try Item($0.filter { ["pk", "sk"].contains($0.key) }))
      }
    }
    let distinct = Dictionary(reads.map { (Self.name($0.tableName, $0.key.attributes), $0) }) { first, _ in
      first
    }
    let wanted = Array(distinct.values)
    let response = try database.performAndWait(
      TransactGetItems.self, TransactGetItemsRequest(transactItems: wanted))
    #expect(
      response.responses.map { $0?.attributes }
        == wanted.map { model[Self.name($0.tableName, $0.key.attributes)] },
      comment)
  }

  /// An app's way in, which suspends only if there is something to wait for.
  @Test func asyncFormsDoTheSame() async throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    try database.create(.plain("table"))
    let put = TransactWriteItem.put(.init(tableName: "table", item: try Item(["pk": "a"])))
    _ = try await database.transactWriteItems(TransactWriteItemsRequest(transactItems: [put]))
    let found = try await database.transactGetItems(
      TransactGetItemsRequest(transactItems: [
        TransactGetItem(tableName: "table", key: try Item(["pk": "a"])),
        TransactGetItem(tableName: "table", key: try Item(["pk": "b"])),
      ]))
    #expect(found.responses == [try Item(["pk": "a"]), nil])
    do throws(ServiceError) {
      _ = try await database.transactWriteItems(TransactWriteItemsRequest(transactItems: []))
      Issue.record("a transaction of nothing was taken")
    } catch {
      #expect(error.code == .validation)
    }
    let many = try (0..<26).map {
      TransactWriteItem.put(.init(tableName: "table", item: try Item(["pk": .string("\($0)")])))
    }
    do throws(ServiceError) {
      _ = try await database.transactWriteItems(TransactWriteItemsRequest(transactItems: many))
      Issue.record("too many actions were taken")
    } catch {
      #expect(error.message.hasSuffix("Member must have length less than or equal to 25"))
    }
  }

  /// Item collections keep their limit in a transaction, too, and the reasons say which action it was.
  @Test func collectionsMayNotGrowTooLarge() throws {
    var options = DatabaseOptions()
    options.itemCollectionBytesMax = 10_000
    let database = try Database.inMemory(options: options)
    defer { try? database.close() }
    try Self.setUp(database)
    func put(_ table: String, _ pk: String, _ sk: Int, _ size: Int) throws -> TransactWriteItem {
      .put(
        .init(
          tableName: table,
          item: try Item([
            "pk": .string(pk), "sk": .number(DynamoNumber(sk)),
            "x": .string(String(repeating: "x", count: size)),
          ])))
    }
    let items = try [
      put("plain", "p", 1, 20_000), put("indexed", "p", 1, 6_000), put("indexed", "q", 1, 6_000),
      put("indexed", "p", 2, 6_000),
    ]
    let error = serviceError {
      _ = try database.performAndWait(
        TransactWriteItems.self, TransactWriteItemsRequest(transactItems: items))
    }
    #expect(
      error?.cancellationReasons == [
        .none, .init(.itemCollectionSizeLimitExceeded, "Collection size exceeded."), .none,
        .init(.itemCollectionSizeLimitExceeded, "Collection size exceeded."),
      ])
    #expect(try database.contents(ofID: try #require(database.tableNow("plain")).id).isEmpty)
    let response = try database.performAndWait(
      TransactWriteItems.self,
      TransactWriteItemsRequest(transactItems: Array(items.prefix(3)), returnItemCollectionMetrics: .size))
    #expect(response.itemCollectionMetrics?.map(\.tableName) == ["indexed"])
    #expect(response.itemCollectionMetrics?.first?.metrics.count == 2)
  }
}
