import DynamoModel
import Flywheel
import Foundation
import LSMTree
import Synchronization
import TestSupport
import Testing

/// What threads owe a table's bucket and have not yet paid: that it is bounded, and not lost.
@Suite struct DeferredChargesTests {
  /// A table with an on-demand maximum, which has no other limit.
  private func subject(_ rate: Int) throws -> ScenarioStage {
    let stage = try ScenarioStage(throttling: .on)
    _ = try stage.perform("table on-demand=yes maxread=\(rate) maxwrite=\(rate)")
    return stage
  }

  private func admission(_ stage: ScenarioStage) -> ResourceAdmission {
    stage.database.tableNow("table")!.admission!
  }

  /// As many units as are admitted, of requests of up to so many units, by so many threads at one moment.
  private func admitted(
    _ stage: ScenarioStage, threads: Int, unitsMax: Int, of partition: ClosedRange<UInt64> = .min ... .max,
    _ seed: UInt64
  ) -> Double {
    let halves = Atomic<Int>(0)
    let admission = admission(stage)
    let now = stage.hand.now
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      var random = HistoryRandom(seed: seed + UInt64(thread))
      while true {
        let hash = UInt64.random(in: partition, using: &random)
        guard admission.refusalOfRead(hash, at: now) == nil else { return }
        let units = Int.random(in: 1...(2 * unitsMax), using: &random)
        admission.charge(reading: Double(units) / 2, of: hash, at: now)
        halves.wrappingAdd(units, ordering: .relaxed)
      }
    }
    return Double(halves.load(ordering: .relaxed)) / 2
  }

  @Test(arguments: FuzzRounds(6).map { $0 })
  func threadsOweNoMoreThanTheyMay(_ round: Int) throws {
    var random = HistoryRandom(seed: FuzzRounds.seed(9_300 + UInt64(round)))
    let rate = [100, 1_023, 2_048, 5_000, 40_000].randomElement(using: &random)!
    let stage = try subject(rate)
    defer { try? stage.database.close() }
    let unitsMax = [1, 16].randomElement(using: &random)!
    let seed = random.next() >> 1
    let burst = Double(rate * 300)
    // All but ten seconds of it at once, so that not all is asked for in small pieces.
    admission(stage).charge(reading: burst - Double(10 * rate), of: 1, at: stage.hand.now)
    var total = burst - Double(10 * rate)
    let threads = 8
    // Of every moment: what is there, one request a thread, and what a thread may owe.
    let slack = Double(threads * unitsMax) + Double(65 * rate) / 1_024
    for second in 0..<4 {
      total += admitted(stage, threads: threads, unitsMax: unitsMax, seed &+ UInt64(second * 100))
      let most = burst + Double(second * rate)
      #expect(total >= most - 0.001, "round \(round)")
      #expect(total <= most + slack + 0.001, "round \(round)")
      stage.hand.now += 1_000_000_000
    }
    let meter = admission(stage).meter
    #expect(meter.totals.readUnits == total, "round \(round)")
    #expect(
      admission(stage).partitions.reduce(0) { $0 + meter.consumedUnits(.read, ofPartition: $1.number) }
        == total)
  }

  @Test(arguments: FuzzRounds(4).map { $0 })
  func threadsOweAPartitionNoMoreThanTheyMay(_ round: Int) throws {
    let stage = try ScenarioStage()
    defer { try? stage.database.close() }
    _ = try stage.perform("table read=40000 write=1000")
    let seed = FuzzRounds.seed(9_400 + UInt64(round)) >> 1
    let partition = try stage.database.partitions(ofTable: "table")[3].hashes
    var total = 0.0
    for second in 0..<5 {
      total += admitted(stage, threads: 8, unitsMax: 2, of: partition, seed &+ UInt64(second * 100))
      let most = 3_000 * Double(1 + second)
      #expect(total >= most - 0.001, "round \(round)")
      #expect(total <= most + 8 * 2 + 65 * 3_000 / 1_024 + 0.001, "round \(round)")
      stage.hand.now += 1_000_000_000
    }
  }

  /// Those for whom there is no row of their own share one, and owe nothing.
  @Test func threadsBeyondThoseThatHaveRowsAreCountedToo() throws {
    let stage = try ScenarioStage()
    defer { try? stage.database.close() }
    _ = try stage.perform("table read=40000 write=40000")
    let admission = admission(stage)
    let now = stage.hand.now
    let (threads, charges) = (ThreadSlot.count + 30, 500)
    let missing = Atomic<Int>(threads)
    let running = (0..<threads).map { thread in
      BackgroundThread.start {
        missing.subtract(1, ordering: .acquiringAndReleasing)
        while missing.load(ordering: .acquiring) > 0 { sched_yield() }
        for charge in 0..<charges {
          let hash = UInt64(thread * charges + charge) &* 0x9E37_79B9_7F4A_7C15
          admission.charge(reading: 1.5, of: hash, at: now)
          if charge % 5 == 0 { admission.takeBack(1.5, .read, of: hash, at: now) }
        }
        // All live until all have charged.
        missing.subtract(1, ordering: .acquiringAndReleasing)
        while missing.load(ordering: .acquiring) > -threads { sched_yield() }
      }
    }
    for thread in running { thread.join() }
    let units = Double(threads * charges * 4 / 5) * 1.5
    #expect(admission.meter.totals.readUnits == units)
    let parts = admission.partitions.map { admission.meter.consumedUnits(.read, ofPartition: $0.number) }
    #expect(parts.reduce(0, +) == units)
    // The table knows of all but what the threads with rows may owe.
    admission.charge(reading: 300 * 40_000 - units, of: 1, at: now)
    admission.charge(reading: 65 * 40_000 / 1_024, of: 1, at: now)
    #expect(admission.refusalOfRead(1 << 63, at: now)?.kind == .provisionedThroughput)
  }

  @Test func belowAThousandUnitsASecondEachRequestIsKnownAtOnce() throws {
    let stage = try subject(1_000)
    defer { try? stage.database.close() }
    let admission = admission(stage)
    admission.charge(reading: 300 * 1_000, of: 1, at: stage.hand.now)
    #expect(admission.refusalOfRead(1, at: stage.hand.now) == nil)
    admission.charge(reading: 0.5, of: 1, at: stage.hand.now)
    #expect(admission.refusalOfRead(1, at: stage.hand.now) != nil)
    admission.takeBack(0.5, .read, of: 1, at: stage.hand.now)
    #expect(admission.refusalOfRead(1, at: stage.hand.now) == nil)
  }

  @Test func whatIsOwedIsPaidUnderANewLimit() throws {
    let stage = try subject(10_240)
    defer { try? stage.database.close() }
    admission(stage).charge(reading: 300 * 10_240, of: 1, at: stage.hand.now)
    // Nine units, which a thread may owe.
    admission(stage).charge(reading: 9, of: 1, at: stage.hand.now)
    #expect(admission(stage).refusalOfRead(1, at: stage.hand.now) == nil)
    var request = UpdateTableRequest(tableName: "table")
    request.onDemandThroughput = OnDemandThroughput(maxReadRequestUnits: 1, maxWriteRequestUnits: 1)
    _ = try stage.database.performAndWait(UpdateTable.self, request)
    admission(stage).charge(reading: 1, of: 1, at: stage.hand.now)
    // Ten seconds' units are owed.
    stage.hand.now += 9_000_000_000
    #expect(admission(stage).refusalOfRead(1, at: stage.hand.now) != nil)
    stage.hand.now += 1_000_000_000
    #expect(admission(stage).refusalOfRead(1, at: stage.hand.now) == nil)
  }

  @Test func whoStandsOnAnOldTableIsChargedWhereItsLimitStays() throws {
    let stage = try ScenarioStage()
    defer { try? stage.database.close() }
    _ = try stage.perform("table read=5 write=5")
    let old = admission(stage)
    _ = try stage.perform("throughput read=5 write=6")
    let new = admission(stage)
    #expect(old !== new)
    old.charge(reading: 5 * 300 + 1, of: 1, at: stage.hand.now)
    #expect(new.refusalOfRead(1, at: stage.hand.now)?.kind == .provisionedThroughput)
    #expect(new.meter.totals.readUnits == 1_501)
    #expect(stage.hand.now > 0 && new.refusalOfWrite(1, at: stage.hand.now) == nil)
  }
}
