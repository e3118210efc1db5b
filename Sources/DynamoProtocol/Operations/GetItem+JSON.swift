import DynamoExpressions
import DynamoModel
import Flywheel

extension GetItem: WireOperation {
  enum Field: Int, CaseIterable {
    case returnConsumedCapacity, attributesToGet, tableName, key, consistentRead, projectionExpression
    case expressionAttributeNames
  }

  static let input = Structure("GetItemInput", of: Field.self) { field in
    switch field {
    case .returnConsumedCapacity: .returnConsumedCapacity
    case .attributesToGet: .attributesToGet
    case .tableName: .tableName
    case .key: .key
    case .consistentRead: .consistentRead
    case .projectionExpression: .projectionExpression
    case .expressionAttributeNames: .expressionAttributeNames
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> GetItemRequest {
    var request = GetItemRequest(tableName: "", key: .empty)
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .returnConsumedCapacity: request.returnConsumedCapacity = try wire.word(members)
      case .attributesToGet: request.attributesToGet = try wire.strings(members)
      case .tableName: request.tableName = try wire.string(members)
      case .key: request.key = try wire.item(members)
      case .consistentRead: request.consistentRead = try wire.bool()
      case .projectionExpression: request.projectionExpression = try wire.string(members)
      case .expressionAttributeNames: request.expressionAttributeNames = try wire.stringMap(members)
      }
    }
    return request
  }

  static func write(_ response: GetItemResponse, to json: inout JSONWriter) {
    json.item(response.item, named: "Item")
    json.consumedCapacity(response.consumedCapacity)
  }

  static func bytesExpected(of response: GetItemResponse) -> Int {
    128 + (response.item?.bytes.count ?? 0) * 2
  }

  static func explain(
    _ faults: ValueFaults, in request: GetItemRequest
  ) throws(ExpressionError) -> String {
    try ExpressionParameters.check(
      expressions: [("ProjectionExpression", request.projectionExpression != nil)],
      legacy: [("AttributesToGet", request.attributesToGet != nil)],
      hasNames: request.expressionAttributeNames != nil, hasValues: false)
    return faults.first
  }
}
