import DynamoExpressions
import DynamoModel
import Flywheel

extension Scan: WireOperation {
  enum Field: Int, CaseIterable {
    case limit, returnConsumedCapacity, attributesToGet, segment, select, scanFilter, conditionalOperator
    case totalSegments, tableName, exclusiveStartKey, indexName, consistentRead, filterExpression
    case projectionExpression, expressionAttributeValues, expressionAttributeNames
  }

  static let input = Structure("ScanInput", of: Field.self) { field in
    switch field {
    case .limit: .limit
    case .returnConsumedCapacity: .returnConsumedCapacity
    case .attributesToGet: .attributesToGet
    case .segment: Member("Segment", .integer, .optional, [.valueMin(0), .valueMax(999_999)])
    case .select: .select
    case .scanFilter: Member("ScanFilter", .map(.structure(LegacyShapes.condition)))
    case .conditionalOperator: .conditionalOperator
    case .totalSegments: Member("TotalSegments", .integer, .optional, [.valueMin(1), .valueMax(1_000_000)])
    case .tableName: .tableName
    case .exclusiveStartKey: .exclusiveStartKey
    case .indexName: .indexName
    case .consistentRead: .consistentRead
    case .filterExpression: .filterExpression
    case .projectionExpression: .projectionExpression
    case .expressionAttributeValues: .expressionAttributeValues
    case .expressionAttributeNames: .expressionAttributeNames
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> ScanRequest {
    var request = ScanRequest(tableName: "")
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .limit: request.limit = try wire.integer(members)
      case .returnConsumedCapacity: request.returnConsumedCapacity = try wire.word(members)
      case .attributesToGet: request.attributesToGet = try wire.strings(members)
      case .segment: request.segment = try wire.integer(members)
      case .select: request.select = try wire.word(members)
      case .scanFilter: request.scanFilter = try wire.conditions(members)
      case .conditionalOperator: request.conditionalOperator = try wire.word(members)
      case .totalSegments: request.totalSegments = try wire.integer(members)
      case .tableName: request.tableName = try wire.string(members)
      case .exclusiveStartKey: request.exclusiveStartKey = try wire.startKey(members)
      case .indexName: request.indexName = try wire.string(members)
      case .consistentRead: request.consistentRead = try wire.bool()
      case .filterExpression: request.filterExpression = try wire.string(members)
      case .projectionExpression: request.projectionExpression = try wire.string(members)
      case .expressionAttributeValues: request.expressionAttributeValues = try wire.expressionValues(members)
      case .expressionAttributeNames: request.expressionAttributeNames = try wire.stringMap(members)
      }
    }
    return request
  }

  static func write(_ response: ScanResponse, to json: inout JSONWriter) {
    json.items(response.items, named: "Items")
    json.integer(response.count, named: "Count")
    json.integer(response.scannedCount, named: "ScannedCount")
    json.item(response.lastEvaluatedKey, named: "LastEvaluatedKey")
    json.consumedCapacity(response.consumedCapacity)
  }

  static func bytesExpected(of response: ScanResponse) -> Int {
    256 + JSONWriter.bytesExpected(of: response.items)
  }

  static func explain(
    _ faults: ValueFaults, in request: ScanRequest
  ) throws(ExpressionError) -> String {
    try ExpressionParameters.check(
      expressions: [
        ("ProjectionExpression", request.projectionExpression != nil),
        ("FilterExpression", request.filterExpression != nil),
      ],
      legacy: [
        ("AttributesToGet", request.attributesToGet != nil), ("ScanFilter", request.scanFilter != nil),
        ("ConditionalOperator", request.conditionalOperator != nil),
      ],
      hasNames: request.expressionAttributeNames != nil, hasValues: request.expressionAttributeValues != nil)
    if faults.has(Field.scanFilter) || faults.has(Field.exclusiveStartKey) {
      return faults.first(in: Field.scanFilter, .exclusiveStartKey)
    }
    _ = try ExpressionPlaceholders(
      names: request.expressionAttributeNames, values: request.expressionAttributeValues)
    return faults.first
  }
}
