import DynamoModel
import Flywheel
import LSMTree
import Synchronization
import Testing

@Suite struct UpdateTableTests {
  static let invalid = "One or more parameter values were invalid: "

  static func provisioned(_ read: Int, _ write: Int) -> ProvisionedThroughput {
    ProvisionedThroughput(readCapacityUnits: read, writeCapacityUnits: write)
  }

  /// A provisioned table 10/10 with an index "by-g" 5/5 and a local index.
  static func database(_ options: DatabaseOptions = DatabaseOptions()) throws -> Database {
    let database = try Database.inMemory(options: options)
    var request = CreateTableRequest.plain("table", sortKey: true)
    request.billingMode = .provisioned
    request.provisionedThroughput = provisioned(10, 10)
    request.attributeDefinitions!.append(AttributeDefinition("g", .string))
    request.localSecondaryIndexes = [
      LocalSecondaryIndex(
        indexName: "local", keySchema: [KeySchemaElement("pk", .hash), KeySchemaElement("g", .range)],
        projection: Projection(.all))
    ]
    request.globalSecondaryIndexes = [
      GlobalSecondaryIndex(
        indexName: "by-g", keySchema: [KeySchemaElement("g", .hash)], projection: Projection(.all),
        provisionedThroughput: provisioned(5, 5))
    ]
    try database.create(request)
    return database
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var request = UpdateTableRequest(tableName: "table")
    var message: String
    var code: ErrorCode
    var testDescription: String { message }

    init(_ message: String, _ code: ErrorCode = .validation, _ change: (inout UpdateTableRequest) -> Void) {
      self.message = message
      self.code = code
      change(&request)
    }
  }

  private static func create(_ name: String, _ throughput: ProvisionedThroughput? = provisioned(1, 1))
    -> GlobalSecondaryIndexUpdate
  {
    GlobalSecondaryIndexUpdate(
      create: GlobalSecondaryIndex(
        indexName: name, keySchema: [KeySchemaElement("h", .hash)], projection: Projection(.all),
        provisionedThroughput: throughput))
  }

  static func change(_ name: String, _ throughput: ProvisionedThroughput? = nil)
    -> GlobalSecondaryIndexUpdate
  {
    GlobalSecondaryIndexUpdate(
      update: UpdateGlobalSecondaryIndexAction(indexName: name, provisionedThroughput: throughput))
  }

  private static func delete(_ name: String) -> GlobalSecondaryIndexUpdate {
    GlobalSecondaryIndexUpdate(delete: DeleteGlobalSecondaryIndexAction(indexName: name))
  }

  private static let nothing =
    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
    + "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, "
    + "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required"

  static let requests: [Refusal] = [
    Refusal(invalid + "ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST") {
      $0.billingMode = .payPerRequest
      $0.provisionedThroughput = provisioned(1, 1)
    },
    Refusal(nothing) { _ in },
    Refusal(nothing) { $0.globalSecondaryIndexUpdates = [] },
    Refusal(nothing) { $0.attributeDefinitions = [AttributeDefinition("pk", .number)] },
    Refusal(invalid + "List of GlobalSecondaryIndexUpdates is empty") {
      $0.globalSecondaryIndexUpdates = []
      $0.deletionProtectionEnabled = true
    },
    Refusal(invalid + "DeletionProtection modification must be the only operation in the request") {
      $0.deletionProtectionEnabled = true
      $0.billingMode = .payPerRequest
    },
    Refusal(invalid + "Server-Side Encryption modification must be the only operation in the request") {
      $0.deletionProtectionEnabled = true
      $0.sseSpecification = SSESpecification(enabled: true)
    },
    Refusal(invalid + "TableClass modification must be the only operation in the request") {
      $0.tableClass = .standard
      $0.deletionProtectionEnabled = true
    },
    Refusal(invalid + "WarmThroughput must be the only operation in the request") {
      $0.warmThroughput = WarmThroughput(readUnitsPerSecond: 50)
      $0.provisionedThroughput = provisioned(1, 2)
    },
    Refusal(invalid + "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request") {
      $0.onDemandThroughput = OnDemandThroughput(maxReadRequestUnits: 5)
      $0.globalSecondaryIndexUpdates = [change("by-g", provisioned(1, 2))]
    },
    Refusal(invalid + "You cannot create or delete index while updating table IOPS") {
      $0.globalSecondaryIndexUpdates = [delete("by-g")]
      $0.provisionedThroughput = provisioned(2, 2)
    },
    Refusal(
      invalid + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
        + "GlobalSecondaryIndexUpdate.Delete must not be null"
    ) { $0.globalSecondaryIndexUpdates = [GlobalSecondaryIndexUpdate()] },
    Refusal(
      invalid + "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object"
    ) {
      var update = delete("by-g")
      update.update = UpdateGlobalSecondaryIndexAction(indexName: "by-g")
      $0.globalSecondaryIndexUpdates = [update]
    },
    Refusal(
      invalid + "Only one global secondary index update per index is allowed simultaneously. Index: by-g"
    ) {
      $0.globalSecondaryIndexUpdates = [delete("by-g"), delete("by-g")]
    },
    Refusal("Flywheel does not support replicas (ReplicaUpdates) yet") { $0.hasReplicaUpdates = true },
    Refusal("Flywheel does not support streams (StreamSpecification) yet") {
      $0.streamSpecification = StreamSpecification(streamEnabled: true, streamViewType: .keysOnly)
    },
  ]

