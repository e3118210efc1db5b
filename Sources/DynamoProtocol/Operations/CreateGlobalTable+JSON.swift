import Flywheel

extension CreateGlobalTable: WireOperation {
  enum Field: Int, CaseIterable { case globalTableName, replicationGroup }

  static let input = Structure("CreateGlobalTableInput", of: Field.self) { field in
    switch field {
    case .globalTableName: .globalTableName
    case .replicationGroup: Member("ReplicationGroup", .list(.structure(replica)), .required)
    }
  }

  enum ReplicaField: Int, CaseIterable { case regionName }
  static let replica = Structure("Replica", of: ReplicaField.self) { _ in Member("RegionName", .string) }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request {
    var request = Request()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .globalTableName: request.globalTableName = try wire.string(members)
      case .replicationGroup:
        try wire.list(members) { wire throws(SerializationFault) in
          var members = try wire.begin(replica, at: .element)
          while try wire.next(&members, as: ReplicaField.self) != nil { _ = try wire.string(members) }
        }
      }
    }
    return request
  }
}
