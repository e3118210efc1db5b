import DynamoModel
import Flywheel
import Foundation
import LSMTree
import Synchronization
import Testing

/// Items whose time has come are deleted, with all that hangs on them, and no others.
@Suite struct TimeToLiveTests {
  private static let start: Int64 = 1_800_000_000

  /// A database with the reference table, on a clock that is moved by hand.
  private struct Subject {
    private let seconds = Clock()
    let database: Database

    private final class Clock: Sendable {
      let seconds = Atomic<Int64>(TimeToLiveTests.start)
    }

    init(directory: (any FileSystem)? = nil, time: Int64 = TimeToLiveTests.start, createsTable: Bool = true)
      throws
    {
      var options = DatabaseOptions()
      seconds.seconds.store(time, ordering: .relaxed)
      options.clock = DatabaseClock { [seconds] in seconds.seconds.load(ordering: .relaxed) * 1_000_000_000 }
      options.housekeepingChunkItems = 16
      options.enforcesChangeIntervals = false
      database =
        try directory.map { try Database.open(at: "/database", options: options, fileSystem: $0) }
        ?? Database.inMemory(options: options)
      if createsTable { _ = try database.performAndWait(CreateTable.self, ReferenceTable.definition) }
    }

    func advance(seconds amount: Int64) { seconds.seconds.add(amount, ordering: .relaxed) }

    func put(_ key: Int, expires: AttributeValue?) throws {
      var item: [String: AttributeValue] = [
        "pk": "p", "sk": .number(DynamoNumber(key)), "g": "g", "h": .number(DynamoNumber(key)), "l": "l",
      ]
      item["expires"] = expires
      _ = try database.performAndWait(
        PutItem.self, PutItemRequest(tableName: "reference", item: try Item(item)))
    }

    func set(_ enabled: Bool, _ name: String = "expires") throws {
      _ = try database.performAndWait(
        UpdateTimeToLive.self,
        UpdateTimeToLiveRequest(
          tableName: "reference",
          timeToLiveSpecification: TimeToLiveSpecification(enabled: enabled, attributeName: name)))
    }

    var description: DescribeTimeToLiveResponse {
      get throws {
        try database.performAndWait(
          DescribeTimeToLive.self, DescribeTimeToLiveRequest(tableName: "reference"))
      }
    }

    /// Deletes all that has expired, as the housekeeper does.
    func expire() throws {
      while try database.expireStep(ofTable: "reference") ?? 0 > 0 {}
      try database.tree.waitUntilDurable(database.tree.appliedSequence)
    }

    /// The sort keys of what is read.
    func keys(_ index: String? = nil) throws -> [Int] {
      let response = try database.performAndWait(
        Scan.self, ScanRequest(tableName: "reference", indexName: index))
      return response.items!.map { item in
        guard case .number(let number)? = item["sk"] else { return -1 }
        return Int("\(number)")!
      }.sorted()
    }

    func expectKeys(_ keys: [Int]) throws {
      for index in [nil, "byG", "keysG", "byL"] { #expect(try self.keys(index) == keys) }
      var context = OperationContext(io: .blocking)
      let table = try database.table("reference", &context)
      #expect(table.counters.totals.items == keys.count)
      #expect(table.indexes.allSatisfy { $0.counters.totals.items == keys.count })
    }
  }

  private static func seconds(_ offset: Int64) -> AttributeValue { .number(DynamoNumber(start + offset)) }

  @Test func itemsGoWhenTheirTimeIsPast() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    try subject.put(0, expires: Self.seconds(5))
    try subject.set(true)
    try subject.put(1, expires: Self.seconds(10))
    try subject.put(2, expires: Self.seconds(20))
    try subject.put(3, expires: nil)
    try subject.put(4, expires: .string("\(Self.start)"))
    try subject.put(5, expires: Self.seconds(-TimeToLive.ageSecondsMax - 1))
    try subject.put(6, expires: .number(try DynamoNumber(text: "\(Self.start + 10).9")))
    try subject.put(7, expires: .number(try DynamoNumber(text: "-5")))
    try subject.put(8, expires: .number(try DynamoNumber(text: "1E+100")))
    try subject.expire()
    try subject.expectKeys([0, 1, 2, 3, 4, 5, 6, 7, 8])
    subject.advance(seconds: 10)
    try subject.expire()
    try subject.expectKeys([1, 2, 3, 4, 5, 6, 7, 8])
    subject.advance(seconds: 1)
    try subject.expire()
    try subject.expectKeys([2, 3, 4, 5, 7, 8])
    subject.advance(seconds: 1_000)
    try subject.expire()
    try subject.expectKeys([3, 4, 5, 7, 8])
  }

