/// The structures of a transaction that writes.
enum TransactShapes {
  enum ItemField: Int, CaseIterable { case conditionCheck, put, delete, update }
  static let item = Structure("TransactWriteItem", of: ItemField.self) { field in
    switch field {
    case .conditionCheck: Member("ConditionCheck", .structure(conditionCheck))
    case .put: Member("Put", .structure(put))
    case .delete: Member("Delete", .structure(delete))
    case .update: Member("Update", .structure(update))
    }
  }

  enum PutField: Int, CaseIterable {
    case item, tableName, conditionExpression, expressionAttributeNames, expressionAttributeValues
    case returnValuesOnConditionCheckFailure
  }
  static let put = Structure("Put", of: PutField.self) { field in
    switch field {
    case .item: Member("Item", .map(.attributeValue), .required)
    case .tableName: .tableName
    case .conditionExpression: .conditionExpression
    case .expressionAttributeNames: .expressionAttributeNames
    case .expressionAttributeValues: .expressionAttributeValues
    case .returnValuesOnConditionCheckFailure: .returnValuesOnConditionCheckFailure
    }
  }

  enum KeyedField: Int, CaseIterable {
    case key, tableName, conditionExpression, expressionAttributeNames, expressionAttributeValues
    case returnValuesOnConditionCheckFailure
  }
  static let delete = Structure("Delete", of: KeyedField.self) { field in keyed(field) }
  static let conditionCheck = Structure("ConditionCheck", of: KeyedField.self) { field in
    if case .conditionExpression = field { return Member("ConditionExpression", .string, .required) }
    return keyed(field)
  }

  private static func keyed(_ field: KeyedField) -> Member {
    switch field {
    case .key: .key
    case .tableName: .tableName
    case .conditionExpression: .conditionExpression
    case .expressionAttributeNames: .expressionAttributeNames
    case .expressionAttributeValues: .expressionAttributeValues
    case .returnValuesOnConditionCheckFailure: .returnValuesOnConditionCheckFailure
    }
  }

  enum UpdateField: Int, CaseIterable {
    case key, updateExpression, tableName, conditionExpression, expressionAttributeNames
    case expressionAttributeValues, returnValuesOnConditionCheckFailure
  }
  static let update = Structure("Update", of: UpdateField.self) { field in
    switch field {
    case .key: .key
    case .updateExpression: Member("UpdateExpression", .string, .required)
    case .tableName: .tableName
    case .conditionExpression: .conditionExpression
    case .expressionAttributeNames: .expressionAttributeNames
    case .expressionAttributeValues: .expressionAttributeValues
    case .returnValuesOnConditionCheckFailure: .returnValuesOnConditionCheckFailure
    }
  }
}
