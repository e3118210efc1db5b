import DynamoModel
import Flywheel
import TestSupport
import Testing

/// Random statements against the data operations that say the same.
@Suite struct StatementFuzzTests {
  private static let seed: UInt64 = 20_261_125

  // MARK: - Reads

  /// Whatever a clause says, a SELECT finds what a Scan with the same filter finds, page by page or at once, and in the
  /// order it was asked for.
  @Test func selectsFindWhatScansFind() throws {
    var random = HistoryRandom(seed: FuzzRounds.seed(Self.seed))
    let database = try Self.database(&random)
    defer { try? database.close() }
    var compared = 0
    var refused = 0
    for _ in FuzzRounds(1_500) {
      let clause = RandomClause(depth: 3, &random)
      let expected = try Self.scan(clause, database)
      do {
        let found = try Self.select(clause.statement, parameters: clause.parameters, database, &random)
        #expect(Set(found) == Set(expected) && found.count == expected.count, "\(clause.statement)")
        compared += 1
      } catch let error as ServiceError {
        #expect(Self.mayRefuse.contains(error.message), "\(clause.statement): \(error.message)")
        refused += 1
      }
    }
    #expect(compared > refused)
  }

  /// What a clause may be refused for that a filter is not.
  private static let mayRefuse: Set<String> = [
    "Overlapping conditions with range keys are not supported in where clause",
    "Too many decomposed read operations for a given query.",
  ]

  @Test func orderedSelectsComeInOrder() throws {
    var random = HistoryRandom(seed: FuzzRounds.seed(Self.seed))
    let database = try Self.database(&random)
    defer { try? database.close() }
    for _ in FuzzRounds(200) {
      let keys = RandomClause.partitions.shuffled(using: &random).prefix(
        Int.random(in: 1...3, using: &random))
      let partitionDescends = Bool.random(using: &random)
      let sortDescends = Bool.random(using: &random)
      let statement =
        "SELECT * FROM things WHERE pk IN [\(keys.map { "'\($0)'" }.joined(separator: ", "))] "
        + "ORDER BY pk \(partitionDescends ? "DESC" : "ASC"), sk \(sortDescends ? "DESC" : "ASC")"
      let found = try Self.select(statement, parameters: [], database, &random)
      let sorted = found.sorted { one, other in
        let (a, b) = (Self.key(one), Self.key(other))
        if a.pk != b.pk { return partitionDescends ? a.pk > b.pk : a.pk < b.pk }
        return sortDescends ? a.sk > b.sk : a.sk < b.sk
      }
      #expect(found == sorted, "\(statement)")
    }
  }

