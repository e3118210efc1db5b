import DynamoModel
import Flywheel
import LSMTree
import Testing

/// Provisioned units follow their use, minute by minute, by a clock that stands and is moved.
///
/// Sources: the developer guide's "Managing throughput capacity automatically" (two minutes up, fifteen down, no change
/// without use, bounds), Application Auto Scaling's "Target tracking" (cooldowns).
@Suite struct AutoScalingTests {
  private final class Subject {
    let database: Database
    private var sent = 0

    init(read: Int = 10, write: Int = 10, index: Bool = false) throws {
      var options = DatabaseOptions()
      options.clock = DatabaseClock { 1_800_000_000_000_000_000 }
      options.durability = .none
      database = try Database.inMemory(options: options)
      database.clockControl.freeze()
      var request = CreateTableRequest.keyed("table")
      request.billingMode = .provisioned
      let throughput = ProvisionedThroughput(readCapacityUnits: read, writeCapacityUnits: write)
      request.provisionedThroughput = throughput
      if index {
        request.attributeDefinitions?.append(AttributeDefinition("g", .string))
        request.globalSecondaryIndexes = [
          GlobalSecondaryIndex(
            indexName: "byG", keySchema: [KeySchemaElement("g", .hash)], projection: Projection(.all),
            provisionedThroughput: throughput)
        ]
      }
      _ = try database.performAndWait(CreateTable.self, request)
    }

    deinit { try? database.close() }

    /// Scales the writing of the table, or of its index.
    func scale(
      _ minimum: Int = 1, _ maximum: Int = 100, target: Double = 50, out: Int = 0, in: Int = 0,
      disableScaleIn: Bool = false, index: String? = nil
    ) throws {
      let update = AutoScalingSettingsUpdate(
        minimumUnits: minimum, maximumUnits: maximum,
        policy: .init(
          targetValue: target, disableScaleIn: disableScaleIn, scaleInCooldown: `in`, scaleOutCooldown: out))
      var request = UpdateTableReplicaAutoScalingRequest(tableName: "table")
      if let index {
        request.globalSecondaryIndexUpdates = [.init(indexName: index, update: update)]
      } else {
        request.provisionedWriteCapacityAutoScalingUpdate = update
      }
      _ = try database.performAndWait(UpdateTableReplicaAutoScaling.self, request)
    }

    /// Minutes with so many writes in each, and the units provisioned after each.
    func minutes(_ count: Int, writes: Int) throws -> [Int] {
      try (0..<count).map { _ in
        for _ in 0..<writes {
          sent += 1
          let item = try Item(["id": .string("\(sent % 100)"), "g": .string("\(sent)")])
          _ = try? database.performAndWait(PutItem.self, PutItemRequest(tableName: "table", item: item))
        }
        database.clockControl.advance(by: .seconds(60))
        return try writeUnits()
      }
    }

    var description: TableDescription {
      get throws {
        try database.performAndWait(DescribeTable.self, DescribeTableRequest(tableName: "table")).table
      }
    }

    func writeUnits() throws -> Int { try #require(description.provisionedThroughput?.writeCapacityUnits) }
  }

  @Test func goesUpAfterTwoMinutesAboveTheTarget() throws {
    let subject = try Subject()
    try subject.scale()
    // 480 a minute are 8 a second: more than half of 10, and half of 16.
    #expect(try subject.minutes(1, writes: 480) == [10])
    #expect(try subject.minutes(1, writes: 60) == [10])
    #expect(try subject.minutes(3, writes: 480) == [10, 16, 16])
    #expect(try subject.description.provisionedThroughput?.readCapacityUnits == 10)
    #expect(try subject.description.provisionedThroughput?.lastIncreaseDateTime != nil)
  }

  @Test func goesDownAfterFifteenMinutesBelow() throws {
    let subject = try Subject()
    try subject.scale()
    // One a second is a tenth of 10, below 30 %; half of 2.
    #expect(try subject.minutes(16, writes: 60) == [Int](repeating: 10, count: 14) + [2, 2])
    #expect(try subject.description.provisionedThroughput?.numberOfDecreasesToday == 1)
  }

