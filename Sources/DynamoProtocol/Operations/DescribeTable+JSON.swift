import Flywheel

extension DescribeTable: WireOperation {
  enum Field: Int, CaseIterable { case tableName }

  static let input = Structure("DescribeTableInput", of: Field.self) { _ in
    Member(
      "TableName", .string, .requiredFirst,
      [.lengthMax(1_024), .unlessArn([.lengthMin(3), .lengthMax(255), .namePattern])])
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> DescribeTableRequest {
    var request = DescribeTableRequest(tableName: "")
    var members = try wire.begin(input, at: .element)
    while try wire.next(&members, as: Field.self) != nil {
      request.tableName = try wire.string(members)
    }
    return request
  }

  static func write(_ response: DescribeTableResponse, to json: inout JSONWriter) {
    json.table(response.table, named: "Table")
  }

  static func bytesExpected(of response: DescribeTableResponse) -> Int { 1_024 }
}
