import Flywheel

extension GetRecords: WireOperation {
  enum Field: Int, CaseIterable { case shardIterator, limit }

  static let input = Structure("GetRecordsInput", of: Field.self) { field in
    switch field {
    case .shardIterator: Member("ShardIterator", .string, .required, [.lengthMin(1), .lengthMax(2_048)])
    case .limit: .limit
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request {
    let request = Request()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .shardIterator: _ = try wire.string(members)
      case .limit: _ = try wire.integer(members)
      }
    }
    return request
  }
}
