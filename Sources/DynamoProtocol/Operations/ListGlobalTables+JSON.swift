import Flywheel

extension ListGlobalTables: WireOperation {
  enum Field: Int, CaseIterable { case exclusiveStartGlobalTableName, limit, regionName }

  static let input = Structure("ListGlobalTablesInput", of: Field.self) { field in
    switch field {
    case .exclusiveStartGlobalTableName: Member("ExclusiveStartGlobalTableName", .string)
    case .limit: .limit
    case .regionName: Member("RegionName", .string)
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request {
    var request = Request()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .exclusiveStartGlobalTableName: request.exclusiveStartGlobalTableName = try wire.string(members)
      case .limit: _ = try wire.integer(members)
      case .regionName: _ = try wire.string(members)
      }
    }
    return request
  }

  static func write(_ response: Response, to json: inout JSONWriter) {
    json.strings([], named: "GlobalTables")
  }
}
