import DynamoModel
import Flywheel
import Testing

@Suite struct CreateTableTests {
  private static let invalid = "One or more parameter values were invalid: "

  /// One request that the service refuses, and its words.
  struct Refusal: Sendable, CustomTestStringConvertible {
    var request: CreateTableRequest
    var message: String
    var code = ErrorCode.validation
    var testDescription: String { message }

    init(_ message: String, _ code: ErrorCode = .validation, _ change: (inout CreateTableRequest) -> Void) {
      request = .plain("table", sortKey: true)
      change(&request)
      self.message = message
      self.code = code
    }
  }

  private static func global(
    _ name: String, _ schema: [KeySchemaElement] = [KeySchemaElement("sk", .hash)],
    _ projection: Projection = Projection(.all), _ throughput: ProvisionedThroughput? = nil
  ) -> GlobalSecondaryIndex {
    GlobalSecondaryIndex(
      indexName: name, keySchema: schema, projection: projection, provisionedThroughput: throughput)
  }

  private static func local(
    _ name: String,
    _ schema: [KeySchemaElement] = [KeySchemaElement("pk", .hash), KeySchemaElement("sk", .range)]
  ) -> LocalSecondaryIndex {
    LocalSecondaryIndex(indexName: name, keySchema: schema, projection: Projection(.all))
  }

  static let throughput: [Refusal] = [
    Refusal(
      invalid
        + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
    ) {
      $0.provisionedThroughput = ProvisionedThroughput(readCapacityUnits: 1, writeCapacityUnits: 1)
    },
    Refusal(
      invalid
        + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"
    ) {
      $0.billingMode = nil
    },
    Refusal("Given value 1000000000001 for ReadCapacityUnits is out of bounds") {
      $0.billingMode = .provisioned
      $0.provisionedThroughput = ProvisionedThroughput(
        readCapacityUnits: 1_000_000_000_001, writeCapacityUnits: 1_000_000_000_001)
    },
    Refusal(
      "The requested ReadCapacityUnits, 40001, is above the per table maximum for the account in us-east-1. Per table "
        + "maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
      .limitExceeded
    ) {
      $0.billingMode = .provisioned
      $0.provisionedThroughput = ProvisionedThroughput(readCapacityUnits: 40_001, writeCapacityUnits: 1)
    },
    Refusal(
      "Subscriber limit exceeded: Requested MaxWriteRequestUnits for OnDemandThroughput for table exceeds "
        + "TableMaxWriteCapacityUnits of the account in region us-east-1", .limitExceeded
    ) {
      $0.onDemandThroughput = OnDemandThroughput(maxReadRequestUnits: 40_000, maxWriteRequestUnits: 40_001)
    },
    Refusal(
      "Subscriber limit exceeded: Requested ReadUnitsPerSecond for WarmThroughput for index by-sk exceeds "
        + "TableMaxReadCapacityUnits of the account in region us-east-1", .limitExceeded
    ) {
      var index = global("by-sk")
      index.warmThroughput = WarmThroughput(readUnitsPerSecond: 40_001)
      $0.globalSecondaryIndexes = [index]
    },
    Refusal(
      invalid
        + "MaxReadRequestUnits for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED."
    ) {
      $0.billingMode = .provisioned
      $0.provisionedThroughput = ProvisionedThroughput(readCapacityUnits: 1, writeCapacityUnits: 1)
      $0.onDemandThroughput = OnDemandThroughput(maxReadRequestUnits: 1)
    },
    Refusal(
      invalid + "Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of valid range"
    ) {
      $0.onDemandThroughput = OnDemandThroughput(maxWriteRequestUnits: -1)
    },
  ]

