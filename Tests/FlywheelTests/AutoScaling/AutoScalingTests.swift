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

  @Test func settingsAreCheckedKeptAndEnded() throws {
    let disk = MemoryFileSystem()
    var options = DatabaseOptions()
    options.clock = DatabaseClock { 1_800_000_000_000_000_000 }
    var database = try Database.open(at: "/db", options: options, fileSystem: disk)
    var create = CreateTableRequest.keyed("table")
    create.billingMode = .provisioned
    create.provisionedThroughput = ProvisionedThroughput(readCapacityUnits: 1, writeCapacityUnits: 1)
    _ = try database.performAndWait(CreateTable.self, create)
    _ = try database.performAndWait(CreateTable.self, CreateTableRequest.keyed("demand"))
    func update(_ change: (inout UpdateTableReplicaAutoScalingRequest) -> Void, table: String = "table")
      throws
    {
      var request = UpdateTableReplicaAutoScalingRequest(tableName: table)
      change(&request)
      _ = try database.performAndWait(UpdateTableReplicaAutoScaling.self, request)
    }
    func refused(_ code: ErrorCode, _ settings: AutoScalingSettingsUpdate, table: String = "table") {
      let error = #expect(throws: ServiceError.self) {
        try update({ $0.provisionedWriteCapacityAutoScalingUpdate = settings }, table: table)
      }
      #expect(error?.code == code)
    }
    let policy = AutoScalingSettingsUpdate.Policy(targetValue: 70)
    refused(.validation, AutoScalingSettingsUpdate(minimumUnits: 1, policy: policy))
    refused(.validation, AutoScalingSettingsUpdate(minimumUnits: 2, maximumUnits: 1, policy: policy))
    refused(.validation, AutoScalingSettingsUpdate(minimumUnits: 1, maximumUnits: 2))
    refused(
      .validation,
      AutoScalingSettingsUpdate(minimumUnits: 1, maximumUnits: 2, policy: .init(targetValue: 19.9)))
    refused(
      .validation,
      AutoScalingSettingsUpdate(minimumUnits: 1, maximumUnits: 2, policy: .init(targetValue: 90.1)))
    let good = AutoScalingSettingsUpdate(
      minimumUnits: 1, maximumUnits: 2, autoScalingRoleArn: "role", policy: policy)
    refused(.validation, good, table: "demand")
    refused(.resourceNotFound, good, table: "absent")
    #expect(throws: ServiceError.self) {
      try update {
        $0.replicaUpdates = [.init(regionName: "eu-west-1", provisionedReadCapacityAutoScalingUpdate: good)]
      }
    }
    #expect(throws: ServiceError.self) {
      try update { $0.globalSecondaryIndexUpdates = [.init(indexName: "none", update: good)] }
    }

    try update { $0.provisionedWriteCapacityAutoScalingUpdate = good }
    try update { request in
      request.replicaUpdates = [
        .init(regionName: "us-east-1", provisionedReadCapacityAutoScalingUpdate: good)
      ]
    }
    // What is not named stays.
    try update { $0.provisionedWriteCapacityAutoScalingUpdate = AutoScalingSettingsUpdate(maximumUnits: 9) }
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
