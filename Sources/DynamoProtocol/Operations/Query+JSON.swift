import DynamoExpressions
import DynamoModel
import Flywheel

extension Query: WireOperation {
  enum Field: Int, CaseIterable {
    case limit, exclusiveStartKey, returnConsumedCapacity, attributesToGet, queryFilter, select
    case conditionalOperator, keyConditions, tableName, consistentRead, indexName, scanIndexForward
    case keyConditionExpression, filterExpression, projectionExpression, expressionAttributeValues
    case expressionAttributeNames
  }

  static let input = Structure("QueryInput", of: Field.self) { field in
    switch field {
    case .limit: .limit
    case .exclusiveStartKey: .exclusiveStartKey
    case .returnConsumedCapacity: .returnConsumedCapacity
    case .attributesToGet: .attributesToGet
    case .queryFilter: Member("QueryFilter", .map(.structure(LegacyShapes.condition)))
    case .select: .select
    case .conditionalOperator: .conditionalOperator
    case .keyConditions: Member("KeyConditions", .map(.structure(LegacyShapes.condition)))
    case .tableName: .tableName
    case .consistentRead: .consistentRead
    case .indexName: .indexName
    case .scanIndexForward: Member("ScanIndexForward", .boolean)
    case .keyConditionExpression: Member("KeyConditionExpression", .string)
    case .filterExpression: .filterExpression
    case .projectionExpression: .projectionExpression
    case .expressionAttributeValues: .expressionAttributeValues
    case .expressionAttributeNames: .expressionAttributeNames
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> QueryRequest {
    var request = QueryRequest(tableName: "")
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .limit: request.limit = try wire.integer(members)
      case .exclusiveStartKey: request.exclusiveStartKey = try wire.startKey(members)
      case .returnConsumedCapacity: request.returnConsumedCapacity = try wire.word(members)
      case .attributesToGet: request.attributesToGet = try wire.strings(members)
      case .queryFilter: request.queryFilter = try wire.conditions(members)
      case .select: request.select = try wire.word(members)
      case .conditionalOperator: request.conditionalOperator = try wire.word(members)
      case .keyConditions: request.keyConditions = try wire.conditions(members)
      case .tableName: request.tableName = try wire.string(members)
      case .consistentRead: request.consistentRead = try wire.bool()
      case .indexName: request.indexName = try wire.string(members)
      case .scanIndexForward: request.scanIndexForward = try wire.bool()
      case .keyConditionExpression: request.keyConditionExpression = try wire.string(members)
      case .filterExpression: request.filterExpression = try wire.string(members)
      case .projectionExpression: request.projectionExpression = try wire.string(members)
      case .expressionAttributeValues: request.expressionAttributeValues = try wire.expressionValues(members)
      case .expressionAttributeNames: request.expressionAttributeNames = try wire.stringMap(members)
      }
    }
    return request
  }

  static func write(_ response: QueryResponse, to json: inout JSONWriter) {
    json.items(response.items, named: "Items")
    json.integer(response.count, named: "Count")
    json.integer(response.scannedCount, named: "ScannedCount")
    json.item(response.lastEvaluatedKey, named: "LastEvaluatedKey")
    json.consumedCapacity(response.consumedCapacity)
  }

  static func bytesExpected(of response: QueryResponse) -> Int {
    256 + JSONWriter.bytesExpected(of: response.items)
  }

  static func explain(
    _ faults: ValueFaults, in request: QueryRequest
  ) throws(ExpressionError) -> String {
    // Key conditions of the old kind go with expressions of the other kinds.
    let mixesKeyConditions = request.keyConditions != nil && request.keyConditionExpression != nil
    try ExpressionParameters.check(
      expressions: [
        ("ProjectionExpression", request.projectionExpression != nil),
        ("FilterExpression", request.filterExpression != nil),
        ("KeyConditionExpression", request.keyConditionExpression != nil),
      ],
      legacy: [
        ("AttributesToGet", request.attributesToGet != nil), ("QueryFilter", request.queryFilter != nil),
        ("ConditionalOperator", request.conditionalOperator != nil), ("KeyConditions", mixesKeyConditions),
      ],
      hasNames: request.expressionAttributeNames != nil, hasValues: request.expressionAttributeValues != nil)
    if faults.has(Field.queryFilter) || faults.has(Field.exclusiveStartKey) {
      return faults.first(in: Field.queryFilter, .exclusiveStartKey)
    }
    _ = try ExpressionPlaceholders(
      names: request.expressionAttributeNames, values: request.expressionAttributeValues)
    return faults.first(in: Field.expressionAttributeValues, .keyConditions)
  }
}
