import DynamoModel
import Flywheel

extension TransactGetItems: WireOperation {
  enum Field: Int, CaseIterable { case returnConsumedCapacity, transactItems }

  static let input = Structure("TransactGetItemsInput", of: Field.self) { field in
    switch field {
    case .returnConsumedCapacity: .returnConsumedCapacity
    case .transactItems:
      Member("TransactItems", .list(.structure(transactGetItem)), .required, [.lengthMin(1)])
    }
  }

  enum ItemField: Int, CaseIterable { case get }
  static let transactGetItem = Structure("TransactGetItem", of: ItemField.self) { _ in
    Member("Get", .structure(get), .required)
  }

  enum GetField: Int, CaseIterable { case key, tableName, projectionExpression, expressionAttributeNames }
  static let get = Structure("Get", of: GetField.self) { field in
    switch field {
    case .key: .key
    case .tableName: .tableName
    case .projectionExpression: .projectionExpression
    case .expressionAttributeNames: .expressionAttributeNames
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> TransactGetItemsRequest {
    var request = TransactGetItemsRequest(transactItems: [])
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .returnConsumedCapacity: request.returnConsumedCapacity = try wire.word(members)
      case .transactItems:
        request.transactItems = try wire.list(members, lengthMax: wire.transactionItemsMax, readItem)
      }
    }
    return request
  }

  @_lifetime(wire: copy wire)
  private static func readItem(_ wire: inout RequestReader) throws(SerializationFault) -> TransactGetItem {
    var item = TransactGetItem(tableName: "", key: .empty)
    var members = try wire.begin(transactGetItem, at: .element)
    while try wire.next(&members, as: ItemField.self) != nil {
      item = try wire.structure(members) { wire throws(SerializationFault) in try readGet(&wire) }
    }
    return item
  }

  @_lifetime(wire: copy wire)
  private static func readGet(_ wire: inout RequestReader) throws(SerializationFault) -> TransactGetItem {
    var item = TransactGetItem(tableName: "", key: .empty)
    var members = try wire.begin(get)
    while let field = try wire.next(&members, as: GetField.self) {
      switch field {
      case .key: item.key = try wire.itemElement(of: Field.transactItems.rawValue, at: .member)
      case .tableName: item.tableName = try wire.string(members)
      case .projectionExpression: item.projectionExpression = try wire.string(members)
      case .expressionAttributeNames: item.expressionAttributeNames = try wire.stringMap(members)
      }
    }
    return item
  }

  static func write(_ response: TransactGetItemsResponse, to json: inout JSONWriter) {
    json.consumedCapacities(response.consumedCapacity)
    json.array(response.responses, named: "Responses") { json, item in
      json.beginObject()
      json.item(item, named: "Item")
      json.endObject()
    }
  }

  static func bytesExpected(of response: TransactGetItemsResponse) -> Int {
    response.responses.reduce(256) { $0 + 32 + ($1?.bytes.count ?? 0) * 2 }
  }
}
