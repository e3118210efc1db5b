import DynamoModel
import Flywheel

extension TransactWriteItems: WireOperation {
  enum Field: Int, CaseIterable {
    case returnConsumedCapacity, returnItemCollectionMetrics, clientRequestToken, transactItems
  }

  static let input = Structure("TransactWriteItemsInput", of: Field.self) { field in
    switch field {
    case .returnConsumedCapacity: .returnConsumedCapacity
    case .returnItemCollectionMetrics: .returnItemCollectionMetrics
    case .clientRequestToken:
      Member("ClientRequestToken", .string, .optional, [.lengthMin(1), .lengthMax(36)])
    case .transactItems:
      Member("TransactItems", .list(.structure(TransactShapes.item)), .required, [.lengthMin(1)])
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> TransactWriteItemsRequest {
    var request = TransactWriteItemsRequest(transactItems: [])
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .returnConsumedCapacity: request.returnConsumedCapacity = try wire.word(members)
      case .returnItemCollectionMetrics: request.returnItemCollectionMetrics = try wire.word(members)
      case .clientRequestToken: request.clientRequestToken = try wire.string(members)
      case .transactItems:
        request.transactItems = try wire.list(members, lengthMax: wire.transactionItemsMax, readItem)
      }
    }
    return request
  }

  @_lifetime(wire: copy wire)
  private static func readItem(_ wire: inout RequestReader) throws(SerializationFault) -> TransactWriteItem {
    var actions: [TransactWriteItem] = []
    var members = try wire.begin(TransactShapes.item, at: .element)
    while let field = try wire.next(&members, as: TransactShapes.ItemField.self) {
      let action = try wire.structure(members) { wire throws(SerializationFault) -> TransactWriteItem in
        switch field {
        case .conditionCheck: try .conditionCheck(readCheck(&wire))
        case .put: try .put(readPut(&wire))
        case .delete: try .delete(readDelete(&wire))
        case .update: try .update(readUpdate(&wire))
        }
      }
      actions.append(action)
    }
    if actions.count == 1 { return actions[0] }
    // Texts: answers of the service in projects' issues.
    wire.noteValueFault(
      actions.isEmpty
        ? "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"
        : "TransactItems can only contain one of Check, Put, Update or Delete",
      in: Field.transactItems.rawValue)
    return .put(.init(tableName: "", item: .empty))
  }

  @_lifetime(wire: copy wire)
  private static func readPut(_ wire: inout RequestReader) throws(SerializationFault) -> TransactWriteItem.Put
  {
    var put = TransactWriteItem.Put(tableName: "", item: .empty)
    var members = try wire.begin(TransactShapes.put)
    while let field = try wire.next(&members, as: TransactShapes.PutField.self) {
      switch field {
      case .item: put.item = try wire.itemElement(of: Field.transactItems.rawValue, at: .member)
      case .tableName: put.tableName = try wire.string(members)
      case .conditionExpression: put.conditionExpression = try wire.string(members)
      case .expressionAttributeNames: put.expressionAttributeNames = try wire.stringMap(members)
      case .expressionAttributeValues: put.expressionAttributeValues = try wire.expressionValues(members)
      case .returnValuesOnConditionCheckFailure:
        put.returnValuesOnConditionCheckFailure = try wire.word(members)
      }
    }
    return put
  }

  @_lifetime(wire: copy wire)
  private static func readDelete(
    _ wire: inout RequestReader
  ) throws(SerializationFault) -> TransactWriteItem.Delete {
    var delete = TransactWriteItem.Delete(tableName: "", key: .empty)
    var members = try wire.begin(TransactShapes.delete)
    while let field = try wire.next(&members, as: TransactShapes.KeyedField.self) {
      switch field {
      case .key: delete.key = try wire.itemElement(of: Self.Field.transactItems.rawValue, at: .member)
      case .tableName: delete.tableName = try wire.string(members)
      case .conditionExpression: delete.conditionExpression = try wire.string(members)
      case .expressionAttributeNames: delete.expressionAttributeNames = try wire.stringMap(members)
      case .expressionAttributeValues: delete.expressionAttributeValues = try wire.expressionValues(members)
      case .returnValuesOnConditionCheckFailure:
        delete.returnValuesOnConditionCheckFailure = try wire.word(members)
      }
    }
    return delete
  }

  @_lifetime(wire: copy wire)
  private static func readCheck(
    _ wire: inout RequestReader
  ) throws(SerializationFault) -> TransactWriteItem.ConditionCheck {
    var check = TransactWriteItem.ConditionCheck(tableName: "", key: .empty, conditionExpression: "")
    var members = try wire.begin(TransactShapes.conditionCheck)
    while let field = try wire.next(&members, as: TransactShapes.KeyedField.self) {
      switch field {
      case .key: check.key = try wire.itemElement(of: Self.Field.transactItems.rawValue, at: .member)
      case .tableName: check.tableName = try wire.string(members)
      case .conditionExpression: check.conditionExpression = try wire.string(members)
      case .expressionAttributeNames: check.expressionAttributeNames = try wire.stringMap(members)
      case .expressionAttributeValues: check.expressionAttributeValues = try wire.expressionValues(members)
      case .returnValuesOnConditionCheckFailure:
        check.returnValuesOnConditionCheckFailure = try wire.word(members)
      }
    }
    return check
  }

  @_lifetime(wire: copy wire)
  private static func readUpdate(
    _ wire: inout RequestReader
  ) throws(SerializationFault) -> TransactWriteItem.Update {
    var update = TransactWriteItem.Update(tableName: "", key: .empty, updateExpression: "")
    var members = try wire.begin(TransactShapes.update)
    while let field = try wire.next(&members, as: TransactShapes.UpdateField.self) {
      switch field {
      case .key: update.key = try wire.itemElement(of: Self.Field.transactItems.rawValue, at: .member)
      case .updateExpression: update.updateExpression = try wire.string(members)
      case .tableName: update.tableName = try wire.string(members)
      case .conditionExpression: update.conditionExpression = try wire.string(members)
      case .expressionAttributeNames: update.expressionAttributeNames = try wire.stringMap(members)
      case .expressionAttributeValues: update.expressionAttributeValues = try wire.expressionValues(members)
      case .returnValuesOnConditionCheckFailure:
        update.returnValuesOnConditionCheckFailure = try wire.word(members)
      }
    }
    return update
  }

  static func write(_ response: TransactWriteItemsResponse, to json: inout JSONWriter) {
    json.consumedCapacities(response.consumedCapacity)
    json.object(response.itemCollectionMetrics, named: "ItemCollectionMetrics") { json, tables in
      for table in tables {
        json.array(table.metrics, nameData: table.tableName) { json, metrics in json.collection(metrics) }
      }
    }
  }
}