  /// A statement that names a whole key costs one lookup, one that names a partition what is in it, however large the
  /// table is.
  @Test func keysAreLookedUpAndNotSearched() throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    _ = try database.performAndWait(CreateTable.self, Self.definition)
    let filling = String(repeating: "x", count: 4_000)
    for partition in 0..<20 {
      for sort in 0..<5 {
        let item = try Item([
          "pk": .string("p\(partition)"), "sk": .number(DynamoNumber(Int64(sort))), "v": .string(filling),
        ])
        _ = try database.performAndWait(PutItem.self, PutItemRequest(tableName: "things", item: item))
      }
    }
    func units(_ clause: String) throws -> Double? {
      try database.performAndWait(
        ExecuteStatement.self,
        ExecuteStatementRequest(
          statement: "SELECT sk FROM things WHERE \(clause)", consistentRead: true,
          returnConsumedCapacity: .total)
      ).consumedCapacity?.capacityUnits
    }
    #expect(try units("pk = 'p3' AND sk = 2") == 1)
    #expect(try units("pk = 'p3' AND sk = 2 AND v = 'other'") == 1)
    #expect(try units("pk = 'p3' AND sk IN [1, 2]") == 2)
    #expect(try units("pk = 'p3'") == 5)
    #expect(try units("pk = 'p3' AND sk >= 3") == 2)
    #expect(try units("pk IN ['p3', 'p4'] AND v = 'other'") == 10)
    #expect(try units("pk = 'p3' OR pk = 'p4'") == 10)
    #expect(try units("pk = 'p3' OR v = 'other'")! > 90)
  }

  // MARK: - Writes

  /// A statement that writes leaves the item, and answers, as the operation with the same expressions.
  @Test func updatesDoWhatUpdateItemDoes() throws {
    var random = HistoryRandom(seed: FuzzRounds.seed(Self.seed))
    let database = try Database.inMemory()
    defer { try? database.close() }
    for name in ["things", "twins"] {
      var definition = Self.definition
      definition.tableName = name
      _ = try database.performAndWait(CreateTable.self, definition)
    }
    var changed = 0
    for _ in FuzzRounds(1_500) {
      let item = RandomClause.item(&random)
      for name in ["things", "twins"] {
        _ = try database.performAndWait(PutItem.self, PutItemRequest(tableName: name, item: item))
      }
      let update = RandomAssignment(&random)
      let key = try Item(item.attributes.filter { ["pk", "sk"].contains($0.key) })
      let byStatement = Self.outcome {
        let response = try database.performAndWait(
          ExecuteStatement.self,
          ExecuteStatementRequest(
            statement: "UPDATE things \(update.statement) WHERE pk = ? AND sk = ? RETURNING ALL NEW *",
            parameters: [EncodedValue(key["pk"]!), EncodedValue(key["sk"]!)]))
        return response.items.first
      }
      let byOperation = Self.outcome {
        try database.performAndWait(
          UpdateItem.self,
          UpdateItemRequest(
            tableName: "twins", key: key, updateExpression: update.expression,
            expressionAttributeNames: update.names, expressionAttributeValues: update.values,
            returnValues: .allNew)
        ).attributes
      }
      #expect(byStatement == byOperation, "\(update.statement) / \(update.expression) on \(item.attributes)")
      if case .success = byStatement { changed += 1 }
    }
    #expect(changed > 200)
    let things = try Self.scan(table: "things", database)
    let twins = try Self.scan(table: "twins", database)
    #expect(Set(things) == Set(twins))
  }

  private enum Outcome: Equatable {
    case success(Item?)
    case failure(String)
  }

  private static func outcome(_ body: () throws -> Item?) -> Outcome {
    do {
      return .success(try body())
    } catch let error as ServiceError {
      // UpdateItem says in which expression an operand is wrong.
      return .failure(error.message.replacing("Invalid UpdateExpression: ", with: ""))
    } catch {
      return .failure("\(error)")
    }
  }

  // MARK: - Anything

  /// Words in any order are run or refused, and what was refused changed nothing.
  @Test func anyWordsAreRunOrRefused() throws {
    var random = HistoryRandom(seed: FuzzRounds.seed(Self.seed))
    let database = try Self.database(&random)
    defer { try? database.close() }
    let words = [
      "SELECT", "*", "FROM", "things", "\"byG\"", ".", "WHERE", "pk", "sk", "g", "a", "=", "<", ">=", "<>",
      "'p1'", "1",
      "AND", "OR", "NOT", "IN", "[1, 2]", "('p1', 'p2')", "BETWEEN", "IS MISSING", "(", ")", "size(a)",
      "begins_with(pk, 'p')", "begins_with(sk, 1)", "ORDER BY", "DESC", "INSERT INTO", "VALUE",
      "{'pk': 'p1', 'sk': 1}",
      "UPDATE", "SET", "a = 1", "REMOVE", "DELETE FROM", "RETURNING ALL OLD *", "?", "''", "null", "<<1>>",
    ]
    let starts = [
      "SELECT * FROM things WHERE pk = 'p1'", "SELECT a FROM things.byG WHERE g =",
      "UPDATE things SET a = 1 WHERE pk = 'p1'",
      "DELETE FROM things WHERE pk = 'p1' AND sk = 1", "INSERT INTO things VALUE",
      "SELECT * FROM things WHERE",
    ]
    for _ in FuzzRounds(3_000) {
      let count = Int.random(in: 0...8, using: &random)
      let start = Bool.random(using: &random) ? [starts.randomElement(using: &random)!] : []
      let text = (start + (0..<count).map { _ in words.randomElement(using: &random)! }).joined(
        separator: " ")
      let before = try Self.scan(table: "things", database)
      do {
        _ = try database.performAndWait(
          ExecuteStatement.self,
          ExecuteStatementRequest(
            statement: text,
            parameters: text.contains("?") ? [EncodedValue(AttributeValue.string("p1"))] : nil,
            limit: Int.random(in: 1...5, using: &random)))
      } catch let error as ServiceError {
        #expect(
          [.validation, .conditionalCheckFailed, .duplicateItem, .resourceNotFound].contains(error.code),
          "\(text): \(error)")
        #expect(!error.message.isEmpty)
        #expect(try Self.scan(table: "things", database) == before, "\(text)")
      }
    }
  }

  // MARK: - What they share

  private static var definition: CreateTableRequest {
    CreateTableRequest(
      tableName: "things",
      attributeDefinitions: [
        AttributeDefinition("pk", .string), AttributeDefinition("sk", .number),
        AttributeDefinition("g", .string),
      ],
      keySchema: [KeySchemaElement("pk", .hash), KeySchemaElement("sk", .range)],
      globalSecondaryIndexes: [
        GlobalSecondaryIndex(
          indexName: "byG", keySchema: [KeySchemaElement("g", .hash)], projection: Projection(.all))
      ],
      billingMode: .payPerRequest)
  }

  private static func database(_ random: inout HistoryRandom) throws -> Database {
    let database = try Database.inMemory()
    _ = try database.performAndWait(CreateTable.self, definition)
    for _ in 0..<60 {
      _ = try database.performAndWait(
        PutItem.self, PutItemRequest(tableName: "things", item: RandomClause.item(&random)))
    }
    return database
  }

  private static func select(
    _ statement: String, parameters: [EncodedValue], _ database: Database, _ random: inout HistoryRandom
  ) throws -> [Item] {
    var items: [Item] = []
    var token: String?
    repeat {
      let limit = Bool.random(using: &random) ? Int.random(in: 1...7, using: &random) : nil
      let response = try database.performAndWait(
        ExecuteStatement.self,
        ExecuteStatementRequest(
          statement: statement, parameters: parameters.isEmpty ? nil : parameters, nextToken: token,
          limit: limit))
      items += response.items
      token = response.nextToken
    } while token != nil
    return items
  }

  private static func scan(_ clause: RandomClause, _ database: Database) throws -> [Item] {
    let response = try database.performAndWait(
      Scan.self,
      ScanRequest(
        tableName: "things", filterExpression: clause.expression, expressionAttributeNames: clause.names,
        expressionAttributeValues: clause.values.isEmpty ? nil : clause.values))
    return Array(response.items ?? ItemPage())
  }

  private static func scan(table: String, _ database: Database) throws -> [Item] {
    let response = try database.performAndWait(Scan.self, ScanRequest(tableName: table))
    return Array(response.items ?? ItemPage())
  }

  private static func key(_ item: Item) -> (pk: String, sk: DynamoNumber) {
    guard case .string(let pk) = item["pk"], case .number(let sk) = item["sk"] else { return ("", 0) }
    return (pk, sk)
  }
}
