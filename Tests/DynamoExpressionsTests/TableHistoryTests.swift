import DynamoExpressions
import DynamoModel
import Flywheel
import Foundation
import Testing

/// Random operations with random expressions over items of all types, through a whole database, against a
/// dictionary and the naive evaluators: same results, same errors. FLYWHEEL_LONG=1 runs 100,000 for each seed.
@Suite struct TableHistoryTests {
  private static let steps =
    ProcessInfo.processInfo.environment["FLYWHEEL_LONG"] == "1" ? 100_000 : 2_000

  @Test(arguments: [61, 62, 63] as [UInt64])
  func operationsAgreeWithTheReference(seed: UInt64) throws {
    var history = try TableHistory(seed: seed)
    defer { try? history.database.close() }
    for step in 0..<Self.steps {
      history.step = step
      try history.advance()
    }
    #expect(
      history.succeeded > Self.steps / 4, "seed \(seed): only \(history.succeeded) operations succeeded")
    #expect(history.refused > Self.steps / 20, "seed \(seed): only \(history.refused) were refused")
  }
}

/// The history: a table with the key `pk` (S) and a global index `byA` by `a` (S), and what it should hold.
private struct TableHistory {
  typealias Attributes = [String: AttributeValue]

  let seed: UInt64
  let database: Database
  var expressions: RandomExpressions
  var items: [String: Attributes] = [:]
  var step = 0
  var succeeded = 0
  var refused = 0

  private static let table = "things"

  init(seed: UInt64) throws {
    self.seed = seed
    expressions = RandomExpressions(seed: seed)
    var options = DatabaseOptions()
    options.memtableBytesMax = 64 << 10
    database = try Database.inMemory(options: options)
    _ = try database.performAndWait(
      CreateTable.self,
      CreateTableRequest(
        tableName: Self.table,
        attributeDefinitions: [AttributeDefinition("pk", .string), AttributeDefinition("a", .string)],
        keySchema: [KeySchemaElement("pk", .hash)],
        globalSecondaryIndexes: [
          GlobalSecondaryIndex(
            indexName: "byA", keySchema: [KeySchemaElement("a", .hash)], projection: Projection(.all))
        ], billingMode: .payPerRequest))
  }

  mutating func advance() throws {
    expressions.forgetPlaceholders()
    switch expressions.random.below(10) {
    case 0, 1, 2: try put()
    case 3, 4, 5, 6: try update()
    case 7: try delete()
    case 8: try read()
    default: try scan()
    }
  }

  // MARK: - What should happen

  /// How an operation should end.
  private enum Outcome {
    case done
    case conditionFailed
    /// With one of these messages; which, if several things are wrong, is not this test's to say.
    case invalid([String])
  }

  /// Runs an operation and compares how it ends. Expressions that say what no item could make right for the
  /// index's key may be refused for that before anything else: with one of `keyMessages`.
  private mutating func expect<Response>(
    _ expected: Outcome, _ what: @autoclosure () -> String, keyMessages: [String] = [],
    _ body: () throws -> Response
  ) -> Response? {
    let remark: Comment =
      "seed \(seed), step \(step): \(what()) with \(expressions.values) \(expressions.names)"
    do {
      let response = try body()
      guard case .done = expected else {
        Issue.record("succeeded: \(remark)")
        return nil
      }
      succeeded += 1
      return response
    } catch let error as ServiceError {
      refused += 1
      if error.code == .validation, keyMessages.contains(error.message) { return nil }
      switch expected {
      case .done: Issue.record("\(error.message): \(remark)")
      case .conditionFailed:
        #expect(error.code == .conditionalCheckFailed, remark)
        #expect(error.message == "The conditional request failed", remark)
      case .invalid(let messages):
        #expect(error.code == .validation, remark)
        #expect(messages.contains(error.message), "\(error.message) for \(messages): \(remark)")
      }
    } catch {
      Issue.record(error, remark)
    }
    return nil
  }

  private mutating func key() -> String { "p\(expressions.random.below(12))" }

  private func keyItem(_ key: String) throws -> Item { try Item(["pk": .string(key)]) }

  /// What the placeholders of this step stand for, as a request has them.
  private var names: [String: String]? {
    let named = expressions.names.enumerated().map { ("#n\($0.offset)", $0.element) }
    return named.isEmpty ? nil : Dictionary(uniqueKeysWithValues: named)
  }

  private var values: [String: EncodedValue]? {
    get throws {
      let valued = try expressions.values.enumerated().map {
        (":v\($0.offset)", try EncodedValue($0.element))
      }
      return valued.isEmpty ? nil : Dictionary(uniqueKeysWithValues: valued)
    }
  }