  @Test func staysBetweenTheTwo() throws {
    let subject = try Subject()
    try subject.scale()
    // Four a second are 40 %.
    #expect(try Set(subject.minutes(20, writes: 240)) == [10])
  }

  @Test func noUseIsNoDataAndKeepsTheUnits() throws {
    let subject = try Subject()
    try subject.scale()
    #expect(try Set(subject.minutes(20, writes: 0)) == [10])
    #expect(try Set(subject.minutes(10, writes: 60)) == [10])
    #expect(try subject.minutes(1, writes: 0) == [10])
    #expect(try subject.minutes(15, writes: 60) == [Int](repeating: 10, count: 14) + [2])
  }

  @Test func keepsWithinItsBounds() throws {
    let subject = try Subject()
    // Brought into the bounds without any use.
    try subject.scale(12, 14)
    #expect(try subject.minutes(1, writes: 0) == [12])
    #expect(try subject.minutes(3, writes: 600) == [12, 14, 14])
    #expect(try subject.minutes(16, writes: 6).last == 12)
    try subject.scale(1, 5)
    #expect(try subject.minutes(1, writes: 0) == [5])
  }

  @Test func waitsOutItsCooldowns() throws {
    let subject = try Subject()
    try subject.scale(out: 300)
    #expect(try subject.minutes(2, writes: 360) == [10, 12])
    // More is wanted at once, and given 300 s after the first raise.
    #expect(try subject.minutes(6, writes: 540) == [12, 12, 12, 12, 18, 18])

    let other = try Subject()
    try other.scale(in: 1_200)
    #expect(try other.minutes(15, writes: 60).last == 2)
    _ = try other.minutes(2, writes: 120)
    let raised = try other.writeUnits()
    #expect(raised == 4, "raised although lowering cools down")
    // Fifteen minutes of little use would do, were it not for the twenty since the units were lowered.
    #expect(try other.minutes(19, writes: 30).enumerated().first { $0.element < 4 }?.offset == 17)
  }

  @Test func forgetsWhatIsGone() throws {
    let subject = try Subject()
    try subject.scale()
    _ = try subject.minutes(1, writes: 60)
    #expect(subject.database.metrics.scalingLaneCount == 1)
    _ = try subject.database.performAndWait(DeleteTable.self, DeleteTableRequest(tableName: "table"))
    subject.database.clockControl.advance(by: .seconds(60))
    #expect(subject.database.metrics.scalingLaneCount == 0)
  }

  @Test func lowersNothingIfItMayNot() throws {
    let subject = try Subject()
    try subject.scale(disableScaleIn: true)
    #expect(try Set(subject.minutes(20, writes: 60)) == [10])
    #expect(try subject.minutes(2, writes: 600) == [10, 20])
  }

  @Test func honoursTheLimitOfDecreases() throws {
    let subject = try Subject(write: 100)
    // Five times a lower maximum: four decreases a day are free, the next is allowed an hour after the last.
    for maximum in [90, 80, 70, 60] {
      try subject.scale(1, maximum)
      #expect(try subject.minutes(1, writes: 0) == [maximum])
    }
    try subject.scale(1, 50)
    #expect(try subject.minutes(2, writes: 0) == [60, 60])
    #expect(try subject.minutes(60, writes: 0).last == 50)
  }

  @Test func scalesIndexesByThemselves() throws {
    let subject = try Subject(index: true)
    try subject.scale(index: "byG")
    // Each write but the first of an item moves its entry: two units. 960 a minute are 16 a second.
    _ = try subject.minutes(2, writes: 480)
    let index = try #require(subject.description.globalSecondaryIndexes?.first?.provisionedThroughput)
    #expect(index.writeCapacityUnits == 32 && index.readCapacityUnits == 10)
    #expect(try subject.writeUnits() == 10)
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var table = "table"
    var code = ErrorCode.validation
    var message: String
    var change: @Sendable (inout UpdateTableReplicaAutoScalingRequest) -> Void
    var testDescription: String { message }
  }

