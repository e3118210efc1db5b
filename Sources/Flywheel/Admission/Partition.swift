import Synchronization

/// A partition of a table or a global index: a range of the hashes of partition keys, and what is kept for it while the
/// database is open. Where the range ends is said by `PartitionRanges`; a partition that is split goes, and two new ones
/// come.
package final class Partition: Sendable {
  /// What is kept for one direction. Units are counted in halves, since a read may cost half of one.
  package struct Lane: ~Copyable, Sendable {
    package let bucket: TokenBucket
    fileprivate let consumedHalves = Atomic<Int>(0)
    fileprivate let throttled = Atomic<Int>(0)
    /// How many minutes on end the partition was asked for nearly all that it can give, or more.
    fileprivate let hotMinutes = Atomic<Int>(0)
    fileprivate let halvesAtMinute = Atomic<Int>(0)
    fileprivate let throttledAtMinute = Atomic<Int>(0)

    fileprivate init(unitsPerSecond: Int) {
      bucket = TokenBucket(unitsPerSecond: unitsPerSecond, capacitySeconds: 1)
    }

    /// Units used so far.
    package var consumedUnits: Double { Double(consumedHalves.load(ordering: .relaxed)) / 2 }
    /// Requests refused so far because the partition had given what it can.
    package var throttledRequests: Int { throttled.load(ordering: .relaxed) }
  }

  package let reads: Lane
  /// Keeps readers and writers off each other's cache line.
  private let padding = InlineArray<8, UInt64>(repeating: 0)
  package let writes: Lane
  private let sketch = Mutex(KeySketch())

  package init() {
    reads = Lane(unitsPerSecond: RateLimit.partitionReadUnitsPerSecond)
    writes = Lane(unitsPerSecond: RateLimit.partitionWriteUnitsPerSecond)
  }

  /// The keys that it is asked for.
  package var keys: KeySketch { sketch.withLock { $0 } }

  package func countRead(_ units: Double, of hash: UInt64) { count(units, hash, reads.consumedHalves) }
  package func countWrite(_ units: Double, of hash: UInt64) { count(units, hash, writes.consumedHalves) }
  package func uncountRead(_ units: Double) {
    reads.consumedHalves.add(-Self.halves(units), ordering: .relaxed)
  }
  package func uncountWrite(_ units: Double) {
    writes.consumedHalves.add(-Self.halves(units), ordering: .relaxed)
  }

  /// Counts a request that was refused because the partition had given what it can.
  func countThrottled(_ direction: CapacityDirection) {
    switch direction {
    case .read: reads.throttled.add(1, ordering: .relaxed)
    case .write: writes.throttled.add(1, ordering: .relaxed)
    }
  }

  private static func halves(_ units: Double) -> Int { Int((units * 2).rounded()) }

  /// One in eight requests is looked at, and passed over if another thread is looking: which ones follows from the count,
  /// turned over so that no regular pattern of requests is always met in the same phase.
  private func count(_ units: Double, _ hash: UInt64, _ halves: borrowing Atomic<Int>) {
    let sum = halves.add(Self.halves(units), ordering: .relaxed).newValue
    guard UInt64(truncatingIfNeeded: sum) &* 0x9E37_79B9_7F4A_7C15 < UInt64.max / 8 else { return }
    _ = sketch.withLockIfAvailable { $0.add(hash) }
  }

  // MARK: Minutes

  /// For how many minutes on end a partition must be hot to be split.
  private static let hotMinutesMin = 2
  /// From what part of its units on a partition is hot, in percent.
  private static let hotPercentMin = 75.0

  /// What a minute was like.
  struct Minute {
    var readUnits: Double
    var writeUnits: Double
    /// What a split would do, if the partition has been hot for long enough; nil if it has not.
    var advice: KeySketch.SplitAdvice?
  }

  /// Ends a minute, behind which so many went by in silence. Called by one thread at a time.
  func endMinute(silentMinutes: Int64) -> Minute {
    let (readUnits, readMinutes) = Self.endMinute(reads, RateLimit.partitionReadUnitsPerSecond)
    let (writeUnits, writeMinutes) = Self.endMinute(writes, RateLimit.partitionWriteUnitsPerSecond)
    let isHot = max(readMinutes, writeMinutes) >= Self.hotMinutesMin
    if silentMinutes > 0 {
      reads.hotMinutes.store(0, ordering: .relaxed)
      writes.hotMinutes.store(0, ordering: .relaxed)
    }
    return sketch.withLock { sketch in
      let advice = isHot ? sketch.advice : nil
      sketch.age(minutes: silentMinutes + 1)
      return Minute(readUnits: readUnits, writeUnits: writeUnits, advice: advice)
    }
  }

  private static func endMinute(
    _ lane: borrowing Lane, _ unitsPerSecond: Int
  ) -> (units: Double, hotMinutes: Int) {
    let halves = lane.consumedHalves.load(ordering: .relaxed)
    let throttled = lane.throttled.load(ordering: .relaxed)
    let used = Double(halves - lane.halvesAtMinute.exchange(halves, ordering: .relaxed)) / 2
    let refused = throttled - lane.throttledAtMinute.exchange(throttled, ordering: .relaxed)
    let most = Double(unitsPerSecond * ResourceMinutes.seconds)
    let isHot = refused > 0 || used * 100 >= most * hotPercentMin
    let minutes = isHot ? lane.hotMinutes.load(ordering: .relaxed) + 1 : 0
    lane.hotMinutes.store(minutes, ordering: .relaxed)
    return (used, minutes)
  }
}
