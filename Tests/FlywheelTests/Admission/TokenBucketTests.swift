import Flywheel
import TestSupport
import Testing

/// What a bucket gives is bounded by its rate and its capacity in every stretch of time, and it never holds back what
/// it has.
@Suite struct TokenBucketTests {
  private static let second: Int64 = 1_000_000_000

  /// For expectations, which want to copy what they ask.
  private func units(_ bucket: borrowing TokenBucket, at now: Int64) -> Double { bucket.units(at: now) }

  /// One admission: when, and how much.
  private struct Taken {
    var time: Int64
    var units: Double
  }

  @Test(arguments: FuzzRounds(40).map { $0 })
  func admitsNoMoreThanItMayAndNoLess(_ round: Int) {
    var random = HistoryRandom(seed: FuzzRounds.seed(7_000 + UInt64(round)))
    let rate = [1, 3, 10, 333, 1_000, 40_000].randomElement(using: &random)!
    let capacitySeconds = [1, 5, 300].randomElement(using: &random)!
    let bucket = TokenBucket(unitsPerSecond: rate, capacitySeconds: capacitySeconds)
    let unitsMax = [1, 8, 400].randomElement(using: &random)!
    var now: Int64 = 1_800_000_000 * Self.second
    var taken: [Taken] = []
    for _ in 0..<2_000 {
      // Pauses from nothing to many seconds, in bursts.
      if Int.random(in: 0..<8, using: &random) == 0 {
        now += Int64.random(in: 0..<(20 * Self.second), using: &random)
      } else if Bool.random(using: &random) {
        now += Int64.random(in: 0..<(2 * Self.second / Int64(rate) + 1), using: &random)
      }
      let held = bucket.units(at: now)
      let isInDebt = bucket.isInDebt(at: now)
      #expect(isInDebt == (held < 0), "round \(round)")
      guard !isInDebt else { continue }
      let halves = Int.random(in: 1...(unitsMax * 2), using: &random)
      bucket.take(halves: halves, at: now)
      taken.append(Taken(time: now, units: Double(halves) / 2))
    }
    expectBounded(taken, rate: rate, capacitySeconds: capacitySeconds, round)
  }

  /// Over every stretch that begins and ends with an admission.
  private func expectBounded(_ taken: [Taken], rate: Int, capacitySeconds: Int, _ round: Int) {
    let burst = Double(rate * capacitySeconds)
    for first in stride(from: 0, to: taken.count, by: 17) {
      var sum = 0.0
      for last in first..<taken.count {
        let seconds = Double(taken[last].time - taken[first].time) / 1e9
        // The last one may take more than there is; all before it fit.
        #expect(sum <= Double(rate) * seconds + burst + 0.001, "round \(round): \(first)...\(last)")
        sum += taken[last].units
      }
    }
  }

  @Test func steadyDemandAtTheRateIsAlwaysMet() {
    for rate in [1, 7, 1_000] {
      let bucket = TokenBucket(unitsPerSecond: rate, capacitySeconds: 300)
      bucket.take(halves: 600 * rate, at: 0)
      for request in 0..<(3_600 * min(rate, 10)) {
        let now = Int64(request) * Self.second / Int64(rate)
        let isInDebt = bucket.isInDebt(at: now + 1_000_000)
        #expect(!isInDebt)
        bucket.take(halves: 2, at: now + 1_000_000)
      }
    }
  }

  @Test func unusedUnitsAreKeptForFiveMinutes() {
    let bucket = TokenBucket(unitsPerSecond: 10, capacitySeconds: 300)
    #expect(units(bucket, at: 0) == 3_000)
    bucket.take(halves: 6_000, at: 0)
    #expect(units(bucket, at: 0) == 0)
    #expect(units(bucket, at: 60 * Self.second) == 600)
    #expect(units(bucket, at: 10_000 * Self.second) == 3_000)
  }

  @Test func aBucketOfAnotherRateHoldsTheSameUnits() {
    let bucket = TokenBucket(unitsPerSecond: 10, capacitySeconds: 300)
    bucket.take(halves: 4_000, at: 0)
    let larger = TokenBucket(unitsPerSecond: 100, capacitySeconds: 300, from: bucket, at: 0)
    #expect(abs(units(larger, at: 0) - 1_000) < 0.001)
    let smaller = TokenBucket(unitsPerSecond: 1, capacitySeconds: 300, from: bucket, at: 0)
    #expect(units(smaller, at: 0) == 300)
    let indebted = TokenBucket(unitsPerSecond: 10, capacitySeconds: 300)
    indebted.take(halves: 6_100, at: 0)
    let raised = TokenBucket(unitsPerSecond: 50, capacitySeconds: 300, from: indebted, at: 0)
    #expect(units(raised, at: 0) == -50)
  }

  @Test func whatDidNotHappenIsGivenBack() {
    let bucket = TokenBucket(unitsPerSecond: 10, capacitySeconds: 300)
    bucket.take(halves: 5_800, at: 0)
    bucket.take(halves: 800, at: 0)
    #expect(units(bucket, at: 0) < 0)
    bucket.giveBack(halves: 800)
    #expect(units(bucket, at: 0) == 100)
  }

  @Test func noRateIsTooGreat() throws {
    let limit = try #require(RateLimit(.provisioned, provisioned: .max, maximum: nil, warm: 0, .on))
    let bucket = TokenBucket(unitsPerSecond: limit.unitsPerSecond, capacitySeconds: limit.burstSeconds)
    for second in 0..<1_000 {
      bucket.take(halves: 1 << 30, at: Int64(second) * Self.second)
      let isInDebt = bucket.isInDebt(at: Int64(second) * Self.second)
      #expect(!isInDebt)
    }
    let smaller = TokenBucket(unitsPerSecond: 1, capacitySeconds: 300, from: bucket, at: 1_000 * Self.second)
    #expect(units(smaller, at: 1_000 * Self.second) == 300)
  }
}