  static let states: [Refusal] = [
    Refusal("Requested resource not found: Table: other not found", .resourceNotFound) {
      $0.tableName = "other"
      $0.deletionProtectionEnabled = true
    },
    Refusal(
      "The provisioned throughput for the table will not change. The requested value equals the current value. Current "
        + "ReadCapacityUnits provisioned for the table: 10. Requested ReadCapacityUnits: 10. Current WriteCapacityUnits "
        + "provisioned for the table: 10. Requested WriteCapacityUnits: 10. Refer to the Amazon DynamoDB Developer Guide "
        + "for current limits and how to request higher limits."
    ) { $0.provisionedThroughput = provisioned(10, 10) },
    Refusal(
      "The provisioned throughput for the index by-g will not change. The requested value equals the current value. "
        + "Current ReadCapacityUnits provisioned for index by-g: 5. Requested ReadCapacityUnits: 5. Current "
        + "WriteCapacityUnits provisioned for index by-g: 5. Requested WriteCapacityUnits: 5. Refer to the Amazon "
        + "DynamoDB Developer Guide for current limits and how to request higher limits."
    ) { $0.globalSecondaryIndexUpdates = [change("by-g", provisioned(5, 5))] },
    Refusal(invalid + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED") {
      $0.billingMode = .provisioned
    },
    Refusal(
      invalid
        + "MaxReadRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED"
    ) { $0.onDemandThroughput = OnDemandThroughput(maxReadRequestUnits: 5) },
    Refusal(
      invalid
        + "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than current WarmThroughput, "
        + "decreasing WarmThroughput is not supported"
    ) { $0.warmThroughput = WarmThroughput(readUnitsPerSecond: 1) },
    Refusal("Attempting to create an index which already exists") {
      $0.globalSecondaryIndexUpdates = [create("by-g")]
      $0.attributeDefinitions = [AttributeDefinition("h", .string)]
    },
    Refusal(invalid + "AttributeDefinitions is not specified for index: new") {
      $0.globalSecondaryIndexUpdates = [create("new")]
    },
    Refusal(invalid + "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: new") {
      $0.globalSecondaryIndexUpdates = [create("new", nil)]
      $0.attributeDefinitions = [AttributeDefinition("h", .string)]
    },
    Refusal("Requested resource not found: Index gone for table table", .resourceNotFound) {
      $0.globalSecondaryIndexUpdates = [delete("gone")]
    },
    Refusal("Cannot delete an index that is not a GlobalSecondaryIndex: local") {
      $0.globalSecondaryIndexUpdates = [delete("local")]
    },
    Refusal(
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
      .limitExceeded
    ) {
      $0.globalSecondaryIndexUpdates = [delete("by-g"), create("new")]
      $0.attributeDefinitions = [AttributeDefinition("h", .string)]
    },
    Refusal("Table has no stream to disable: TableName: table") {
      $0.streamSpecification = StreamSpecification(streamEnabled: false)
    },
    Refusal(invalid + "Table is already encrypted by default") {
      $0.sseSpecification = SSESpecification(enabled: false)
    },
  ]

