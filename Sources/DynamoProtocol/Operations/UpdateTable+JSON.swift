import Flywheel

extension UpdateTable: WireOperation {
  enum Field: Int, CaseIterable {
    case attributeDefinitions, tableName, provisionedThroughput, billingMode, globalSecondaryIndexUpdates
    case streamSpecification, sseSpecification, replicaUpdates, tableClass, deletionProtectionEnabled
    case onDemandThroughput, warmThroughput
  }

  static let input = Structure("UpdateTableInput", of: Field.self) { field in
    switch field {
    case .attributeDefinitions: .attributeDefinitions
    case .tableName:
      Member("TableName", .string, .requiredFirst, [.unlessArn([.lengthFirst(3...255), .namePattern])])
    case .provisionedThroughput: .provisionedThroughput
    case .billingMode: .billingMode
    case .globalSecondaryIndexUpdates:
      Member("GlobalSecondaryIndexUpdates", .list(.structure(TableShapes.indexUpdate)))
    case .streamSpecification: .streamSpecification
    case .sseSpecification: .sseSpecification
    // Replicas are not this database's; that they were asked for is all that is read of them.
    case .replicaUpdates: Member("ReplicaUpdates", .list(.map(.string)), .optional, [.lengthMin(1)])
    case .tableClass: .tableClass
    case .deletionProtectionEnabled: .deletionProtectionEnabled
    case .onDemandThroughput: .onDemandThroughput
    case .warmThroughput: .warmThroughput
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> UpdateTableRequest {
    var request = UpdateTableRequest(tableName: "")
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .attributeDefinitions: request.attributeDefinitions = try wire.attributeDefinitions(members)
      case .tableName: request.tableName = try wire.string(members)
      case .provisionedThroughput: request.provisionedThroughput = try wire.provisionedThroughput(members)
      case .billingMode: request.billingMode = try wire.word(members)
      case .globalSecondaryIndexUpdates:
        request.globalSecondaryIndexUpdates = try wire.indexUpdates(members)
      case .streamSpecification: request.streamSpecification = try wire.streamSpecification(members)
      case .sseSpecification: request.sseSpecification = try wire.sseSpecification(members)
      case .replicaUpdates:
        try wire.list(members) { wire throws(SerializationFault) in
          try wire.json.skipValue()
          request.hasReplicaUpdates = true
        }
      case .tableClass: request.tableClass = try wire.tableClass(members)
      case .deletionProtectionEnabled: request.deletionProtectionEnabled = try wire.bool()
      case .onDemandThroughput: request.onDemandThroughput = try wire.onDemandThroughput(members)
      case .warmThroughput: request.warmThroughput = try wire.warmThroughput(members)
      }
    }
    return request
  }

  static func write(_ response: UpdateTableResponse, to json: inout JSONWriter) {
    json.table(response.tableDescription, named: "TableDescription")
  }

  static func bytesExpected(of response: UpdateTableResponse) -> Int { 1_024 }
}
