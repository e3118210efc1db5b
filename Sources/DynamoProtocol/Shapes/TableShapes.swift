// The structures of which requests about tables consist.

enum TableShapes {
  enum AttributeDefinitionField: Int, CaseIterable { case attributeType, attributeName }
  static let attributeDefinition = Structure("AttributeDefinition", of: AttributeDefinitionField.self) {
    switch $0 {
    case .attributeType: Member("AttributeType", .string, .required, [.oneOf(["B", "N", "S"])])
    case .attributeName: keyAttributeName
    }
  }

  enum KeySchemaElementField: Int, CaseIterable { case attributeName, keyType }
  static let keySchemaElement = Structure("KeySchemaElement", of: KeySchemaElementField.self) {
    switch $0 {
    case .attributeName: keyAttributeName
    case .keyType: Member("KeyType", .string, .required, [.oneOf(["HASH", "RANGE"])])
    }
  }

  private static let keyAttributeName = Member(
    "AttributeName", .string, .required, [.lengthMin(1), .lengthMax(255)])

  enum ProvisionedThroughputField: Int, CaseIterable { case writeCapacityUnits, readCapacityUnits }
  static let provisionedThroughput = Structure(
    "ProvisionedThroughput", of: ProvisionedThroughputField.self
  ) {
    switch $0 {
    case .writeCapacityUnits: Member("WriteCapacityUnits", .long, .required, [.valueMin(1)])
    case .readCapacityUnits: Member("ReadCapacityUnits", .long, .required, [.valueMin(1)])
    }
  }

  enum OnDemandThroughputField: Int, CaseIterable { case maxReadRequestUnits, maxWriteRequestUnits }
  static let onDemandThroughput = Structure("OnDemandThroughput", of: OnDemandThroughputField.self) {
    switch $0 {
    case .maxReadRequestUnits: Member("MaxReadRequestUnits", .long)
    case .maxWriteRequestUnits: Member("MaxWriteRequestUnits", .long)
    }
  }

  enum WarmThroughputField: Int, CaseIterable { case readUnitsPerSecond, writeUnitsPerSecond }
  static let warmThroughput = Structure("WarmThroughput", of: WarmThroughputField.self) {
    switch $0 {
    case .readUnitsPerSecond: Member("ReadUnitsPerSecond", .long)
    case .writeUnitsPerSecond: Member("WriteUnitsPerSecond", .long)
    }
  }

  enum ProjectionField: Int, CaseIterable { case projectionType, nonKeyAttributes }
  static let projection = Structure("Projection", of: ProjectionField.self) {
    switch $0 {
    case .projectionType:
      Member("ProjectionType", .string, .optional, [.oneOf(["ALL", "INCLUDE", "KEYS_ONLY"])])
    case .nonKeyAttributes:
      Member("NonKeyAttributes", .list(.string), .optional, [.lengthMin(1), .lengthMax(20)])
    }
  }

  enum LocalIndexField: Int, CaseIterable { case indexName, keySchema, projection }
  static let localIndex = Structure("LocalSecondaryIndex", of: LocalIndexField.self) {
    switch $0 {
    case .indexName: indexName
    case .keySchema: indexKeySchema(attributesMax: 2)
    case .projection: Member("Projection", .structure(projection), .required)
    }
  }

  enum GlobalIndexField: Int, CaseIterable {
    case indexName, keySchema, projection, provisionedThroughput, onDemandThroughput, warmThroughput
  }
  static let globalIndex = Structure(
    "GlobalSecondaryIndex", of: GlobalIndexField.self, member: globalIndexMember)
  static let createIndex = Structure(
    "CreateGlobalSecondaryIndexAction", of: GlobalIndexField.self, member: globalIndexMember)

  private static func globalIndexMember(_ field: GlobalIndexField) -> Member {
    switch field {
    case .indexName: indexName
    // Up to four attributes choose the partition and up to four order it.
    case .keySchema: indexKeySchema(attributesMax: 8)
    case .projection: Member("Projection", .structure(projection), .required)
    case .provisionedThroughput: .provisionedThroughput
    case .onDemandThroughput: .onDemandThroughput
    case .warmThroughput: .warmThroughput
    }
  }

