import DynamoModel
import Flywheel
import LSMTree
import Synchronization
import Testing

/// Changes of what a table and its indexes give a second: units, decreases, quotas, switches between the billing modes, maxima.
extension UpdateTableTests {
  /// The table, and the clock that its database goes by.
  private static func clockedDatabase() throws -> (Database, ManualClock) {
    let clock = ManualClock()
    var options = DatabaseOptions()
    options.clock = clock.clock
    return (try database(options), clock)
  }

  @Test func throughputChangesShowTheOldNumbersFirst() throws {
    let (database, clock) = try Self.clockedDatabase()
    defer { try? database.close() }
    var request = UpdateTableRequest(tableName: "table")
    request.provisionedThroughput = Self.provisioned(20, 5)
    let answer = try database.update(request)
    #expect(answer.tableStatus == .updating)
    #expect(answer.provisionedThroughput?.readCapacityUnits == 10)
    #expect(answer.provisionedThroughput?.numberOfDecreasesToday == 0)
    #expect(answer.provisionedThroughput?.lastIncreaseDateTime == clock.clock.now)
    let after = try #require(database.describe("table").provisionedThroughput)
    #expect(after.readCapacityUnits == 20)
    #expect(after.writeCapacityUnits == 5)
    #expect(after.numberOfDecreasesToday == 1)
    #expect(try database.describe("table").warmThroughput?.readUnitsPerSecond == 20)
    clock.advance(hours: 24)
    #expect(try database.describe("table").provisionedThroughput?.numberOfDecreasesToday == 0)
  }

