import DynamoModel
import Flywheel

extension BatchExecuteStatement: WireOperation {
  enum Field: Int, CaseIterable { case statements, returnConsumedCapacity }

  static let input = Structure("BatchExecuteStatementInput", of: Field.self) { field in
    switch field {
    case .statements:
      Member("Statements", .list(.structure(statement)), .required, [.lengthMin(1), .lengthMax(25)])
    case .returnConsumedCapacity: .returnConsumedCapacity
    }
  }

  enum StatementField: Int, CaseIterable {
    case statement, parameters, consistentRead, returnValuesOnConditionCheckFailure
  }

  static let statement = Structure("BatchStatementRequest", of: StatementField.self) { field in
    switch field {
    case .statement: .statement
    case .parameters: .statementParameters
    case .consistentRead: .consistentRead
    case .returnValuesOnConditionCheckFailure: .returnValuesOnConditionCheckFailure
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> BatchExecuteStatementRequest {
    var request = BatchExecuteStatementRequest(statements: [])
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .statements: request.statements = try wire.list(members, readStatement)
      case .returnConsumedCapacity: request.returnConsumedCapacity = try wire.word(members)
      }
    }
    return request
  }

  @_lifetime(wire: copy wire)
  private static func readStatement(
    _ wire: inout RequestReader
  ) throws(SerializationFault) -> BatchStatement {
    var request = BatchStatement(statement: "")
    var members = try wire.begin(statement, at: .element)
    while let field = try wire.next(&members, as: StatementField.self) {
      switch field {
      case .statement: request.statement = try wire.string(members)
      case .parameters:
        request.parameters = try wire.list(members) { wire throws(SerializationFault) in
          try wire.valueElement(of: Field.statements.rawValue)
        }
      case .consistentRead: request.consistentRead = try wire.bool()
      case .returnValuesOnConditionCheckFailure:
        request.returnValuesOnConditionCheckFailure = try wire.word(members)
      }
    }
    return request
  }

  static func write(_ response: BatchExecuteStatementResponse, to json: inout JSONWriter) {
    json.array(response.responses, named: "Responses") { json, answer in
      json.beginObject()
      json.object(answer.error, named: "Error") { json, error in
        json.name("Code")
        json.string(error.code.statementName)
        json.name("Message")
        json.string(error.message)
        json.item(error.item, named: "Item")
      }
      json.string(answer.tableName, named: "TableName")
      json.item(answer.item, named: "Item")
      json.endObject()
    }
    json.consumedCapacities(response.consumedCapacity)
  }

  static func bytesExpected(of response: BatchExecuteStatementResponse) -> Int {
    response.responses.reduce(256) { $0 + 128 + ($1.item?.bytes.count ?? 0) * 2 }
  }
}

extension ErrorCode {
  /// The error's name where one statement of several failed: without its last word, or another one.
  var statementName: String {
    switch self {
    case .validation: "ValidationError"
    case .throttling: "ThrottlingError"
    default: name.hasSuffix("Exception") ? String(name.dropLast("Exception".count)) : name
    }
  }
}