  private static func settings(
    _ minimum: Int? = 1, _ maximum: Int? = 2, target: Double? = 70, disabled: Bool? = nil
  ) -> AutoScalingSettingsUpdate {
    AutoScalingSettingsUpdate(
      minimumUnits: minimum, maximumUnits: maximum, autoScalingDisabled: disabled,
      policy: target.map { .init(targetValue: $0) })
  }

  private static let failed = "Failed to update settings for global table with name: ‘table’"
  private static let passedOn =
    " (Service: AWSApplicationAutoScaling; Status Code: 400; Error Code: ValidationException; Request ID: "

  /// Texts as recorded of the service.
  static let refusals: [Refusal] = [
    Refusal(
      message: failed
        + ": Parameters 'ScalingPolicyUpdate' are required unless auto scaling is being disabled."
    ) {
      $0.provisionedWriteCapacityAutoScalingUpdate = settings(target: nil)
    },
    Refusal(
      message: failed
        + ": Parameters 'MaximumUnits', 'ScalingPolicyUpdate', 'MinimumUnits' are required unless auto scaling is being "
        + "disabled."
    ) {
      $0.replicaUpdates = [
        .init(
          regionName: "us-east-1",
          globalSecondaryIndexUpdates: [
            .init(indexName: "byG", update: settings(nil, nil, target: nil, disabled: false))
          ])
      ]
    },
    // Shapes come before the table.
    Refusal(
      table: "absent",
      message:
        "Failed to update settings for global table with name ‘absent’: Parameters 'MaximumUnits', 'MinimumUnits' "
        + "must be left blank when disabling auto scaling."
    ) { $0.provisionedWriteCapacityAutoScalingUpdate = settings(target: nil, disabled: true) },
    Refusal(
      table: "absent", code: .resourceNotFound, message: "Global table with name: 'absent' does not exist."
    ) { $0.provisionedWriteCapacityAutoScalingUpdate = settings() },
    Refusal(message: "Maximum capacity cannot be less than minimum capacity" + passedOn) {
      $0.provisionedWriteCapacityAutoScalingUpdate = settings(2, 1)
    },
    Refusal(
      message:
        "For predefined metric type DynamoDBReadCapacityUtilization, target value must be between '10.0' and "
        + "'90.0', but was '90.1'." + passedOn
    ) {
      $0.replicaUpdates = [
        .init(regionName: "us-east-1", provisionedReadCapacityAutoScalingUpdate: settings(target: 90.1))
      ]
    },
    Refusal(
      message:
        "For target tracking scaling, target value must be between '8.51592E-109' and '1.174271E108', but was "
        + "'0.0'." + passedOn
    ) { $0.provisionedWriteCapacityAutoScalingUpdate = settings(target: 0) },
    Refusal(
      table: "demand",
      message:
        "Failed to update global table with name ‘demand‘. Replicas 'US-EAST-1' BillingMode is PayPerRequest. You "
        + "must convert table's BillingMode to PROVISIONED to set parameters: "
        + "'GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate'."
    ) { $0.provisionedWriteCapacityAutoScalingUpdate = settings() },
    Refusal(
      code: .resourceNotFound,
      message: failed + " because a replica does not exist in regions: ‘[eu-west-1]’."
    ) {
      $0.replicaUpdates = [
        .init(regionName: "eu-west-1", provisionedReadCapacityAutoScalingUpdate: settings())
      ]
    },
    Refusal(
      message: failed + " because at least one update parameter must be specified for region: ‘us-east-1’."
    ) { $0.replicaUpdates = [.init(regionName: "us-east-1")] },
    Refusal(
      code: .resourceNotFound,
      message: failed + " because the global secondary indexes with names: ‘[none]’ do not exist."
    ) { $0.globalSecondaryIndexUpdates = [.init(indexName: "none", update: settings())] },
    Refusal(
      code: .resourceNotFound,
      message: failed
        + " because a global secondary index with name: ‘none’ does not exist in region: ‘us-east-1’."
    ) {
      $0.replicaUpdates = [
        .init(
          regionName: "us-east-1",
          globalSecondaryIndexUpdates: [.init(indexName: "none", update: settings())])
      ]
    },
  ]