  /// A condition, or none, and its text.
  private mutating func condition(_ chance: Int) -> (text: String, condition: RandomCondition)? {
    guard expressions.random.below(100) < chance else { return nil }
    let condition = expressions.condition(depth: 2)
    return (expressions.text(condition), condition)
  }

  /// Why expressions are refused before any item is looked at; none if they are not.
  private func problems(condition: String?, update: String? = nil) -> [String] {
    var messages: [String] = []
    func note(_ body: () throws -> Void) {
      do { try body() } catch { messages.append((error as? ExpressionError)?.message ?? "\(error)") }
    }
    if let condition {
      note {
        var placeholders = try expressions.placeholders
        _ = try Condition(condition, placeholders: &placeholders)
      }
    }
    if let update {
      note {
        var placeholders = try expressions.placeholders
        _ = try Update(update, placeholders: &placeholders)
      }
    }
    return messages
  }

  /// What keeps an attribute `a` from being the index's key; nil if nothing does.
  private static func indexFault(_ item: Attributes, empty: String, type: (AttributeValue) -> String)
    -> String?
  {
    switch item["a"] {
    case nil: nil
    case .string(let text)?: text.isEmpty ? empty : nil
    case let value?: type(value)
    }
  }

  private static let emptyKey = "The AttributeValue for a key attribute cannot contain an empty string value."

  // MARK: - Operations

  private mutating func put() throws {
    let database = database
    let key = key()
    var item = expressions.item()
    item["pk"] = .string(key)
    let condition = condition(40)
    let problems = problems(condition: condition?.text)
    let indexFault = Self.indexFault(
      item,
      empty: "One or more parameter values are not valid. A value specified for a secondary index key is not "
        + "supported. \(Self.emptyKey) IndexName: byA, IndexKey: a",
      type: {
        "One or more parameter values were invalid: Type mismatch for Index Key a Expected: S Actual: "
          + "\($0.type.descriptor) IndexName: byA"
      })
    let expected: Outcome =
      if !problems.isEmpty {
        .invalid(problems)
      } else if let indexFault {
        .invalid([indexFault])
      } else if let condition, !condition.condition.holds(for: items[key] ?? [:]) {
        .conditionFailed
      } else {
        .done
      }
    let request = PutItemRequest(
      tableName: Self.table, item: try Item(item), conditionExpression: condition?.text,
      expressionAttributeNames: names, expressionAttributeValues: try values, returnValues: .allOld)
    let what = "put \(item) over \(items[key] ?? [:]) if \(condition?.text ?? "")"
    let response = expect(expected, what, keyMessages: Self.keyMessages(of: condition?.condition, problems)) {
      try database.performAndWait(PutItem.self, request)
    }
    guard let response else { return }
    #expect(response.attributes?.attributes == items[key], "seed \(seed), step \(step)")
    items[key] = item
  }

