import Flywheel

extension DeleteTable: WireOperation {
  enum Field: Int, CaseIterable { case tableName }

  static let input = Structure("DeleteTableInput", of: Field.self) { _ in
    Member("TableName", .string, .requiredFirst, [.unlessArn([.lengthFirst(3...255), .namePattern])])
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> DeleteTableRequest {
    var request = DeleteTableRequest(tableName: "")
    var members = try wire.begin(input, at: .element)
    while try wire.next(&members, as: Field.self) != nil {
      request.tableName = try wire.string(members)
    }
    return request
  }

  static func write(_ response: DeleteTableResponse, to json: inout JSONWriter) {
    json.table(response.tableDescription, named: "TableDescription")
  }

  static func bytesExpected(of response: DeleteTableResponse) -> Int { 1_024 }
}