  @Test(arguments: refusals)
  func isRefusedInTheServicesWords(refusal: Refusal) throws {
    let subject = try Subject(index: true)
    _ = try subject.database.performAndWait(CreateTable.self, CreateTableRequest.keyed("demand"))
    var request = UpdateTableReplicaAutoScalingRequest(tableName: refusal.table)
    refusal.change(&request)
    let error = #expect(throws: ServiceError.self) {
      try subject.database.performAndWait(UpdateTableReplicaAutoScaling.self, request)
    }
    #expect(error?.code == refusal.code)
    #expect(error?.message.hasPrefix(refusal.message) == true, "\(error?.message ?? "")")
    if refusal.message.hasSuffix(".") { #expect(error?.message == refusal.message) }
  }

  /// What the documentation refuses and the service takes.
  @Test func smallTargetsAndNegativeCooldownsAreTaken() throws {
    let subject = try Subject()
    try subject.scale(target: 19.9, out: -1, in: -1)
    #expect(try subject.minutes(2, writes: 480) == [10, 41])
    var request = UpdateTableReplicaAutoScalingRequest(tableName: "table")
    request.provisionedWriteCapacityAutoScalingUpdate = Self.settings(nil, nil, target: nil, disabled: true)
    // Ends it, and ends what has ended.
    for _ in 0..<2 {
      let answer = try subject.database.performAndWait(UpdateTableReplicaAutoScaling.self, request)
      #expect(answer.tableAutoScalingDescription.replicas.first?.write == nil)
    }
  }

  @Test func settingsAreKeptAndEnded() throws {
    let disk = MemoryFileSystem()
    var options = DatabaseOptions()
    options.clock = DatabaseClock { 1_800_000_000_000_000_000 }
    var database = try Database.open(at: "/db", options: options, fileSystem: disk)
    var create = CreateTableRequest.keyed("table")
    create.billingMode = .provisioned
    create.provisionedThroughput = ProvisionedThroughput(readCapacityUnits: 1, writeCapacityUnits: 1)
    _ = try database.performAndWait(CreateTable.self, create)
    func update(_ change: (inout UpdateTableReplicaAutoScalingRequest) -> Void) throws {
      var request = UpdateTableReplicaAutoScalingRequest(tableName: "table")
      change(&request)
      _ = try database.performAndWait(UpdateTableReplicaAutoScaling.self, request)
    }
    let policy = AutoScalingSettingsUpdate.Policy(targetValue: 70)
    let good = AutoScalingSettingsUpdate(
      minimumUnits: 1, maximumUnits: 2, autoScalingRoleArn: "role", policy: policy)

    try update { $0.provisionedWriteCapacityAutoScalingUpdate = good }
    try update { request in
      request.replicaUpdates = [
        .init(regionName: "us-east-1", provisionedReadCapacityAutoScalingUpdate: good)
      ]
    }
    // A role that is not named again stays.
    try update {
      $0.provisionedWriteCapacityAutoScalingUpdate = AutoScalingSettingsUpdate(
        minimumUnits: 1, maximumUnits: 9, policy: policy)
    }
    try database.close()
    database = try Database.open(at: "/db", options: options, fileSystem: disk)
    defer { try? database.close() }
    func described() throws -> TableAutoScalingDescription.Replica {
      try #require(
        database.performAndWait(
          DescribeTableReplicaAutoScaling.self, DescribeTableReplicaAutoScalingRequest(tableName: "table")
        ).tableAutoScalingDescription.replicas.first)
    }
    var replica = try described()
    #expect(replica.write?.minimumUnits == 1 && replica.write?.maximumUnits == 9)
    #expect(replica.write?.targetPercent == 70 && replica.write?.roleARN == "role")
    #expect(replica.read?.maximumUnits == 2)
    #expect(replica.read?.policyName == "DynamoDBReadCapacityUtilization:table/table")
    try update {
      $0.provisionedWriteCapacityAutoScalingUpdate = AutoScalingSettingsUpdate(autoScalingDisabled: true)
    }
    replica = try described()
    #expect(replica.write == nil && replica.read != nil)
  }
}