  enum UpdateIndexField: Int, CaseIterable {
    case indexName, provisionedThroughput, onDemandThroughput, warmThroughput
  }
  static let updateIndex = Structure("UpdateGlobalSecondaryIndexAction", of: UpdateIndexField.self) {
    switch $0 {
    case .indexName: indexName
    case .provisionedThroughput: .provisionedThroughput
    case .onDemandThroughput: .onDemandThroughput
    case .warmThroughput: .warmThroughput
    }
  }

  enum DeleteIndexField: Int, CaseIterable { case indexName }
  static let deleteIndex = Structure("DeleteGlobalSecondaryIndexAction", of: DeleteIndexField.self) { _ in
    indexName
  }

  enum IndexUpdateField: Int, CaseIterable { case update, create, delete }
  static let indexUpdate = Structure("GlobalSecondaryIndexUpdate", of: IndexUpdateField.self) {
    switch $0 {
    case .update: Member("Update", .structure(updateIndex))
    case .create: Member("Create", .structure(createIndex))
    case .delete: Member("Delete", .structure(deleteIndex))
    }
  }

  /// An index's name. Its length comes before its characters, unlike in a request on items.
  private static let indexName = Member(
    "IndexName", .string, .required, [.lengthMin(3), .lengthMax(255), .namePattern])

  private static func indexKeySchema(attributesMax: Int) -> Member {
    Member(
      "KeySchema", .list(.structure(keySchemaElement)), .required,
      [.lengthMin(1), .lengthMax(attributesMax)])
  }

  enum StreamSpecificationField: Int, CaseIterable { case streamEnabled, streamViewType }
  static let streamSpecification = Structure("StreamSpecification", of: StreamSpecificationField.self) {
    switch $0 {
    case .streamEnabled: Member("StreamEnabled", .boolean, .required)
    case .streamViewType:
      Member(
        "StreamViewType", .string, .optional,
        [.oneOf(["OLD_IMAGE", "KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE"])])
    }
  }

  enum SSESpecificationField: Int, CaseIterable { case enabled, sseType, kmsMasterKeyId }
  static let sseSpecification = Structure("SSESpecification", of: SSESpecificationField.self) {
    switch $0 {
    case .enabled: Member("Enabled", .boolean)
    case .sseType: Member("SSEType", .string, .optional, [.oneOf(["AES256", "KMS"])])
    case .kmsMasterKeyId: Member("KMSMasterKeyId", .string, .optional, [.lengthMin(1)])
    }
  }

  enum TagField: Int, CaseIterable { case key, value }
  /// The service checks tags in words of its own, so none of its members is required here.
  static let tag = Structure("Tag", of: TagField.self) {
    switch $0 {
    case .key: Member("Key", .string)
    case .value: Member("Value", .string)
    }
  }
}

extension Member {
  static let attributeDefinitions = Member(
    "AttributeDefinitions", .list(.structure(TableShapes.attributeDefinition)))
  static let provisionedThroughput = Member(
    "ProvisionedThroughput", .structure(TableShapes.provisionedThroughput))
  static let onDemandThroughput = Member("OnDemandThroughput", .structure(TableShapes.onDemandThroughput))
  static let warmThroughput = Member("WarmThroughput", .structure(TableShapes.warmThroughput))
  static let billingMode = Member(
    "BillingMode", .string, .optional, [.oneOf(["PROVISIONED", "PAY_PER_REQUEST"])])
  /// The service tells wrong words in words of its own.
  static let tableClass = Member("TableClass", .string)
  static let deletionProtectionEnabled = Member("DeletionProtectionEnabled", .boolean)
  static let streamSpecification = Member(
    "StreamSpecification", .structure(TableShapes.streamSpecification))
  static let sseSpecification = Member("SSESpecification", .structure(TableShapes.sseSpecification))
  static let policyResourceArn = Member(
    "ResourceArn", .string, .required, [.lengthMin(1), .lengthMax(1_283)])
  static let expectedRevisionId = Member(
    "ExpectedRevisionId", .string, .optional, [.lengthMin(1), .lengthMax(255)])
  static let tags = Member("Tags", .list(.structure(TableShapes.tag)))
}
