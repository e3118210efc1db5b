import Flywheel

/// Flywheel as an app calls it: requests and responses as values.
struct ItemSide: Side {
  let name = "item"
  static let table = "orders"
  private let database: Database
  private let gets: [GetItemRequest]
  private let puts: [PutItemRequest]
  private let updates: [UpdateItemRequest]
  private let queries: [QueryRequest]
  private let scan: ScanRequest

  static var options: DatabaseOptions {
    var options = DatabaseOptions()
    options.durability = .none
    options.cacheBytesMax = 512 << 20
    return options
  }

  /// Makes the table and puts the items in it.
  static func load(_ items: [BenchmarkItem], at directory: String) async throws -> Database {
    let database = try Database.open(at: directory, options: options)
    _ = try await database.createTable(
      CreateTableRequest(
        tableName: table,
        attributeDefinitions: [AttributeDefinition("pk", .string), AttributeDefinition("sk", .number)],
        keySchema: [KeySchemaElement("pk", .hash), KeySchemaElement("sk", .range)],
        billingMode: .payPerRequest))
    for item in items { _ = try await database.putItem(PutItemRequest(tableName: table, item: item.item)) }
    return database
  }

  static func reopen(at directory: String) throws -> Database {
    try Database.open(at: directory, options: options)
  }

  init(_ items: [BenchmarkItem], _ database: Database) throws {
    self.database = database
    gets = items.map { GetItemRequest(tableName: Self.table, key: $0.key, consistentRead: true) }
    puts = items.map { PutItemRequest(tableName: Self.table, item: $0.item) }
    let values = [":one": try EncodedValue(1), ":zero": try EncodedValue(0)]
    updates = items.map { item in
      var request = UpdateItemRequest(tableName: Self.table, key: item.key)
      request.updateExpression = "SET #c = #c + :one"
      request.conditionExpression = "#c >= :zero"
      request.expressionAttributeNames = ["#c": "counter"]
      request.expressionAttributeValues = values
      return request
    }
    queries = try items.map { item in
      var request = QueryRequest(tableName: Self.table)
      request.keyConditionExpression = "pk = :p"
      request.expressionAttributeValues = [":p": try EncodedValue(item.attributes["pk"]!)]
      return request
    }
    var scan = ScanRequest(tableName: Self.table)
    scan.filterExpression = "#b = :b"
    scan.expressionAttributeNames = ["#b": "bucket"]
    scan.expressionAttributeValues = [":b": try EncodedValue(7)]
    self.scan = scan
  }

  func close() throws { try database.close() }

  func perform(_ action: Action, on numbers: [Int]) async throws {
    switch action {
    case .get:
      for number in numbers { sink(try await database.getItem(gets[number]).item!.bytes.count) }
    case .put:
      for number in numbers { _ = try await database.putItem(puts[number]) }
    case .update:
      for number in numbers { _ = try await database.updateItem(updates[number]) }
    case .query:
      for number in numbers {
        let response = try await database.query(queries[number])
        if response.count != Plan.partitionItems { fail("a query found \(response.count) items") }
      }
    case .scan:
      var request = scan
      var found = 0
      repeat {
        let response = try await database.scan(request)
        found += response.count
        request.exclusiveStartKey = response.lastEvaluatedKey
      } while request.exclusiveStartKey != nil
      if found != gets.count / Plan.buckets { fail("a scan found \(found) items") }
    }
  }
}
