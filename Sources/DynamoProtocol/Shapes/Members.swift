// Members that several operations have, and the words that their enumerations consist of: in the order in
// which the service lists them, which is not the order of the public model.

extension Member {
  /// The table of an operation on items: a name or an ARN.
  static let tableName = Member(
    "TableName", .string, .required,
    [
      .lengthMin(1), .lengthMax(1_024),
      .unlessEmpty([.unlessArn([.namePattern, .lengthMin(3), .lengthMax(255)])]),
    ])

  /// The same where it may be left out.
  static let optionalTableName = Member("TableName", .string, .optional, tableName.rules)

  static let indexName = Member(
    "IndexName", .string, .optional, [.namePattern, .lengthMin(3), .lengthMax(255)])

  static let key = Member("Key", .map(.attributeValue), .required)
  /// The ARN of a stream, of this service or of Kinesis.
  static let streamArn = Member("StreamArn", .string, .required, [.lengthMin(37), .lengthMax(1_024)])
  static let shardId = Member("ShardId", .string, .required, [.lengthMin(28), .lengthMax(65)])
  /// A table of the first version of global tables, whose length is told by the operation.
  static let globalTableName = Member("GlobalTableName", .string, .required)
  static let exclusiveStartKey = Member("ExclusiveStartKey", .map(.attributeValue))

  static let returnConsumedCapacity = Member(
    "ReturnConsumedCapacity", .string, .optional, [.oneOf(["INDEXES", "TOTAL", "NONE"])])
  static let returnItemCollectionMetrics = Member(
    "ReturnItemCollectionMetrics", .string, .optional, [.oneOf(["SIZE", "NONE"])])
  static let returnValues = Member(
    "ReturnValues", .string, .optional,
    [.oneOf(["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"])])
  static let returnValuesOnConditionCheckFailure = Member(
    "ReturnValuesOnConditionCheckFailure", .string, .optional, [.oneOf(["ALL_OLD", "NONE"])])
  static let select = Member(
    "Select", .string, .optional,
    [.oneOf(["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"])])
  static let limit = Member("Limit", .integer, .optional, [.valueMin(1)])
  static let consistentRead = Member("ConsistentRead", .boolean)
  static let attributesToGet = Member(
    "AttributesToGet", .list(.string), .optional, [.lengthMin(1), .lengthMax(255)])
  static let conditionalOperator = Member(
    "ConditionalOperator", .string, .optional, [.oneOf(["OR", "AND"])])

  static let statement = Member("Statement", .string, .required, [.lengthMin(1), .lengthMax(8_192)])
  static let statementParameters = Member("Parameters", .list(.attributeValue), .optional, [.lengthMin(1)])

  static let conditionExpression = Member("ConditionExpression", .string)
  static let filterExpression = Member("FilterExpression", .string)
  static let projectionExpression = Member("ProjectionExpression", .string)
  static let expressionAttributeNames = Member("ExpressionAttributeNames", .map(.string))
  static let expressionAttributeValues = Member("ExpressionAttributeValues", .map(.attributeValue))
  static let expected = Member("Expected", .map(.structure(LegacyShapes.expected)))

  /// A legacy operator; a condition must have one, an expectation need not.
  static func comparisonOperator(_ requirement: Requirement) -> Member {
    Member(
      "ComparisonOperator", .string, requirement,
      [
        .oneOf([
          "IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE", "BEGINS_WITH",
          "GE", "CONTAINS",
        ])
      ])
  }
}

extension Rule {
  /// Rules for the tables that a batch's map names.
  static let tableNames: Rule = .names([.lengthMax(255), .lengthMin(3), .namePattern])
}

/// The structures of legacy conditions and updates.
enum LegacyShapes {
  enum ExpectedField: Int, CaseIterable {
    case attributeValueList, comparisonOperator, exists, value
  }
  static let expected = Structure("ExpectedAttributeValue", of: ExpectedField.self) { field in
    switch field {
    case .attributeValueList: Member("AttributeValueList", .list(.attributeValue))
    case .comparisonOperator: .comparisonOperator(.optional)
    case .exists: Member("Exists", .boolean)
    case .value: Member("Value", .attributeValue)
    }
  }

  enum ConditionField: Int, CaseIterable {
    case attributeValueList, comparisonOperator
  }
  static let condition = Structure("Condition", of: ConditionField.self) { field in
    switch field {
    case .attributeValueList: Member("AttributeValueList", .list(.attributeValue))
    case .comparisonOperator: .comparisonOperator(.required)
    }
  }

  enum UpdateField: Int, CaseIterable {
    case action, value
  }
  static let update = Structure("AttributeValueUpdate", of: UpdateField.self) { field in
    switch field {
    case .action: Member("Action", .string, .optional, [.oneOf(["ADD", "DELETE", "PUT"])])
    case .value: Member("Value", .attributeValue)
    }
  }
}
