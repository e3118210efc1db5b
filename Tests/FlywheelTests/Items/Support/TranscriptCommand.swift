import DynamoExpressions
import DynamoModel
import Flywheel

/// One operation of a transcript: its name and its parameters, as requests of the library.
struct TranscriptCommand {
  private let parameters: [String: Literal]

  /// Runs an operation and writes down its answer.
  static func run(_ text: String, on database: Database) -> String {
    var reader = LiteralReader(text)
    let name = reader.word()
    var parameters: [String: Literal] = [:]
    while !reader.isAtEnd() {
      let parameter = reader.word()
      reader.expect("=")
      parameters[parameter] = reader.literal()
    }
    do {
      return try TranscriptCommand(parameters: parameters).run(name, on: database)
    } catch let error as ServiceError {
      let item = error.item.map { "\nItem: \(LiteralWriter.text($0))" } ?? ""
      return "\(error.code.name): \(error.message)\(item)"
    } catch {
      return "\(error)"
    }
  }

  private func run(_ name: String, on database: Database) throws -> String {
    switch name {
    case "Table":
      _ = try database.performAndWait(CreateTable.self, try TestTable.request(parameters))
      return "ok"
    case "PutItem": return answer(try database.performAndWait(PutItem.self, try putItem()))
    case "DeleteItem": return answer(try database.performAndWait(DeleteItem.self, try deleteItem()))
    case "UpdateItem": return answer(try database.performAndWait(UpdateItem.self, try updateItem()))
    case "GetItem": return answer(try database.performAndWait(GetItem.self, try getItem()))
    case "Query": return answer(try database.performAndWait(Query.self, try query()))
    case "Scan": return answer(try database.performAndWait(Scan.self, try scan()))
    case "BatchGetItem": return answer(try database.performAndWait(BatchGetItem.self, try batchGetItem()))
    case "BatchWriteItem":
      return answer(try database.performAndWait(BatchWriteItem.self, try batchWriteItem()))
    default: preconditionFailure("no operation \(name)")
    }
  }

  // MARK: - Parameters

  private func text(_ name: String) -> String? { parameters[name]?.text }
  private func flag(_ name: String) -> Bool? { parameters[name]?.flag }
  private func integer(_ name: String) -> Int? { parameters[name]?.integer }
  private func word<Value: RawRepresentable<String>>(_ name: String) -> Value? {
    text(name).map { Value(rawValue: $0)! }
  }

  private var table: String { text("table") ?? "things" }

  private func names(_ literal: Literal?) -> [String: String]? {
    literal.map { Dictionary(uniqueKeysWithValues: $0.entries.map { ($0.name, $0.value.text) }) }
  }

  private func values() throws -> [String: EncodedValue]? {
    try parameters["values"].map {
      Dictionary(uniqueKeysWithValues: try $0.entries.map { ($0.name, try $0.value.encoded()) })
    }
  }

  private func conditions(_ name: String) throws -> [(name: String, condition: LegacyCondition)]? {
    try parameters[name]?.entries.map { entry in
      let list = try entry.value["list"]?.elements.map { try $0.encoded() }
      return (entry.name, LegacyCondition(ComparisonOperator(rawValue: entry.value["op"]!.text)!, list))
    }
  }

  private func expected() throws -> [(name: String, condition: ExpectedCondition)]? {
    try parameters["expected"]?.entries.map { entry in
      (
        entry.name,
        ExpectedCondition(
          value: try entry.value["value"]?.encoded(), exists: entry.value["exists"]?.flag,
          comparisonOperator: entry.value["op"].map { ComparisonOperator(rawValue: $0.text)! },
          attributeValueList: try entry.value["list"]?.elements.map { try $0.encoded() })
      )
    }
  }

  private func attributeUpdates() throws -> [(name: String, update: LegacyAttributeUpdate)]? {
    try parameters["updates"]?.entries.map { entry in
      (
        entry.name,
        LegacyAttributeUpdate(
          action: entry.value["action"].map { LegacyUpdateAction(rawValue: $0.text)! },
          value: try entry.value["value"]?.encoded())
      )
    }
  }

  private var attributesToGet: [String]? { parameters["get"]?.elements.map(\.text) }
}

// MARK: - Requests

