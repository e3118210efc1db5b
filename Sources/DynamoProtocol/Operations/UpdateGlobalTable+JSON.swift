import Flywheel

extension UpdateGlobalTable: WireOperation {
  enum Field: Int, CaseIterable { case globalTableName, replicaUpdates }

  static let input = Structure("UpdateGlobalTableInput", of: Field.self) { field in
    switch field {
    case .globalTableName: .globalTableName
    case .replicaUpdates: Member("ReplicaUpdates", .list(.structure(update)), .required)
    }
  }

  enum UpdateField: Int, CaseIterable { case create, delete }
  enum ReplicaField: Int, CaseIterable { case regionName }

  static let update = Structure("ReplicaUpdate", of: UpdateField.self) { field in
    switch field {
    case .create: Member("Create", .structure(replica))
    case .delete: Member("Delete", .structure(replica))
    }
  }

  static let replica = Structure("ReplicaAction", of: ReplicaField.self) { _ in
    Member("RegionName", .string, .required)
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request {
    var request = Request()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .globalTableName: request.globalTableName = try wire.string(members)
      case .replicaUpdates: request.updates = try updates(&wire, members)
      }
    }
    return request
  }

  @_lifetime(wire: copy wire)
  private static func updates(
    _ wire: inout RequestReader, _ cursor: MemberCursor
  ) throws(SerializationFault) -> [Action?] {
    try wire.list(cursor) { wire throws(SerializationFault) in
      var action: Action?
      var members = try wire.begin(update, at: .element)
      while let field = try wire.next(&members, as: UpdateField.self) {
        action = field == .create ? .create : .delete
        try wire.structure(members) { wire throws(SerializationFault) in
          var members = try wire.begin(replica)
          while try wire.next(&members, as: ReplicaField.self) != nil { _ = try wire.string(members) }
        }
      }
      return action
    }
  }
}