  @Test(arguments: requests + states)
  func isRefusedInTheServicesWords(refusal: Refusal) throws {
    let database = try Self.database()
    defer { try? database.close() }
    let before = try database.describe("table")
    let error = serviceError { try database.update(refusal.request) }
    #expect(error?.message == refusal.message)
    #expect(error?.code == refusal.code)
    #expect(try database.describe("table") == before)
  }

  @Test func settingsChangeOneAtATime() throws {
    let database = try Self.database()
    defer { try? database.close() }
    var request = UpdateTableRequest(tableName: "table")
    request.deletionProtectionEnabled = true
    #expect(try database.update(request).deletionProtectionEnabled == true)
    #expect(
      serviceError { try database.drop("table") }?.message
        == "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
    )
    request = UpdateTableRequest(tableName: "table")
    request.tableClass = .standardInfrequentAccess
    #expect(try database.update(request).tableClassSummary == nil)
    #expect(try database.describe("table").tableClassSummary?.tableClass == .standardInfrequentAccess)
    request = UpdateTableRequest(tableName: "table")
    request.sseSpecification = SSESpecification(enabled: true)
    #expect(try database.update(request).sseDescription?.status == .updating)
    #expect(try database.describe("table").sseDescription?.status == .enabled)
  }

  @Test func anIndexOfAnotherTypeIsRefused() throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    try database.create(.plain("table"))
    var request = UpdateTableRequest.addIndex("by-pk", on: "pk", to: "table")
    request.attributeDefinitions = [AttributeDefinition("pk", .number)]
    #expect(
      serviceError { try database.update(request) }?.message
        == Self.invalid
        + "Attributes cannot be redefined. Please check that your attribute has the same type as "
        + "previously defined. Existing schema: Schema:[SchemaElement: key{pk:S:HASH}] New schema: "
        + "Schema:[SchemaElement: key{pk:N:HASH}]")
  }

  /// With a delay, an index that is added first gets what it needs, then is filled.
  @Test func anIndexIsAllocatedBeforeItIsFilled() throws {
    var options = DatabaseOptions()
    options.tableDelayMilliseconds = 600_000
    let fileSystem = MemoryFileSystem()
    var database = try Database.open(at: "/database", options: options, fileSystem: fileSystem)
    try database.create(.plain("table"))
    try database.close()
    database = try Database.open(at: "/database", options: options, fileSystem: fileSystem)
    defer { try? database.close() }
    try database.update(.addIndex("by-a", on: "a", to: "table"))
    let shown = try database.describe("table")
    #expect(shown.tableStatus == .updating)
    #expect(shown.globalSecondaryIndexes?.first?.indexStatus == .creating)
    #expect(shown.globalSecondaryIndexes?.first?.backfilling == false)

    var request = UpdateTableRequest(tableName: "table")
    request.globalSecondaryIndexUpdates = [
      GlobalSecondaryIndexUpdate(
        update: UpdateGlobalSecondaryIndexAction(
          indexName: "by-a", onDemandThroughput: OnDemandThroughput(maxReadRequestUnits: 5)))
    ]
    let inUse = "Attempt to change a resource which is still in use: "
    var error = serviceError { try database.update(request) }
    #expect(error?.code == .resourceInUse)
    #expect(
      error?.message
        == inUse + "Index is being created but is not backfilling yet. Table: table Index: by-a")
    request.globalSecondaryIndexUpdates = [
      GlobalSecondaryIndexUpdate(delete: DeleteGlobalSecondaryIndexAction(indexName: "by-a"))
    ]
    error = serviceError { try database.update(request) }
    #expect(error?.code == .resourceInUse)
    #expect(
      error?.message
        == inUse
        + "Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the "
        + "index is active. Table: table Index: by-a")
  }

  final class ManualClock: Sendable {
    private let now = Atomic<Int64>(1_700_000_000_000_000_000)
    var clock: DatabaseClock { DatabaseClock { self.now.load(ordering: .relaxed) } }
    func advance(hours: Int64) { now.add(hours * 3_600_000_000_000, ordering: .relaxed) }
  }
}