  private mutating func update() throws {
    let database = database
    let key = key()
    let old = items[key]
    let update = expressions.update()
    let text = expressions.text(update)
    let condition = condition(25)
    let problems = problems(condition: condition?.text, update: text)
    let onlyRemoves = update.actions.allSatisfy { action in
      switch action {
      case .remove, .delete: true
      case .set, .add: false
      }
    }
    var new: Attributes? = old
    let expected: Outcome
    if !problems.isEmpty {
      expected = .invalid(problems)
    } else if let condition, !condition.condition.holds(for: old ?? [:]) {
      expected = .conditionFailed
    } else if old == nil, onlyRemoves {
      expected = .done
    } else {
      do {
        let result = try update.applied(to: old ?? ["pk": .string(key)])
        new = result
        let isIndexKeyChanged = update.actions.contains { $0.path[0] == .name("a") }
        let fault = Self.indexFault(
          result,
          empty: Self.emptyUpdateMessage,
          type: { _ in "The update expression attempted to update the secondary index key to unsupported type"
          })
        if let fault, isIndexKeyChanged { expected = .invalid([fault]) } else { expected = .done }
      } catch let failure as RandomUpdate.Failure {
        // With several actions another may fail first; so may arithmetic with a list, before what is in the list.
        let isOne = update.actions.count == 1 && !text.contains("list_append")
        expected = .invalid(isOne ? Self.messages(of: failure) : Self.allMessages)
      }
    }
    var request = UpdateItemRequest(tableName: Self.table, key: try keyItem(key))
    request.updateExpression = text
    request.conditionExpression = condition?.text
    request.expressionAttributeNames = names
    request.expressionAttributeValues = try values
    request.returnValues = .allNew
    let what = "update \(old ?? [:]) by \(text) if \(condition?.text ?? "")"
    let response = expect(expected, what, keyMessages: problems.isEmpty ? Self.keyMessages : []) {
      try database.performAndWait(UpdateItem.self, request)
    }
    guard let response else { return }
    let stored = response.attributes?.attributes
    #expect(
      stored.map { try! Item($0) } == (try new.map { try Item($0) }), "seed \(seed), step \(step): \(what)")
    items[key] = stored
  }

  private static let nestedKeyMessage =
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: a"

  /// How a condition of a put or a delete may be refused for what it says of the index's key.
  private static func keyMessages(of condition: RandomCondition?, _ problems: [String]) -> [String] {
    condition != nil && problems.isEmpty ? [nestedKeyMessage] : []
  }

  private static let emptyUpdateMessage =
    "One or more parameter values are not valid. The update expression attempted to update a secondary index key to a "
    + "value that is not supported. \(emptyKey)"

  private static let keyMessages =
    [nestedKeyMessage, emptyUpdateMessage]
    + ["N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"].map {
      "One or more parameter values were invalid: Type mismatch for Index Key a Expected: S Actual: \($0) "
        + "IndexName: byA"
    }

  private static func messages(of failure: RandomUpdate.Failure) -> [String] {
    switch failure {
    case .missingAttribute: ["The provided expression refers to an attribute that does not exist in the item"]
    case .invalidPath: ["The document path provided in the update expression is invalid for update"]
    case .operandType: ["An operand in the update expression has an incorrect data type"]
    case .number: [NumberError.overflow.message(for: ""), NumberError.tooManyDigits.message(for: "")]
    }
  }

  private static let allMessages =
    messages(of: .missingAttribute) + messages(of: .invalidPath) + messages(of: .operandType)
    + messages(of: .number)

  private mutating func delete() throws {
    let database = database
    let key = key()
    let condition = condition(60)
    let problems = problems(condition: condition?.text)
    let holds = condition?.condition.holds(for: items[key] ?? [:]) ?? true
    let request = DeleteItemRequest(
      tableName: Self.table, key: try keyItem(key), conditionExpression: condition?.text,
      expressionAttributeNames: names, expressionAttributeValues: try values, returnValues: .allOld)
    let expected: Outcome = !problems.isEmpty ? .invalid(problems) : holds ? .done : .conditionFailed
    let what = "delete \(items[key] ?? [:]) if \(condition?.text ?? "")"
    let response = expect(expected, what, keyMessages: Self.keyMessages(of: condition?.condition, problems)) {
      try database.performAndWait(DeleteItem.self, request)
    }
    guard let response else { return }
    #expect(response.attributes?.attributes == items[key], "seed \(seed), step \(step)")
    items[key] = nil
  }

  private mutating func read() throws {
    let key = key()
    let response = try database.performAndWait(
      GetItem.self, GetItemRequest(tableName: Self.table, key: try keyItem(key), consistentRead: true))
    #expect(response.item?.attributes == items[key], "seed \(seed), step \(step)")
  }

  /// All items of the table or the index, in pages, through a filter.
  private mutating func scan() throws {
    let database = database
    let index = expressions.random.chance(1, in: 2) ? "byA" : nil
    let filter = condition(70)
    let problems = problems(condition: filter?.text).map {
      $0.replacing("ConditionExpression", with: "FilterExpression")
    }
    var request = ScanRequest(tableName: Self.table, indexName: index, filterExpression: filter?.text)
    request.expressionAttributeNames = names
    request.expressionAttributeValues = try values
    request.limit = 1 + expressions.random.below(15)
    var found: Set<Attributes> = []
    repeat {
      let expected: Outcome = problems.isEmpty ? .done : .invalid(problems)
      let page = expect(
        expected, "scan \(index ?? "") for \(filter?.text ?? "")",
        keyMessages: problems.isEmpty ? Self.keyMessages : []
      ) {
        try database.performAndWait(Scan.self, request)
      }
      guard let page else { return }
      found.formUnion(page.items!.map(\.attributes))
      request.exclusiveStartKey = page.lastEvaluatedKey
    } while request.exclusiveStartKey != nil
    let due = items.values.filter { item in
      (index == nil || item["a"] != nil) && (filter?.condition.holds(for: item) ?? true)
    }
    #expect(found == Set(due), "seed \(seed), step \(step): \(filter?.text ?? "")")
  }
}
