import DynamoExpressions
import DynamoModel
import Flywheel

extension PutItem: WireOperation {
  enum Field: Int, CaseIterable {
    case returnConsumedCapacity, returnValues, returnItemCollectionMetrics, tableName, item
    case conditionalOperator, expected, conditionExpression, expressionAttributeValues
    case expressionAttributeNames, returnValuesOnConditionCheckFailure
  }

  static let input = Structure("PutItemInput", of: Field.self) { field in
    switch field {
    case .returnConsumedCapacity: .returnConsumedCapacity
    case .returnValues: .returnValues
    case .returnItemCollectionMetrics: .returnItemCollectionMetrics
    case .tableName: .tableName
    case .item: Member("Item", .map(.attributeValue), .required)
    case .conditionalOperator: .conditionalOperator
    case .expected: .expected
    case .conditionExpression: .conditionExpression
    case .expressionAttributeValues: .expressionAttributeValues
    case .expressionAttributeNames: .expressionAttributeNames
    case .returnValuesOnConditionCheckFailure: .returnValuesOnConditionCheckFailure
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> PutItemRequest {
    var request = PutItemRequest(tableName: "", item: .empty)
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .returnConsumedCapacity: request.returnConsumedCapacity = try wire.word(members)
      case .returnValues: request.returnValues = try wire.word(members)
      case .returnItemCollectionMetrics: request.returnItemCollectionMetrics = try wire.word(members)
      case .tableName: request.tableName = try wire.string(members)
      case .item: request.item = try wire.item(members)
      case .conditionalOperator: request.conditionalOperator = try wire.word(members)
      case .expected: request.expected = try wire.expected(members)
      case .conditionExpression: request.conditionExpression = try wire.string(members)
      case .expressionAttributeValues: request.expressionAttributeValues = try wire.expressionValues(members)
      case .expressionAttributeNames: request.expressionAttributeNames = try wire.stringMap(members)
      case .returnValuesOnConditionCheckFailure:
        request.returnValuesOnConditionCheckFailure = try wire.word(members)
      }
    }
    return request
  }

  static func write(_ response: PutItemResponse, to json: inout JSONWriter) {
    json.item(response.attributes, named: "Attributes")
    json.consumedCapacity(response.consumedCapacity)
    json.itemCollectionMetrics(response.itemCollectionMetrics)
  }

  static func bytesExpected(of response: PutItemResponse) -> Int {
    256 + (response.attributes?.bytes.count ?? 0) * 2
  }

  static func explain(
    _ faults: ValueFaults, in request: PutItemRequest
  ) throws(ExpressionError) -> String {
    try ExpressionParameters.check(
      expressions: [("ConditionExpression", request.conditionExpression != nil)],
      legacy: [
        ("Expected", request.expected != nil), ("ConditionalOperator", request.conditionalOperator != nil),
      ],
      hasNames: request.expressionAttributeNames != nil, hasValues: request.expressionAttributeValues != nil)
    if faults.has(Field.item) || faults.has(Field.expected) {
      return faults.first(in: Field.item, .expected)
    }
    _ = try ExpressionPlaceholders(
      names: request.expressionAttributeNames, values: request.expressionAttributeValues)
    return faults.first
  }
}
