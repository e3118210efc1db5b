import DynamoModel
import Flywheel
import LSMTree
import Synchronization
import Testing

/// Minutes end when they are over, whatever happens meanwhile, and nothing that was counted is lost or counted twice.
@Suite struct MetricRollTests {
  /// A clock that runs from a moment on, and counts how often it is looked at.
  private final class RunningClock: Sendable {
    private let base: Int64
    private let runs: Bool
    private let start = MonotonicClock.nanoseconds
    let looks = Atomic<Int>(0)

    init(millisecondsIntoMinute: Int64, runs: Bool = true) {
      base = MeteredDatabase.start * 1_000_000_000 + millisecondsIntoMinute * 1_000_000
      self.runs = runs
    }

    var clock: DatabaseClock {
      DatabaseClock { [self] in
        looks.add(1, ordering: .relaxed)
        return base + (runs ? Int64(MonotonicClock.nanoseconds - start) : 0)
      }
    }
  }

  /// Waits until the first minute's record is there; false if it takes longer than what no machine needs.
  private func waitsForMinute(_ subject: MeteredDatabase, secondsMax: UInt64 = 30) throws -> Bool {
    let deadline = MonotonicClock.nanoseconds + secondsMax * 1_000_000_000
    while MonotonicClock.nanoseconds < deadline {
      if try subject.history(.successfulRequests, "PutItem").first?[0] == 0 { return true }
      pause(milliseconds: 10)
    }
    return false
  }

  private func pause(milliseconds: Int) {
    _ = Guarded(0).wait(atMostMilliseconds: milliseconds) { _ -> Void? in nil }
  }

  @Test func anIndexMadeAgainBeginsAfresh() throws {
    let subject = try MeteredDatabase()
    defer { try? subject.database.close() }
    try subject.createTable()
    subject.database.clockControl.freeze()
    try subject.createIndex("byID")
    for id in 0..<9 { subject.put("\(id)") }
    subject.database.clockControl.advance(by: .seconds(60))
    #expect(try subject.history(.consumedWriteCapacityUnits, index: "byID") == [9])
    try subject.deleteIndex("byID")
    try subject.createIndex("byID")
    subject.put("more")
    subject.put("and more")
    subject.database.clockControl.advance(by: .seconds(60))
    #expect(try subject.history(.consumedWriteCapacityUnits, index: "byID") == [9, 2])
  }

  @Test func whatIsTakenBackInALaterMinuteIsTakenFromIt() throws {
    let stage = try ScenarioStage()
    defer { try? stage.database.close() }
    _ = try stage.perform("table read=5 write=5")
    let admission = try #require(stage.database.tableNow("table")?.admission)
    let meter = admission.meter
    let now = stage.hand.now
    admission.charge(writing: 5, to: 1, at: now)
    let first = ResourceMeter.Totals().advanced(to: meter.totals)
    admission.takeBack(5, .write, of: 1, at: now)
    let second = first.advanced(to: meter.totals)
    #expect(second.since(first) == ResourceMeter.Totals())
    admission.charge(writing: 7, to: 1, at: now)
    admission.charge(writing: 1, to: 1, at: now)
    #expect(second.advanced(to: meter.totals).since(second).writeUnits == 3)
    let record = MetricRecord(
      tableName: "t",
      series: [MetricSeries(.consumedReadCapacityUnits): MetricStatistics(sampleCount: -1, sum: 2)])
    #expect(MetricRecord(record.encoded)?.series.values.first?.sampleCount == 0)
  }

  @Test func aMinuteEndsAlthoughThePoolWasFull() throws {
    let clock = RunningClock(millisecondsIntoMinute: 59_500)
    let subject = try MeteredDatabase {
      $0.clock = clock.clock
      $0.blockingThreadsMax = 1
      $0.blockingQueueMax = 1
    }
    defer { try? subject.database.close() }
    try subject.createTable()
    let full = FullPool(of: subject.database)
    for _ in 0..<20 { subject.put() }
    // Over the end of the minute, if the machine is quick enough; then it is seen again later.
    pause(milliseconds: 1_000)
    full.open()
    #expect(try waitsForMinute(subject))
  }

  @Test func aClockThatStandsIsNotLookedAtAllTheTime() throws {
    let clock = RunningClock(millisecondsIntoMinute: 59_999, runs: false)
    let subject = try MeteredDatabase { $0.clock = clock.clock }
    defer { try? subject.database.close() }
    try subject.createTable()
    for _ in 0..<20 { subject.put() }
    let before = clock.looks.load(ordering: .relaxed)
    pause(milliseconds: 1_000)
    #expect(clock.looks.load(ordering: .relaxed) - before < 50)
  }

  @Test func aMinuteEndsInTimeAlthoughTheClockWasMoved() throws {
    let subject = try MeteredDatabase { $0.clock = RunningClock(millisecondsIntoMinute: 2_000).clock }
    defer { try? subject.database.close() }
    try subject.createTable()
    for _ in 0..<20 { subject.put() }
    // Some 58 s are left of the minute, then half a second.
    subject.database.clockControl.set(to: MeteredDatabase.time(59))
    #expect(try waitsForMinute(subject))
  }

  @Test func whatGoesIsToldOf() throws {
    let subject = try MeteredDatabase()
    defer { try? subject.database.close() }
    try subject.createTable()
    subject.database.clockControl.freeze()
    try subject.createIndex("byID")
    for id in 0..<3 { subject.put("\(id)") }
    try subject.deleteIndex("byID")
    subject.put("a")
    _ = try subject.database.performAndWait(DeleteTable.self, DeleteTableRequest(tableName: "table"))
    try subject.createTable()
    subject.put("a")
    subject.database.clockControl.advance(by: .seconds(60))
    #expect(try subject.history(.consumedWriteCapacityUnits, index: "byID") == [3])
    #expect(try subject.history(.successfulRequests, "PutItem") == [[0, 5]])
    #expect(try subject.history(.consumedWriteCapacityUnits) == [[0, 5]])
    subject.put("a")
    subject.database.clockControl.advance(by: .seconds(60))
    #expect(try subject.history(.successfulRequests, "PutItem") == [[0, 5], [1, 1]])
  }

  @Test func twoRollsOfOneMinuteLoseNothing() throws {
    let subject = try MeteredDatabase { $0.throttling = .off }
    defer { try? subject.database.close() }
    try subject.createTable()
    subject.database.clockControl.freeze()
    let threads = (0..<4).map { thread in
      BackgroundThread.start {
        for round in 0..<150 {
          subject.put("\(thread)")
          subject.database.clockControl.set(to: MeteredDatabase.time(Int64((round + thread) % 2) * 60))
        }
      }
    }
    for thread in threads { thread.join() }
    subject.database.clockControl.set(to: MeteredDatabase.time(3_600))
    let sums = try subject.history(.successfulRequests, "PutItem")
    #expect(sums.reduce(0) { $0 + $1[1] } == 600)
    #expect(sums.count == 2)
  }

  @Test func everyOperationIsTimedOftenEnough() throws {
    let subject = try MeteredDatabase { $0.throttling = .off }
    defer { try? subject.database.close() }
    try subject.createTable()
    for _ in 0..<800 {
      subject.put()
      subject.get()
    }
    for operation in ["PutItem", "GetItem"] {
      let timed = subject.database.metricTotals().first {
        $0.metric == .successfulRequestLatency && $0.operation == operation
      }
      #expect((60...140).contains(timed?.statistics.sampleCount ?? 0), "\(operation)")
    }
  }
}
