import Flywheel

extension UpdateGlobalTableSettings: WireOperation {
  enum Field: Int, CaseIterable {
    case globalTableName, globalTableBillingMode, globalTableProvisionedWriteCapacityUnits,
      replicaSettingsUpdate
  }

  static let input = Structure("UpdateGlobalTableSettingsInput", of: Field.self) { field in
    switch field {
    case .globalTableName: .globalTableName
    case .globalTableBillingMode:
      Member("GlobalTableBillingMode", .string, .optional, [.oneOf(["PROVISIONED", "PAY_PER_REQUEST"])])
    case .globalTableProvisionedWriteCapacityUnits:
      Member("GlobalTableProvisionedWriteCapacityUnits", .long, .optional, [.valueMin(1)])
    case .replicaSettingsUpdate:
      Member(
        "ReplicaSettingsUpdate", .list(.structure(replica)), .optional, [.lengthMin(1), .lengthMax(50)])
    }
  }

  enum ReplicaField: Int, CaseIterable { case regionName }
  static let replica = Structure("ReplicaSettingsUpdate", of: ReplicaField.self) { _ in
    Member("RegionName", .string, .required)
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request {
    var request = Request()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .globalTableName: request.globalTableName = try wire.string(members)
      case .globalTableBillingMode: _ = try wire.string(members)
      case .globalTableProvisionedWriteCapacityUnits: _ = try wire.integer(members)
      case .replicaSettingsUpdate:
        try wire.list(members) { wire throws(SerializationFault) in
          var members = try wire.begin(replica, at: .element)
          while try wire.next(&members, as: ReplicaField.self) != nil { _ = try wire.string(members) }
        }
      }
    }
    return request
  }
}