  @Test func anItemThatIsGivenMoreTimeStays() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    try subject.set(true)
    for key in 0..<4 { try subject.put(key, expires: Self.seconds(5)) }
    try subject.put(1, expires: Self.seconds(50))
    try subject.put(2, expires: nil)
    var update = UpdateItemRequest(tableName: "reference", key: try Item(["pk": "p", "sk": 3]))
    update.updateExpression = "SET expires = expires + :more"
    update.expressionAttributeValues = [":more": try EncodedValue(45)]
    _ = try subject.database.performAndWait(UpdateItem.self, update)
    subject.advance(seconds: 20)
    try subject.expire()
    try subject.expectKeys([1, 2, 3])
    subject.advance(seconds: 60)
    try subject.expire()
    try subject.expectKeys([2])
  }

  @Test func theHousekeeperDeletesManyByItself() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    for key in 0..<200 { try subject.put(key, expires: Self.seconds(key % 2 == 0 ? -5 : 500)) }
    try subject.set(true)
    for _ in 0..<1_000 where try subject.keys().count > 100 { usleep(10_000) }
    try subject.expectKeys((0..<200).filter { $0 % 2 == 1 })
    #expect(try subject.description.timeToLiveStatus == .enabled)
  }

  @Test func whatIsAskedForIsCheckedInTheServicesWords() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    func refused(_ message: String, _ body: () throws -> Void) {
      let error = #expect(throws: ServiceError.self) { try body() }
      #expect(error?.code == .validation)
      #expect(error?.message == message)
    }
    #expect(try subject.description.timeToLiveStatus == .disabled)
    refused("TimeToLive is already disabled") { try subject.set(false) }
    try subject.set(true)
    #expect(try subject.description.attributeName == "expires")
    refused("TimeToLive is already enabled") { try subject.set(true) }
    let other = "TimeToLive is active on a different AttributeName: current AttributeName is expires"
    refused(other) { try subject.set(true, "other") }
    refused(other) { try subject.set(false, "other") }
    try subject.set(false)
    let description = try subject.description
    #expect(description.timeToLiveStatus == .disabled && description.attributeName == nil)
    try subject.set(true, "other")
    #expect(try subject.description.attributeName == "other")
  }

  @Test func itIsKeptAndGoesOnAfterACrash() throws {
    let files = FaultFileSystem()
    let before = try Subject(directory: files)
    for key in 0..<40 { try before.put(key, expires: Self.seconds(Int64(key))) }
    try before.set(true)
    try before.put(40, expires: nil)
    let after = files.afterPowerCut(seed: 1)
    try? before.database.close()
    let subject = try Subject(directory: after, time: Self.start + 20, createsTable: false)
    defer { try? subject.database.close() }
    #expect(try subject.description.attributeName == "expires")
    try subject.expire()
    #expect(try subject.keys() == Array(20...40))
  }

  /// Items, writers and the deletion of what expires at once: at the end what is there is what should be.
  @Test func writersAndExpiryAgree() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    try subject.set(true)
    var random = HistoryRandom(seed: 7)
    var times: [Int: Int64] = [:]
    var now = Self.start
    for _ in 0..<2_000 {
      let key = Int.random(in: 0..<30, using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0:
        let step = Int64.random(in: 0..<20, using: &random)
        now += step
        subject.advance(seconds: step)
      case 1: try subject.expire()
      default:
        let time = now + Int64.random(in: -5..<40, using: &random)
        try subject.put(key, expires: .number(DynamoNumber(time)))
        times[key] = time
      }
    }
    try subject.expire()
    try subject.expectKeys(times.filter { $0.value >= now }.map(\.key).sorted())
  }
}
