import DynamoModel
import Flywheel
import LSMTree
import Synchronization
import Testing

/// A clock under the user's hand goes as it is told, and the database goes by it.
@Suite struct ClockControlTests {
  private static let start: Int64 = 1_800_000_000_000_000_000

  /// A clock that stands at a time until it is moved.
  private final class Source: Sendable {
    let nanoseconds = Atomic<Int64>(ClockControlTests.start)
    var clock: DatabaseClock { DatabaseClock { [self] in nanoseconds.load(ordering: .relaxed) } }
    func pass(seconds: Int64) { nanoseconds.add(seconds * 1_000_000_000, ordering: .relaxed) }
  }

  private static func time(_ offset: Int64) -> Timestamp {
    Timestamp(nanosecondsSince1970: start + offset * 1_000_000_000)
  }

  @Test func goesAsItsSourceUntilItIsTouched() {
    let source = Source()
    let control = ClockControl(over: source.clock)
    #expect(control.now == Self.time(0))
    source.pass(seconds: 5)
    #expect(control.now == Self.time(5))
    #expect(control.nanosecondsAhead == 0 && !control.isFrozen)
  }

  @Test func runsOnFromWhereItIsSet() {
    let source = Source()
    let control = ClockControl(over: source.clock)
    control.set(to: Self.time(1_000))
    source.pass(seconds: 1)
    #expect(control.now == Self.time(1_001))
    control.advance(by: .seconds(9))
    #expect(control.now == Self.time(1_010))
    #expect(control.nanosecondsAhead == 1_009 * 1_000_000_000)
    control.set(to: Self.time(-50))
    source.pass(seconds: 1)
    #expect(control.now == Self.time(-49))
    control.release()
    #expect(control.now == Self.time(2))
  }

  @Test func standsWhileItIsFrozen() {
    let source = Source()
    let control = ClockControl(over: source.clock)
    control.freeze()
    source.pass(seconds: 100)
    #expect(control.now == Self.time(0) && control.isFrozen)
    control.advance(by: .milliseconds(1_500))
    #expect(control.now.nanosecondsSince1970 == Self.start + 1_500_000_000)
    control.set(to: Self.time(7))
    #expect(control.now == Self.time(7) && control.isFrozen)
    control.resume()
    #expect(control.now == Self.time(7) && !control.isFrozen)
    source.pass(seconds: 1)
    #expect(control.now == Self.time(8))
    control.freeze(at: Self.time(-3))
    #expect(control.now == Self.time(-3))
  }

  @Test func staysBetween1970And2100() {
    let control = ClockControl(over: Source().clock)
    control.freeze()
    control.set(to: Timestamp(nanosecondsSince1970: .min))
    #expect(control.now.nanosecondsSince1970 == 0)
    control.advance(by: .seconds(Int64.max))
    #expect(control.now.nanosecondsSince1970 == 4_102_444_800_000_000_000)
    control.set(to: Timestamp(nanosecondsSince1970: .max))
    control.resume()
    #expect(control.now.nanosecondsSince1970 == 4_102_444_800_000_000_000)
  }

  /// Capacity comes back by a time of its own, which goes on with the clock and never back with it.
  @Test func elapsedTimeNeverGoesBack() {
    let source = Source()
    let control = ClockControl(over: source.clock)
    let day: Int64 = 86_400
    var expected = control.elapsedNanoseconds
    func expect(after seconds: Int64, _ step: Comment) {
      expected += seconds * 1_000_000_000
      #expect(control.elapsedNanoseconds == expected, step)
    }
    source.pass(seconds: 5)
    expect(after: 5, "the source goes on")
    control.advance(by: .seconds(day))
    expect(after: day, "advanced")
    control.release()
    expect(after: 0, "released")
    source.pass(seconds: 2)
    expect(after: 2, "released, and the source goes on")
    control.freeze(at: Self.time(1_000))
    expect(after: 1_000 - 7, "frozen ahead")
    source.pass(seconds: 100)
    expect(after: 0, "stands")
    control.set(to: Self.time(-50))
    expect(after: 0, "set back while it stands")
    control.advance(by: .seconds(3))
    expect(after: 3, "advanced while it stands")
    control.resume()
    source.pass(seconds: 1)
    expect(after: 1, "runs on")
    control.release()
    expect(after: 108 + 46, "released to a later time")
    for _ in 0..<5 {
      control.set(to: Timestamp(nanosecondsSince1970: 0))
      control.set(to: Timestamp(nanosecondsSince1970: .max))
    }
    #expect(control.elapsedNanoseconds > expected)
  }

