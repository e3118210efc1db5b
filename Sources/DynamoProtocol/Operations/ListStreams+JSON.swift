import Flywheel

extension ListStreams: WireOperation {
  enum Field: Int, CaseIterable { case tableName, limit, exclusiveStartStreamArn }

  static let input = Structure("ListStreamsInput", of: Field.self) { field in
    switch field {
    case .tableName: Member("TableName", .string, .optional, [.namePattern, .lengthMin(3), .lengthMax(255)])
    case .limit: .limit
    case .exclusiveStartStreamArn:
      Member("ExclusiveStartStreamArn", .string, .optional, Member.streamArn.rules)
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request {
    let request = Request()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .tableName: _ = try wire.string(members)
      case .limit: _ = try wire.integer(members)
      case .exclusiveStartStreamArn: _ = try wire.string(members)
      }
    }
    return request
  }

  static func write(_ response: Response, to json: inout JSONWriter) {
    json.strings([], named: "Streams")
  }
}
