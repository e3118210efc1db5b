import DynamoModel
import Flywheel

extension ExecuteTransaction: WireOperation {
  enum Field: Int, CaseIterable { case transactStatements, clientRequestToken, returnConsumedCapacity }

  static let input = Structure("ExecuteTransactionInput", of: Field.self) { field in
    switch field {
    case .transactStatements:
      Member("TransactStatements", .list(.structure(statement)), .required, [.lengthMin(1)])
    case .clientRequestToken:
      Member("ClientRequestToken", .string, .optional, [.lengthMin(1), .lengthMax(36)])
    case .returnConsumedCapacity: .returnConsumedCapacity
    }
  }

  enum StatementField: Int, CaseIterable {
    case statement, parameters, returnValuesOnConditionCheckFailure
  }

  static let statement = Structure("ParameterizedStatement", of: StatementField.self) { field in
    switch field {
    case .statement: .statement
    case .parameters: .statementParameters
    case .returnValuesOnConditionCheckFailure: .returnValuesOnConditionCheckFailure
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> ExecuteTransactionRequest {
    var request = ExecuteTransactionRequest(transactStatements: [])
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .transactStatements:
        request.transactStatements = try wire.list(
          members, lengthMax: wire.transactionItemsMax, readStatement)
      case .clientRequestToken: request.clientRequestToken = try wire.string(members)
      case .returnConsumedCapacity: request.returnConsumedCapacity = try wire.word(members)
      }
    }
    return request
  }

  @_lifetime(wire: copy wire)
  private static func readStatement(
    _ wire: inout RequestReader
  ) throws(SerializationFault) -> ParameterizedStatement {
    var request = ParameterizedStatement(statement: "")
    var members = try wire.begin(statement, at: .element)
    while let field = try wire.next(&members, as: StatementField.self) {
      switch field {
      case .statement: request.statement = try wire.string(members)
      case .parameters:
        request.parameters = try wire.list(members) { wire throws(SerializationFault) in
          try wire.valueElement(of: Field.transactStatements.rawValue)
        }
      case .returnValuesOnConditionCheckFailure:
        request.returnValuesOnConditionCheckFailure = try wire.word(members)
      }
    }
    return request
  }

  static func write(_ response: ExecuteTransactionResponse, to json: inout JSONWriter) {
    json.array(response.responses, named: "Responses") { json, item in
      json.beginObject()
      json.item(item, named: "Item")
      json.endObject()
    }
    json.consumedCapacities(response.consumedCapacity)
  }

  static func bytesExpected(of response: ExecuteTransactionResponse) -> Int {
    response.responses.reduce(256) { $0 + 64 + ($1?.bytes.count ?? 0) * 2 }
  }
}