  static let keys: [Refusal] = [
    Refusal("Invalid KeySchema: Some index key attribute have no definition") {
      $0.attributeDefinitions = []
    },
    Refusal(
      invalid
        + "Some index key attributes are not defined in AttributeDefinitions. Keys: [PK], AttributeDefinitions: [pk]"
    ) {
      $0.attributeDefinitions = [AttributeDefinition("pk", .string)]
      $0.keySchema = [KeySchemaElement("PK", .hash)]
    },
    Refusal("Attribute Name is duplicated: pk") {
      $0.attributeDefinitions = [AttributeDefinition("pk", .string), AttributeDefinition("pk", .number)]
    },
    Refusal("Both the Hash Key and the Range Key element in the KeySchema have the same name") {
      $0.keySchema = [KeySchemaElement("pk", .hash), KeySchemaElement("pk", .hash)]
    },
    Refusal("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type") {
      $0.keySchema = [KeySchemaElement("pk", .hash), KeySchemaElement("sk", .hash)]
    },
    Refusal("Invalid KeySchema: The first KeySchemaElement is not a HASH key type") {
      $0.keySchema = [KeySchemaElement("sk", .range), KeySchemaElement("pk", .hash)]
    },
    Refusal(
      invalid + "Number of attributes in KeySchema does not exactly match number of attributes defined in "
        + "AttributeDefinitions"
    ) { $0.keySchema = [KeySchemaElement("pk", .hash)] },
    Refusal(
      "1 validation error detected: Value null at 'keySchema' failed to satisfy constraint: Member must not be null"
    ) {
      $0.keySchema = nil
    },
  ]

  static let indexes: [Refusal] = [
    Refusal(invalid + "List of LocalSecondaryIndexes is empty") { $0.localSecondaryIndexes = [] },
    Refusal(invalid + "List of GlobalSecondaryIndexes is empty") { $0.globalSecondaryIndexes = [] },
    Refusal(
      invalid
        + "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex"
    ) {
      $0.keySchema = [KeySchemaElement("pk", .hash)]
      $0.localSecondaryIndexes = [local("abc")]
    },
    Refusal(
      invalid
        + "Some AttributeDefinitions are not used. AttributeDefinitions: [sk, a, b, pk, c], keys used: [a, sk, pk]"
    ) {
      $0.attributeDefinitions = ["pk", "sk", "a", "b", "c"].map { AttributeDefinition($0, .string) }
      // Checked before everything else about the index.
      $0.globalSecondaryIndexes = [global("x", [KeySchemaElement("a", .hash)], Projection())]
    },
    Refusal(
      invalid
        + "Some index key attributes are not defined in AttributeDefinitions. Keys: [q], AttributeDefinitions: "
        + "[sk, pk]"
    ) { $0.globalSecondaryIndexes = [global("abc", [KeySchemaElement("q", .hash)])] },
    Refusal(invalid + "Index KeySchema does not have a range key for index: abc") {
      $0.localSecondaryIndexes = [local("abc", [KeySchemaElement("pk", .hash)])]
    },
    Refusal(
      invalid
        + "Index KeySchema does not have the same leading hash key as table KeySchema for index: abc. index hash "
        + "key: sk, table hash key: pk"
    ) {
      $0.localSecondaryIndexes = [
        local("abc", [KeySchemaElement("sk", .hash), KeySchemaElement("pk", .range)])
      ]
    },
    Refusal(invalid + "Duplicate index name: abc") {
      $0.localSecondaryIndexes = [local("abc")]
      $0.globalSecondaryIndexes = [global("abc")]
    },
    Refusal(invalid + "Number of LocalSecondaryIndexes exceeds per-table limit of 5") {
      $0.localSecondaryIndexes = (0..<6).map { local("index-\($0)") }
    },
    Refusal(invalid + "GlobalSecondaryIndex count exceeds the per-table limit of 20") {
      $0.globalSecondaryIndexes = (0..<21).map { global("index-\($0)") }
    },
    Refusal(invalid + "Unknown ProjectionType: null") {
      $0.globalSecondaryIndexes = [global("abc", [KeySchemaElement("sk", .hash)], Projection())]
    },
    Refusal(invalid + "ProjectionType is ALL, but NonKeyAttributes is specified") {
      $0.globalSecondaryIndexes = [
        global("abc", [KeySchemaElement("sk", .hash)], Projection(.all, nonKeyAttributes: ["a"]))
      ]
    },
    Refusal(invalid + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified") {
      $0.globalSecondaryIndexes = [global("abc", [KeySchemaElement("sk", .hash)], Projection(.include))]
    },
    Refusal(invalid + "Duplicate element in NonKeyAttributes: x") {
      $0.globalSecondaryIndexes = [
        global("abc", [KeySchemaElement("sk", .hash)], Projection(.include, nonKeyAttributes: ["x", "x"]))
      ]
    },
    Refusal(
      invalid
        + "ProvisionedThroughput should not be specified for index: abc when BillingMode is PAY_PER_REQUEST"
    ) {
      $0.globalSecondaryIndexes = [
        global(
          "abc", [KeySchemaElement("sk", .hash)], Projection(.all),
          ProvisionedThroughput(readCapacityUnits: 1, writeCapacityUnits: 1))
      ]
    },
    Refusal(invalid + "ProvisionedThroughput is not specified for index: abc") {
      $0.billingMode = .provisioned
      $0.provisionedThroughput = ProvisionedThroughput(readCapacityUnits: 1, writeCapacityUnits: 1)
      $0.globalSecondaryIndexes = [global("abc")]
    },
    Refusal(invalid + "The KeySchema exceeds the maximum allowed number of HASH key attributes") {
      $0.attributeDefinitions! += (0..<5).map { AttributeDefinition("h\($0)", .string) }
      $0.globalSecondaryIndexes = [global("abc", (0..<5).map { KeySchemaElement("h\($0)", .hash) })]
    },
    Refusal(invalid + "All HASH key attributes must precede RANGE key attributes in the KeySchema") {
      $0.attributeDefinitions!.append(AttributeDefinition("h", .string))
      $0.globalSecondaryIndexes = [
        global(
          "abc",
          [KeySchemaElement("pk", .hash), KeySchemaElement("sk", .range), KeySchemaElement("h", .hash)])
      ]
    },
    Refusal("The KeySchema contains multiple key attributes with the same name") {
      $0.globalSecondaryIndexes = [
        global("abc", [KeySchemaElement("pk", .hash), KeySchemaElement("pk", .range)])
      ]
    },
  ]