extension TranscriptCommand {
  private func putItem() throws -> PutItemRequest {
    PutItemRequest(
      tableName: table, item: try parameters["item"]!.item(), conditionExpression: text("condition"),
      expressionAttributeNames: names(parameters["names"]), expressionAttributeValues: try values(),
      returnValues: word("return"), returnConsumedCapacity: word("capacity"),
      returnItemCollectionMetrics: word("metrics"), returnValuesOnConditionCheckFailure: word("onFailure"),
      expected: try expected(), conditionalOperator: word("operator"))
  }

  private func deleteItem() throws -> DeleteItemRequest {
    DeleteItemRequest(
      tableName: table, key: try parameters["key"]!.item(), conditionExpression: text("condition"),
      expressionAttributeNames: names(parameters["names"]), expressionAttributeValues: try values(),
      returnValues: word("return"), returnConsumedCapacity: word("capacity"),
      returnItemCollectionMetrics: word("metrics"), returnValuesOnConditionCheckFailure: word("onFailure"),
      expected: try expected(), conditionalOperator: word("operator"))
  }

  private func updateItem() throws -> UpdateItemRequest {
    UpdateItemRequest(
      tableName: table, key: try parameters["key"]!.item(), updateExpression: text("update"),
      conditionExpression: text("condition"), expressionAttributeNames: names(parameters["names"]),
      expressionAttributeValues: try values(), returnValues: word("return"),
      returnConsumedCapacity: word("capacity"), returnItemCollectionMetrics: word("metrics"),
      returnValuesOnConditionCheckFailure: word("onFailure"), attributeUpdates: try attributeUpdates(),
      expected: try expected(), conditionalOperator: word("operator"))
  }

  private func getItem() throws -> GetItemRequest {
    GetItemRequest(
      tableName: table, key: try parameters["key"]!.item(), projectionExpression: text("projection"),
      expressionAttributeNames: names(parameters["names"]), consistentRead: flag("consistent"),
      returnConsumedCapacity: word("capacity"), attributesToGet: attributesToGet)
  }

  private func query() throws -> QueryRequest {
    QueryRequest(
      tableName: table, indexName: text("index"), keyConditionExpression: text("where"),
      filterExpression: text("filter"), projectionExpression: text("projection"),
      expressionAttributeNames: names(parameters["names"]), expressionAttributeValues: try values(),
      select: word("select"), limit: integer("limit"), exclusiveStartKey: try parameters["after"]?.item(),
      scanIndexForward: flag("forward"), consistentRead: flag("consistent"),
      returnConsumedCapacity: word("capacity"), keyConditions: try conditions("keyConditions"),
      queryFilter: try conditions("queryFilter"), conditionalOperator: word("operator"),
      attributesToGet: attributesToGet)
  }

  private func scan() throws -> ScanRequest {
    ScanRequest(
      tableName: table, indexName: text("index"), filterExpression: text("filter"),
      projectionExpression: text("projection"), expressionAttributeNames: names(parameters["names"]),
      expressionAttributeValues: try values(), select: word("select"), limit: integer("limit"),
      exclusiveStartKey: try parameters["after"]?.item(), segment: integer("segment"),
      totalSegments: integer("segments"), consistentRead: flag("consistent"),
      returnConsumedCapacity: word("capacity"), scanFilter: try conditions("scanFilter"),
      conditionalOperator: word("operator"), attributesToGet: attributesToGet)
  }

  private func batchGetItem() throws -> BatchGetItemRequest {
    BatchGetItemRequest(
      requestItems: try parameters["from"]!.entries.map { entry in
        KeysAndAttributes(
          tableName: entry.name, keys: try entry.value["keys"]!.elements.map { try $0.item() },
          projectionExpression: entry.value["projection"]?.text,
          expressionAttributeNames: names(entry.value["names"]),
          consistentRead: entry.value["consistent"]?.flag,
          attributesToGet: entry.value["get"]?.elements.map(\.text))
      }, returnConsumedCapacity: word("capacity"))
  }

  private func batchWriteItem() throws -> BatchWriteItemRequest {
    BatchWriteItemRequest(
      requestItems: try parameters["to"]!.entries.map { entry in
        TableWrites(
          tableName: entry.name,
          requests: try entry.value.elements.map { write in
            if let item = write["put"] {
              .put(try item.item())
            } else {
              .delete(key: try write["delete"]!.item())
            }
          })
      }, returnConsumedCapacity: word("capacity"), returnItemCollectionMetrics: word("metrics"))
  }
}
