import Flywheel
import Synchronization
import Testing

/// Settings that can be changed only so often, by the database's clock.
@Suite struct ChangeIntervalTests {
  private final class ManualClock: Sendable {
    private let now = Atomic<Int64>(1_700_000_000_000_000_000)
    var clock: DatabaseClock { DatabaseClock { self.now.load(ordering: .relaxed) } }
    func advance(milliseconds: Int64) { now.add(milliseconds * 1_000_000, ordering: .relaxed) }
  }

  private let clock = ManualClock()
  private let database: Database

  init() throws {
    var options = DatabaseOptions()
    options.clock = clock.clock
    database = try Database.inMemory(options: options)
    try database.create(.plain("table"))
  }

  private func change(_ set: (inout UpdateTableRequest) -> Void) -> ServiceError? {
    serviceError {
      var request = UpdateTableRequest(tableName: "table")
      set(&request)
      try database.update(request)
    }
  }

  private func setTimeToLive(_ enabled: Bool) -> ServiceError? {
    serviceError {
      _ = try database.performAndWait(
        UpdateTimeToLive.self,
        UpdateTimeToLiveRequest(
          tableName: "table",
          timeToLiveSpecification: TimeToLiveSpecification(enabled: enabled, attributeName: "expires")))
    }
  }

  @Test func timeToLive() {
    #expect(setTimeToLive(true) == nil)
    for enabled in [false, true] {
      clock.advance(milliseconds: 31 * 60_000 - 1)
      #expect(
        setTimeToLive(enabled)?.message
          == "Time to live has been modified multiple times within a fixed interval")
      #expect(setTimeToLive(!enabled)?.message.hasPrefix("TimeToLive is already") == true)
      clock.advance(milliseconds: 1)
      #expect(setTimeToLive(enabled) == nil)
    }
  }

  @Test func switchesToOnDemand() throws {
    func provision() -> ServiceError? {
      change {
        $0.billingMode = .provisioned
        $0.provisionedThroughput = ProvisionedThroughput(readCapacityUnits: 1, writeCapacityUnits: 1)
      }
    }
    func release() -> ServiceError? { change { $0.billingMode = .payPerRequest } }
    let hour = 3_600_000 as Int64
    // The table was made on-demand, which does not count; nor does asking for what it has.
    for _ in 0..<4 {
      #expect(release() == nil)
      #expect(provision() == nil)
      #expect(release() == nil)
      clock.advance(milliseconds: hour)
    }
    #expect(provision() == nil)
    // 2023-11-14 22:13:20 was the first of four, three hours before the last.
    let refusal = release()
    #expect(refusal?.code == .limitExceeded)
    #expect(
      refusal?.message
        == "Subscriber limit exceeded: Update to PayPerRequest mode are limited to 4 times in 1 day(s). Last update at "
        + "Wed Nov 15 01:13:20 UTC 2023. Next update can be made at Wed Nov 15 22:13:20 UTC 2023")
    clock.advance(milliseconds: 20 * hour - 1)
    #expect(release() != nil)
    clock.advance(milliseconds: 1)
    #expect(release() == nil)
    #expect(provision() == nil)
    // Now the oldest is the second.
    #expect(release()?.message.hasSuffix("Next update can be made at Wed Nov 15 23:13:20 UTC 2023") == true)
  }

  @Test func policies() throws {
    let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/table"
    func put(_ action: String) -> ServiceError? {
      serviceError {
        _ = try database.performAndWait(
          PutResourcePolicy.self,
          PutResourcePolicyRequest(
            resourceArn: arn,
            policy: #"""
              {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},
              "Action":"dynamodb:\#(action)","Resource":"*"}]}
              """#))
      }
    }
    func delete() -> ServiceError? {
      serviceError {
        _ = try database.performAndWait(
          DeleteResourcePolicy.self, DeleteResourcePolicyRequest(resourceArn: arn))
      }
    }
    #expect(put("GetItem") == nil)
    clock.advance(milliseconds: 14_999)
    #expect(put("GetItem") == nil, "what changes nothing is not held up")
    let message =
      "Resource-based policy for table table modified within the previous 15000 milliseconds. Please try again after "
    for error in [put("Query"), delete()] {
      #expect(error?.code == .throttling)
      #expect(error?.message == message + "2023-11-14T22:13:35.000Z.")
    }
    clock.advance(milliseconds: 1)
    #expect(delete() == nil)
    #expect(delete() == nil)
    #expect(put("Query")?.message == message + "2023-11-14T22:13:50.000Z.")
    clock.advance(milliseconds: 15_000)
    #expect(put("Query") == nil)
  }

  @Test func deletionProtection() {
    #expect(change { $0.deletionProtectionEnabled = false } == nil, "that is no change")
    #expect(change { $0.deletionProtectionEnabled = true } == nil)
    clock.advance(milliseconds: 14_999)
    let error = change { $0.deletionProtectionEnabled = false }
    #expect(error?.code == .throttling)
    #expect(
      error?.message
        == "Deletion protection setting for table table modified within the previous 15000 milliseconds. Please try again "
        + "after 2023-11-14T22:13:35.000Z")
    clock.advance(milliseconds: 1)
    #expect(change { $0.deletionProtectionEnabled = false } == nil)
  }

  /// After a jump and back, nobody waits until the clock is there again.
  @Test func changesThatLieAheadHoldNothingUp() throws {
    database.clockControl.advance(by: .seconds(100 * 86_400))
    #expect(change { $0.deletionProtectionEnabled = true } == nil)
    #expect(setTimeToLive(true) == nil)
    for isOn in [true, false] {
      #expect(change { $0.tableClass = isOn ? .standardInfrequentAccess : .standard } == nil)
    }
    for isOn in [true, false, true, false] {
      #expect(change { $0.sseSpecification = SSESpecification(enabled: isOn) } == nil)
    }
    database.clockControl.release()
    #expect(change { $0.deletionProtectionEnabled = false } == nil)
    #expect(setTimeToLive(false) == nil)
    #expect(change { $0.tableClass = .standardInfrequentAccess } == nil)
    #expect(change { $0.sseSpecification = SSESpecification(enabled: true) } == nil)
    #expect(change { $0.deletionProtectionEnabled = true }?.code == .throttling)
  }

  @Test func tableClass() {
    #expect(change { $0.tableClass = .standard } == nil)
    #expect(change { $0.tableClass = .standardInfrequentAccess } == nil)
    clock.advance(milliseconds: 86_400_000)
    #expect(change { $0.tableClass = .standardInfrequentAccess } == nil, "that is no change")
    #expect(change { $0.tableClass = .standard } == nil)
    for tableClass in [TableClass.standard, .standardInfrequentAccess] {
      let error = change { $0.tableClass = tableClass }
      #expect(error?.code == .limitExceeded)
      #expect(
        error?.message
          == "Subscriber limit exceeded: Updates to TableClass are limited to 2 times in 30 day(s).")
    }
    clock.advance(milliseconds: 29 * 86_400_000)
    #expect(change { $0.tableClass = .standardInfrequentAccess } == nil)
    #expect(change { $0.tableClass = .standard }?.code == .limitExceeded)
  }

  @Test func encryption() {
    func set(_ isOn: Bool) -> ServiceError? {
      change { $0.sseSpecification = SSESpecification(enabled: isOn) }
    }
    for isOn in [true, true, false, true] { #expect(set(isOn) == nil) }
    clock.advance(milliseconds: 1_000)
    let error = set(false)
    #expect(error?.code == .limitExceeded)
    #expect(
      error?.message
        == "Subscriber limit exceeded: Encryption mode changes are limited in the 24h window ending at "
        + "2023-11-15T22:13:20.000Z. After the first 4 change, each subsequent change in the same window can be performed "
        + "at most once every 21600 seconds. Number of updates today: 4. Last change at 2023-11-14T22:13:20.000Z. Next "
        + "changes can be made at 2023-11-15T04:13:20.000Z.")
    clock.advance(milliseconds: 21_600_000)
    #expect(set(false) == nil)
    #expect(set(false)?.code == .validation, "it is encrypted by default")
    #expect(set(true)?.code == .limitExceeded)
    clock.advance(milliseconds: 64_800_000)
    for isOn in [true, false, true, false] { #expect(set(isOn) == nil) }
    #expect(set(true)?.code == .limitExceeded)
  }

  @Test func aTableMadeAgainStartsAfresh() throws {
    #expect(setTimeToLive(true) == nil)
    try database.drop("table")
    try database.create(.plain("table"))
    #expect(setTimeToLive(true) == nil)
  }

  @Test func nothingIsHeldUpIfThatIsWanted() throws {
    var options = DatabaseOptions()
    options.clock = clock.clock
    options.enforcesChangeIntervals = false
    let database = try Database.inMemory(options: options)
    try database.create(.plain("table"))
    for isOn in [true, false, true, false, true] {
      var request = UpdateTableRequest(tableName: "table")
      request.deletionProtectionEnabled = isOn
      try database.update(request)
      request = UpdateTableRequest(tableName: "table")
      request.tableClass = isOn ? .standardInfrequentAccess : .standard
      try database.update(request)
    }
  }
}
