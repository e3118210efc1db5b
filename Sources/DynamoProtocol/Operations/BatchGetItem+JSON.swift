import DynamoExpressions
import DynamoModel
import Flywheel

extension BatchGetItem: WireOperation {
  enum Field: Int, CaseIterable { case returnConsumedCapacity, requestItems }

  static let input = Structure("BatchGetItemInput", of: Field.self) { field in
    switch field {
    case .returnConsumedCapacity: .returnConsumedCapacity
    case .requestItems:
      Member(
        "RequestItems", .map(.structure(keysAndAttributes)), .required,
        [
          .lengthMin(1), .lengthMax(100),
          .tableNames,
        ])
    }
  }

  enum TableField: Int, CaseIterable {
    case keys, attributesToGet, consistentRead, projectionExpression, expressionAttributeNames
  }

  static let keysAndAttributes = Structure("KeysAndAttributes", of: TableField.self) { field in
    switch field {
    case .keys:
      Member("Keys", .list(.map(.attributeValue)), .required, [.lengthMin(1), .lengthMax(100)])
    case .attributesToGet: .attributesToGet
    case .consistentRead: .consistentRead
    case .projectionExpression: .projectionExpression
    case .expressionAttributeNames: .expressionAttributeNames
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> BatchGetItemRequest {
    var request = BatchGetItemRequest(requestItems: [])
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .returnConsumedCapacity: request.returnConsumedCapacity = try wire.word(members)
      case .requestItems:
        request.requestItems = try wire.map(members, readTable).map(\.value)
      }
    }
    return request
  }

  @_lifetime(wire: copy wire)
  private static func readTable(
    _ wire: inout RequestReader, _ tableName: String
  ) throws(SerializationFault) -> KeysAndAttributes {
    var table = KeysAndAttributes(tableName: tableName, keys: [])
    var members = try wire.begin(keysAndAttributes, at: .element)
    while let field = try wire.next(&members, as: TableField.self) {
      switch field {
      case .keys:
        table.keys = try wire.list(members) { wire throws(SerializationFault) in
          try wire.itemElement(of: Field.requestItems.rawValue)
        }
      case .attributesToGet: table.attributesToGet = try wire.strings(members)
      case .consistentRead: table.consistentRead = try wire.bool()
      case .projectionExpression: table.projectionExpression = try wire.string(members)
      case .expressionAttributeNames: table.expressionAttributeNames = try wire.stringMap(members)
      }
    }
    return table
  }

  static func write(_ response: BatchGetItemResponse, to json: inout JSONWriter) {
    json.name("Responses")
    json.beginObject()
    for table in response.responses {
      json.name(data: table.tableName)
      json.items(table.items)
    }
    json.endObject()
    json.name("UnprocessedKeys")
    json.beginObject()
    for table in response.unprocessedKeys {
      json.name(data: table.tableName)
      writeTable(table, to: &json)
    }
    json.endObject()
    json.consumedCapacities(response.consumedCapacity)
  }

  private static func writeTable(_ table: KeysAndAttributes, to json: inout JSONWriter) {
    json.beginObject()
    json.array(table.keys, named: "Keys") { json, key in json.item(key.view) }
    json.strings(table.attributesToGet, named: "AttributesToGet")
    json.bool(table.consistentRead, named: "ConsistentRead")
    json.string(table.projectionExpression, named: "ProjectionExpression")
    json.object(table.expressionAttributeNames, named: "ExpressionAttributeNames") { json, names in
      for (name, attribute) in names.sorted(by: { $0.key < $1.key }) {
        json.name(data: name)
        json.string(attribute)
      }
    }
    json.endObject()
  }

  static func bytesExpected(of response: BatchGetItemResponse) -> Int {
    response.responses.reduce(256) { $0 + 64 + JSONWriter.bytesExpected(of: $1.items) }
  }

  static func explain(
    _ faults: ValueFaults, in request: BatchGetItemRequest
  ) throws(ExpressionError) -> String {
    for table in request.requestItems {
      try ExpressionParameters.check(
        expressions: [("ProjectionExpression", table.projectionExpression != nil)],
        legacy: [("AttributesToGet", table.attributesToGet != nil)],
        hasNames: table.expressionAttributeNames != nil, hasValues: false)
    }
    return faults.first
  }
}
