import DynamoModel
import Flywheel

extension ExecuteStatement: WireOperation {
  enum Field: Int, CaseIterable {
    case statement, parameters, consistentRead, nextToken, returnConsumedCapacity, limit
    case returnValuesOnConditionCheckFailure
  }

  static let input = Structure("ExecuteStatementInput", of: Field.self) { field in
    switch field {
    case .statement: .statement
    case .parameters: .statementParameters
    case .consistentRead: .consistentRead
    case .nextToken: Member("NextToken", .string, .optional, [.lengthMin(1), .lengthMax(32_768)])
    case .returnConsumedCapacity: .returnConsumedCapacity
    case .limit: .limit
    case .returnValuesOnConditionCheckFailure: .returnValuesOnConditionCheckFailure
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> ExecuteStatementRequest {
    var request = ExecuteStatementRequest(statement: "")
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .statement: request.statement = try wire.string(members)
      case .parameters:
        request.parameters = try wire.list(members) { wire throws(SerializationFault) in
          try wire.valueElement(of: Field.parameters.rawValue)
        }
      case .consistentRead: request.consistentRead = try wire.bool()
      case .nextToken: request.nextToken = try wire.string(members)
      case .returnConsumedCapacity: request.returnConsumedCapacity = try wire.word(members)
      case .limit: request.limit = try wire.integer(members)
      case .returnValuesOnConditionCheckFailure:
        request.returnValuesOnConditionCheckFailure = try wire.word(members)
      }
    }
    return request
  }

  static func write(_ response: ExecuteStatementResponse, to json: inout JSONWriter) {
    json.items(response.items, named: "Items")
    json.string(response.nextToken, named: "NextToken")
    json.item(response.lastEvaluatedKey, named: "LastEvaluatedKey")
    json.consumedCapacity(response.consumedCapacity)
  }

  static func bytesExpected(of response: ExecuteStatementResponse) -> Int {
    256 + JSONWriter.bytesExpected(of: response.items)
  }
}