  static let settings: [Refusal] = [
    Refusal(
      invalid + "Table is being created with a stream disabled, UpdateViewType should not be specified"
    ) { $0.streamSpecification = StreamSpecification(streamEnabled: false, streamViewType: .keysOnly) },
    Refusal(invalid + "Table is being created with a stream enabled, UpdateViewType is required") {
      $0.streamSpecification = StreamSpecification(streamEnabled: true)
    },
    Refusal("Flywheel does not support streams (StreamSpecification) yet") {
      $0.streamSpecification = StreamSpecification(streamEnabled: true, streamViewType: .newImage)
    },
    Refusal(invalid + "SSEType can not be specified if Enabled is false") {
      $0.sseSpecification = SSESpecification(enabled: false, sseType: .kms)
    },
    Refusal("Tag Key cannot be prefixed with aws:, Key: aws:foo") {
      $0.tags = [TableTag(key: "aws:foo", value: "")]
    },
    Refusal("The Tag Key provided is invalid, Key: a#b") { $0.tags = [TableTag(key: "a#b", value: "")] },
    Refusal("Number of Tags exceed the current limit for the provided ResourceArn") {
      $0.tags = (0..<51).map { TableTag(key: "k\($0)", value: "") }
    },
  ]

  @Test(arguments: throughput + keys + indexes + settings)
  func isRefusedInTheServicesWords(refusal: Refusal) throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    let error = serviceError { try database.create(refusal.request) }
    #expect(error?.message == refusal.message)
    #expect(error?.code == refusal.code)
    #expect(database.tableNow("table") == nil)
  }

  @Test func answersAndDescribesAsTheServiceDoes() throws {
    var options = DatabaseOptions()
    options.clock = DatabaseClock { 1_700_000_000_000_000_000 }
    let database = try Database.inMemory(options: options)
    defer { try? database.close() }
    let created = try database.create(.plain("table"))
    #expect(created.tableStatus == .creating)
    #expect(created.tableArn == "arn:aws:dynamodb:us-east-1:000000000000:table/table")
    #expect(created.billingModeSummary == BillingModeSummary(billingMode: .payPerRequest))
    #expect(created.warmThroughput == nil)
    #expect(created.deletionProtectionEnabled == false)
    #expect(
      created.provisionedThroughput
        == ProvisionedThroughputDescription(readCapacityUnits: 0, writeCapacityUnits: 0))
    let identifier = try #require(created.tableId).utf8
    #expect(identifier.count == 36)
    var expected = created
    expected.tableStatus = .active
    let now = Timestamp(nanosecondsSince1970: 1_700_000_000_000_000_000)
    expected.billingModeSummary?.lastUpdateToPayPerRequestDateTime = now
    expected.tableThroughputModeSummary?.lastUpdateToPayPerRequestDateTime = now
    expected.warmThroughput = TableWarmThroughputDescription(
      readUnitsPerSecond: 12_000, writeUnitsPerSecond: 4_000, status: .active)
    #expect(try database.describe("table") == expected)
    #expect(try database.describe(created.tableArn) == expected)
    let again = serviceError { try database.create(.plain("table")) }
    #expect(again?.code == .resourceInUse)
    #expect(again?.message == "Table already exists: table")
  }

  @Test func aProvisionedTableShowsNoBillingMode() throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    var request = CreateTableRequest.plain("table")
    request.billingMode = nil
    request.provisionedThroughput = ProvisionedThroughput(readCapacityUnits: 5, writeCapacityUnits: 6)
    #expect(try database.create(request).billingModeSummary == nil)
    let described = try database.describe("table")
    #expect(described.provisionedThroughput?.writeCapacityUnits == 6)
    #expect(described.warmThroughput?.readUnitsPerSecond == 5)
  }

  @Test func showsDefinitionsAndProjectionsInOrder() throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    var request = CreateTableRequest.plain("table", sortKey: true)
    request.attributeDefinitions = ["z", "a", "sk", "pk"].map { AttributeDefinition($0, .string) }
    request.globalSecondaryIndexes = [
      Self.global("g-z", [KeySchemaElement("z", .hash)], Projection(.include, nonKeyAttributes: ["y", "b"])),
      Self.global("g-a", [KeySchemaElement("a", .hash)]),
    ]
    try database.create(request)
    let described = try database.describe("table")
    #expect(described.attributeDefinitions?.map(\.attributeName) == ["a", "pk", "sk", "z"])
    #expect(described.globalSecondaryIndexes?.map(\.indexName) == ["g-z", "g-a"])
    #expect(described.globalSecondaryIndexes?[0].projection.nonKeyAttributes == ["b", "y"])
    #expect(described.globalSecondaryIndexes?[0].backfilling == nil)
  }

  @Test func aDelayedTableIsNotThereForItemsYet() throws {
    var options = DatabaseOptions()
    options.tableDelayMilliseconds = 50
    let database = try Database.inMemory(options: options)
    defer { try? database.close() }
    try database.create(.plain("table"))
    #expect(try database.describe("table").tableStatus == .creating)
    let tooEarly = serviceError { try database.put("table", ["pk": "k"]) }
    #expect(tooEarly?.code == .resourceNotFound)
    #expect(tooEarly?.message == "Requested resource not found")
    #expect(
      serviceError { try database.create(.plain("table")) }?.message.hasSuffix(
        "Table is being created: table") == true)
    #expect(
      serviceError { try database.drop("table") }?.message
        == "Attempt to change a resource which is still in use: Table is being created: table")
    database.housekeeper.waitUntilIdle()
    #expect(try database.describe("table").tableStatus == .active)
    try database.put("table", ["pk": "k"])
    #expect(try database.drop("table").tableStatus == .deleting)
    #expect(serviceError { try database.drop("table") }?.code == .resourceInUse)
    database.housekeeper.waitUntilIdle()
    #expect(
      serviceError { _ = try database.describe("table") }?.message
        == "Requested resource not found: Table: table not found")
  }

  @Test func fiveHundredTablesCanChangeAtATime() throws {
    var options = DatabaseOptions()
    options.tableDelayMilliseconds = 600_000
    let database = try Database.inMemory(options: options)
    defer { try? database.close() }
    for number in 0..<Catalog.tablesChangingMax { try database.create(.plain("table-\(number)")) }
    let error = #expect(throws: ServiceError.self) { try database.create(.plain("another")) }
    #expect(error?.code == .limitExceeded)
    #expect(
      error?.message
        == "Subscriber limit exceeded: Only 500 tables can be created, updated, or deleted simultaneously")
  }
}
