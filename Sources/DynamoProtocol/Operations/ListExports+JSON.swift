import Flywheel

extension ListExports: WireOperation {
  enum Field: Int, CaseIterable { case tableArn, maxResults, nextToken }

  static let input = Structure("ListExportsInput", of: Field.self) { field in
    switch field {
    case .tableArn: Member("TableArn", .string, .optional, [.lengthMin(1), .lengthMax(1_024)])
    case .maxResults: Member("MaxResults", .integer, .optional, [.valueMin(1), .valueMax(25)])
    case .nextToken: Member("NextToken", .string)
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request {
    var request = Request()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .tableArn: _ = try wire.string(members)
      case .maxResults: _ = try wire.integer(members)
      case .nextToken: request.nextToken = try wire.string(members)
      }
    }
    return request
  }

  static func write(_ response: Response, to json: inout JSONWriter) {
    json.strings([], named: "ExportSummaries")
  }
}