  @Test func elapsedTimeGoesOnWhenTheSourceIsSetBack() {
    let source = Source()
    let control = ClockControl(over: source.clock)
    let start = control.elapsedNanoseconds
    source.pass(seconds: 86_400)
    #expect(control.elapsedNanoseconds == start + 86_400_000_000_000)
    source.pass(seconds: -86_400)
    #expect(control.elapsedNanoseconds == start + 86_400_000_000_000)
    source.pass(seconds: 3)
    #expect(control.elapsedNanoseconds == start + 86_403_000_000_000)
    source.nanoseconds.subtract(500_000_000, ordering: .relaxed)
    #expect(control.elapsedNanoseconds == start + 86_403_000_000_000)
  }

  /// What was used at a later time is not owed for as long as the jump was.
  @Test func unitsComeBackAfterAJumpIsTakenBack() throws {
    var options = DatabaseOptions()
    let source = Source()
    options.clock = source.clock
    let database = try Database.inMemory(options: options)
    defer { try? database.close() }
    var request = CreateTableRequest.keyed("table")
    request.billingMode = .provisioned
    request.provisionedThroughput = ProvisionedThroughput(readCapacityUnits: 1, writeCapacityUnits: 1)
    _ = try database.performAndWait(CreateTable.self, request)
    func put() throws -> Bool {
      do throws(ServiceError) {
        _ = try database.performAndWait(
          PutItem.self, PutItemRequest(tableName: "table", item: try! Item(["id": "a"])))
        return true
      } catch {
        #expect(error.code == .provisionedThroughputExceeded)
        return false
      }
    }
    database.clockControl.advance(by: .seconds(86_400))
    for _ in 0..<3 { #expect(try put()) }
    database.clockControl.release()
    #expect(try put())
    while try put() {}
    source.pass(seconds: 2)
    #expect(try put())
  }

  @Test func theDatabaseGoesByIt() throws {
    var options = DatabaseOptions()
    options.clock = Source().clock
    let database = try Database.inMemory(options: options)
    defer { try? database.close() }
    database.clockControl.freeze(at: Self.time(86_400))
    let table = try database.performAndWait(CreateTable.self, CreateTableRequest.keyed("table"))
    #expect(table.tableDescription.creationDateTime == Self.time(86_400))
    // An item expires when the clock has passed its time.
    _ = try database.performAndWait(
      UpdateTimeToLive.self,
      UpdateTimeToLiveRequest(
        tableName: "table",
        timeToLiveSpecification: TimeToLiveSpecification(enabled: true, attributeName: "until")))
    let until = Self.time(86_410).nanosecondsSince1970 / 1_000_000_000
    let item = try Item(["id": "a", "until": .number(DynamoNumber(until))])
    _ = try database.performAndWait(PutItem.self, PutItemRequest(tableName: "table", item: item))
    #expect(try database.expireStep(ofTable: "table") == 0)
    database.clockControl.advance(by: .seconds(11))
    #expect(try database.expireStep(ofTable: "table") ?? 0 <= 1)
    try database.tree.waitUntilDurable(database.tree.appliedSequence)
    let scan = try database.performAndWait(Scan.self, ScanRequest(tableName: "table"))
    #expect(scan.count == 0)
  }
}

extension CreateTableRequest {
  /// An on-demand table whose items have the key "id".
  static func keyed(_ name: String) -> CreateTableRequest {
    var request = CreateTableRequest(tableName: name)
    request.attributeDefinitions = [AttributeDefinition("id", .string)]
    request.keySchema = [KeySchemaElement("id", .hash)]
    request.billingMode = .payPerRequest
    return request
  }
}
