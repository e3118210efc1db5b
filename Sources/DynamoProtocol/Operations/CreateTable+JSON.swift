import Flywheel

extension CreateTable: WireOperation {
  enum Field: Int, CaseIterable {
    case attributeDefinitions, tableName, provisionedThroughput, keySchema, billingMode
    case localSecondaryIndexes, globalSecondaryIndexes, streamSpecification, sseSpecification, tags
    case tableClass, deletionProtectionEnabled, warmThroughput, resourcePolicy, onDemandThroughput
  }

  static let input = Structure("CreateTableInput", of: Field.self) { field in
    switch field {
    case .attributeDefinitions:
      Member(
        "AttributeDefinitions", .list(.structure(TableShapes.attributeDefinition)), .required)
    case .tableName:
      Member("TableName", .string, .requiredFirst, [.namePattern, .lengthMin(3), .lengthMax(255)])
    case .provisionedThroughput: .provisionedThroughput
    case .keySchema:
      Member(
        "KeySchema", .list(.structure(TableShapes.keySchemaElement)), .required,
        [.lengthMin(1), .lengthMax(2)])
    case .billingMode: .billingMode
    case .localSecondaryIndexes:
      Member("LocalSecondaryIndexes", .list(.structure(TableShapes.localIndex)))
    case .globalSecondaryIndexes:
      Member("GlobalSecondaryIndexes", .list(.structure(TableShapes.globalIndex)))
    case .streamSpecification: .streamSpecification
    case .sseSpecification: .sseSpecification
    case .tags: .tags
    case .tableClass: .tableClass
    case .deletionProtectionEnabled: .deletionProtectionEnabled
    case .warmThroughput: .warmThroughput
    case .resourcePolicy: Member("ResourcePolicy", .string)
    case .onDemandThroughput: .onDemandThroughput
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> CreateTableRequest {
    var request = CreateTableRequest(tableName: "")
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .attributeDefinitions: request.attributeDefinitions = try wire.attributeDefinitions(members)
      case .tableName: request.tableName = try wire.string(members)
      case .provisionedThroughput: request.provisionedThroughput = try wire.provisionedThroughput(members)
      case .keySchema: request.keySchema = try wire.keySchema(members)
      case .billingMode: request.billingMode = try wire.word(members)
      case .localSecondaryIndexes: request.localSecondaryIndexes = try wire.localIndexes(members)
      case .globalSecondaryIndexes: request.globalSecondaryIndexes = try wire.globalIndexes(members)
      case .streamSpecification: request.streamSpecification = try wire.streamSpecification(members)
      case .sseSpecification: request.sseSpecification = try wire.sseSpecification(members)
      case .tags: request.tags = try wire.tags(members)
      case .tableClass: request.tableClass = try wire.tableClass(members)
      case .deletionProtectionEnabled: request.deletionProtectionEnabled = try wire.bool()
      case .warmThroughput: request.warmThroughput = try wire.warmThroughput(members)
      case .resourcePolicy: request.resourcePolicy = try wire.string(members)
      case .onDemandThroughput: request.onDemandThroughput = try wire.onDemandThroughput(members)
      }
    }
    return request
  }

  static func write(_ response: CreateTableResponse, to json: inout JSONWriter) {
    json.table(response.tableDescription, named: "TableDescription")
  }

  static func bytesExpected(of response: CreateTableResponse) -> Int { 1_024 }
}
