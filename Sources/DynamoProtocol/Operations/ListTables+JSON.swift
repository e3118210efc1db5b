import Flywheel

extension ListTables: WireOperation {
  enum Field: Int, CaseIterable { case limit, exclusiveStartTableName }

  static let input = Structure("ListTablesInput", of: Field.self) { field in
    switch field {
    case .limit: Member("Limit", .integer, .optional, [.valueMin(1), .valueMax(100)])
    case .exclusiveStartTableName:
      Member(
        "ExclusiveStartTableName", .string, .optional, [.namePattern, .lengthMin(3), .lengthMax(255)])
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> ListTablesRequest {
    var request = ListTablesRequest()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .limit: request.limit = try wire.integer(members)
      case .exclusiveStartTableName: request.exclusiveStartTableName = try wire.string(members)
      }
    }
    return request
  }

  static func write(_ response: ListTablesResponse, to json: inout JSONWriter) {
    json.string(response.lastEvaluatedTableName, named: "LastEvaluatedTableName")
    json.strings(response.tableNames, named: "TableNames")
  }
}