  @Test func fourDecreasesADayAreFree() throws {
    let (database, clock) = try Self.clockedDatabase()
    defer { try? database.close() }
    var request = UpdateTableRequest(tableName: "table")
    for units in [9, 8, 7, 6] {
      request.provisionedThroughput = Self.provisioned(units, 10)
      try database.update(request)
    }
    request.provisionedThroughput = Self.provisioned(5, 10)
    let error = serviceError { try database.update(request) }
    #expect(error?.code == .limitExceeded)
    #expect(
      error?.message.hasSuffix(
        "Number of decreases today: 4. Last decrease at Tuesday, November 14, 2023 at 10:13:20 PM Coordinated "
          + "Universal Time. Next decrease can be made at Tuesday, November 14, 2023 at 11:13:20 PM Coordinated "
          + "Universal Time") == true, "\(error?.message ?? "")")
    clock.advance(hours: 1)
    try database.update(request)
    // The next hour ends with the day, and the next day has four again.
    request.provisionedThroughput = Self.provisioned(4, 10)
    let late = serviceError { try database.update(request) }
    #expect(
      late?.message.hasSuffix(
        "Number of decreases today: 5. Last decrease at Tuesday, November 14, 2023 at 11:13:20 PM Coordinated "
          + "Universal Time. Next decrease can be made at Wednesday, November 15, 2023 at 12:00:00 AM Coordinated "
          + "Universal Time") == true, "\(late?.message ?? "")")
    request.provisionedThroughput = Self.provisioned(11, 10)
    try database.update(request)
  }

  /// A table that was on-demand meanwhile has not got its decreases back.
  @Test func decreasesCountAcrossBillingModes() throws {
    let (database, clock) = try Self.clockedDatabase()
    defer { try? database.close() }
    var request = UpdateTableRequest(tableName: "table")
    for units in [9, 8, 7, 6] {
      request.provisionedThroughput = Self.provisioned(units, 10)
      request.globalSecondaryIndexUpdates = [Self.change("by-g", Self.provisioned(units, units - 5))]
      try database.update(request)
    }
    let before = try database.describe("table")
    var switching = UpdateTableRequest(tableName: "table")
    switching.billingMode = .payPerRequest
    let answer = try database.update(switching)
    #expect(answer.billingModeSummary?.lastUpdateToPayPerRequestDateTime == nil)
    #expect(answer.provisionedThroughput?.lastDecreaseDateTime == clock.clock.now)
    let onDemand = try database.describe("table")
    #expect(onDemand.billingModeSummary?.lastUpdateToPayPerRequestDateTime == clock.clock.now)
    #expect(
      onDemand.provisionedThroughput?.lastDecreaseDateTime
        == before.provisionedThroughput?.lastDecreaseDateTime)
    #expect(onDemand.provisionedThroughput?.numberOfDecreasesToday == 4)
    // An index's counter goes on.
    #expect(onDemand.globalSecondaryIndexes?.first?.provisionedThroughput?.numberOfDecreasesToday == 5)
    request.billingMode = .provisioned
    try database.update(request)
    request.billingMode = nil
    request.globalSecondaryIndexUpdates = nil
    request.provisionedThroughput = Self.provisioned(5, 10)
    #expect(serviceError { try database.update(request) }?.code == .limitExceeded)
    request.provisionedThroughput = nil
    request.globalSecondaryIndexUpdates = [Self.change("by-g", Self.provisioned(5, 1))]
    #expect(serviceError { try database.update(request) }?.code == .limitExceeded)
    let after = try database.describe("table").provisionedThroughput
    #expect(after?.numberOfDecreasesToday == 4)
    #expect(after?.lastDecreaseDateTime == before.provisionedThroughput?.lastDecreaseDateTime)
  }

  /// Beside another table of 40,000 units, one of more than 40,000 goes beyond the account's quota, which is told first.
  @Test func theAccountsQuotaIsToldFirst() throws {
    let database = try Self.database()
    defer { try? database.close() }
    func beyond(_ name: String, _ held: Int, _ asked: Int) -> String {
      "This request would have caused the \(name) limit to be exceeded for the account in us-east-1. Current \(name) "
        + "reserved by the account: \(held). Limit: 80000. Requested: \(asked). Refer to the Amazon DynamoDB Developer "
        + "Guide for current limits and how to request higher limits."
    }
    var other = CreateTableRequest.plain("other")
    other.billingMode = .provisioned
    other.provisionedThroughput = Self.provisioned(40_000, 1)
    try database.create(other)
    var request = UpdateTableRequest(tableName: "table")
    request.provisionedThroughput = Self.provisioned(40_001, 10)
    let error = serviceError { try database.update(request) }
    #expect(error?.code == .limitExceeded)
    #expect(error?.message == beyond("ReadCapacityUnits", 40_000, 40_006))
    other.tableName = "third"
    other.provisionedThroughput = Self.provisioned(40_001, 1)
    #expect(
      serviceError { try database.create(other) }?.message == beyond("ReadCapacityUnits", 40_015, 40_001))
    // One that doesn't exist is not asked about quotas.
    request.globalSecondaryIndexUpdates = [Self.change("gone", Self.provisioned(50_000, 1))]
    #expect(serviceError { try database.update(request) }?.code == .resourceNotFound)
  }

  struct Excess: Sendable, CustomTestStringConvertible {
    var subject: String
    var change: @Sendable (inout UpdateTableRequest) -> Void
    var testDescription: String { subject }
  }

  static let excesses: [Excess] = [
    Excess(subject: "MaxReadRequestUnits for OnDemandThroughput for table exceeds TableMaxReadCapacityUnits")
    {
      $0.onDemandThroughput = OnDemandThroughput(maxReadRequestUnits: 40_001, maxWriteRequestUnits: 40_001)
    },
    Excess(
      subject: "MaxWriteRequestUnits for OnDemandThroughput for table exceeds TableMaxWriteCapacityUnits"
    ) {
      $0.onDemandThroughput = OnDemandThroughput(maxReadRequestUnits: 40_000, maxWriteRequestUnits: 40_001)
    },
    Excess(
      subject: "MaxReadRequestUnits for OnDemandThroughput for index : by-g exceeds TableMaxReadCapacityUnits"
    ) {
      var action = UpdateGlobalSecondaryIndexAction(indexName: "by-g")
      action.onDemandThroughput = OnDemandThroughput(maxReadRequestUnits: 40_001)
      $0.globalSecondaryIndexUpdates = [GlobalSecondaryIndexUpdate(update: action)]
    },
    Excess(subject: "ReadUnitsPerSecond for WarmThroughput for table exceeds TableMaxReadCapacityUnits") {
      $0.warmThroughput = WarmThroughput(readUnitsPerSecond: 40_001)
    },
    Excess(
      subject: "WriteUnitsPerSecond for WarmThroughput for index by-g exceeds TableMaxWriteCapacityUnits"
    ) {
      var action = UpdateGlobalSecondaryIndexAction(indexName: "by-g")
      action.warmThroughput = WarmThroughput(writeUnitsPerSecond: 40_001)
      $0.globalSecondaryIndexUpdates = [GlobalSecondaryIndexUpdate(update: action)]
    },
  ]

  @Test(arguments: excesses)
  func onDemandLimitsAndLevelsEndWithTheTablesQuota(excess: Excess) throws {
    let database = try Self.database()
    defer { try? database.close() }
    var request = UpdateTableRequest(tableName: "table")
    request.billingMode = .payPerRequest
    try database.update(request)
    let before = try database.describe("table")
    request = UpdateTableRequest(tableName: "table")
    excess.change(&request)
    let error = serviceError { try database.update(request) }
    #expect(error?.code == .limitExceeded)
    #expect(
      error?.message
        == "Subscriber limit exceeded: Requested \(excess.subject) of the account in region us-east-1")
    #expect(try database.describe("table") == before)
  }

  @Test func billingSwitchesTakeTheIndexesAlong() throws {
    let database = try Self.database()
    defer { try? database.close() }
    var request = UpdateTableRequest(tableName: "table")
    request.billingMode = .payPerRequest
    let answer = try database.update(request)
    #expect(answer.tableStatus == .updating)
    #expect(answer.billingModeSummary?.billingMode == .payPerRequest)
    #expect(answer.provisionedThroughput?.readCapacityUnits == 0)
    #expect(answer.globalSecondaryIndexes?.first?.provisionedThroughput?.readCapacityUnits == 0)
    // Saying it again is no error.
    #expect(try database.update(request).tableStatus == .updating)
    request.billingMode = .provisioned
    request.provisionedThroughput = Self.provisioned(3, 4)
    #expect(
      serviceError { try database.update(request) }?.message
        == Self.invalid + "ProvisionedThroughput must be specified for index: by-g")
    request.globalSecondaryIndexUpdates = [Self.change("by-g", Self.provisioned(1, 2))]
    try database.update(request)
    let described = try database.describe("table")
    #expect(described.billingModeSummary?.billingMode == .provisioned)
    #expect(described.provisionedThroughput?.writeCapacityUnits == 4)
    #expect(described.globalSecondaryIndexes?.first?.provisionedThroughput?.writeCapacityUnits == 2)
    #expect(described.warmThroughput?.readUnitsPerSecond == 12_000)
  }

  @Test func onDemandLimitsAreMergedAndCleared() throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    try database.create(.plain("table"))
    var request = UpdateTableRequest(tableName: "table")
    func set(_ read: Int?, _ write: Int?) throws -> OnDemandThroughput? {
      request.onDemandThroughput = OnDemandThroughput(maxReadRequestUnits: read, maxWriteRequestUnits: write)
      let answer = try database.update(request)
      #expect(answer.tableStatus == .active)
      return try database.describe("table").onDemandThroughput
    }
    #expect(try set(1_000, 500) == OnDemandThroughput(maxReadRequestUnits: 1_000, maxWriteRequestUnits: 500))
    #expect(try set(2_000, nil) == OnDemandThroughput(maxReadRequestUnits: 2_000, maxWriteRequestUnits: 500))
    #expect(try set(-1, nil) == OnDemandThroughput(maxWriteRequestUnits: 500))
    #expect(try set(nil, -1) == nil)
    #expect(serviceError { _ = try set(0, nil) }?.code == .validation)
  }
}
