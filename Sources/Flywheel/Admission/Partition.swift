import Synchronization

/// A partition of a table or a global index: a range of the hashes of partition keys, and what is kept for it while the
/// database is open. Where the range ends is said by `PartitionRanges`; a partition that is split goes, and two new ones
/// come.
///
/// What every request writes of it is its bucket here, and its units in the thread's row of the table's meter.
package final class Partition: Sendable {
  /// What is kept for one direction, none of it by every request.
  package struct Lane: ~Copyable, Sendable {
    fileprivate let throttled = Atomic<Int>(0)
    /// How many minutes on end the partition was asked for nearly all that it can give, or more.
    fileprivate let hotMinutes = Atomic<Int>(0)
    fileprivate let unitsAtMinute = Mutex(0.0)
    fileprivate let throttledAtMinute = Atomic<Int>(0)

    /// Requests refused so far because the partition had given what it can.
    package var throttledRequests: Int { throttled.load(ordering: .relaxed) }
  }

  /// The number under which the table's meter counts its units.
  package let number: Int
  let lines: OwnLines<PartitionLines>
  package let reads = Lane()
  package let writes = Lane()
  private let sketch = Mutex(KeySketch())

  package init(_ hashes: ClosedRange<UInt64>, number: Int) {
    self.number = number
    lines = OwnLines(PartitionLines(hashes, number: number))
  }

  /// The keys that it is asked for.
  package var keys: KeySketch { sketch.withLock { $0 } }

  /// Notes one of the keys that it is asked for; passed over if another thread is looking.
  func note(_ hash: UInt64) { sketch.withLockIfAvailable { $0.add(hash) } }

  /// Counts a request that was refused because the partition had given what it can.
  func countThrottled(_ direction: CapacityDirection) {
    switch direction {
    case .read: reads.throttled.wrappingAdd(1, ordering: .relaxed)
    case .write: writes.throttled.wrappingAdd(1, ordering: .relaxed)
    }
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
  ///
  /// - Parameter meter: what counts its units.
  func endMinute(of meter: ResourceMeter, silentMinutes: Int64) -> Minute {
    let (readUnits, readMinutes) = Self.endMinute(
      reads, meter.consumedUnits(.read, ofPartition: number), RateLimit.partitionReadUnitsPerSecond)
    let (writeUnits, writeMinutes) = Self.endMinute(
      writes, meter.consumedUnits(.write, ofPartition: number), RateLimit.partitionWriteUnitsPerSecond)
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
    _ lane: borrowing Lane, _ consumedUnits: Double, _ unitsPerSecond: Int
  ) -> (units: Double, hotMinutes: Int) {
    let throttled = lane.throttled.load(ordering: .relaxed)
    let used = lane.unitsAtMinute.withLock { known in
      defer { known = consumedUnits }
      return consumedUnits - known
    }
    let refused = throttled - lane.throttledAtMinute.exchange(throttled, ordering: .relaxed)
    let most = Double(unitsPerSecond * ResourceMinutes.seconds)
    let isHot = refused > 0 || used * 100 >= most * hotPercentMin
    let minutes = isHot ? lane.hotMinutes.load(ordering: .relaxed) + 1 : 0
    lane.hotMinutes.store(minutes, ordering: .relaxed)
    return (used, minutes)
  }
}

/// What requests need of a partition, on as few lines as may be: who it is, and what it can give, which is written by those that pay.
struct PartitionLines: ~Copyable, Sendable {
  private let first: UInt64
  private let last: UInt64
  /// The number under which the table's meter counts its units.
  let number: Int
  let reads = TokenBucket(unitsPerSecond: RateLimit.partitionReadUnitsPerSecond, capacitySeconds: 1)
  /// Keeps readers and writers off each other's lines.
  private let padding = InlineArray<8, UInt64>(repeating: 0)
  let writes = TokenBucket(unitsPerSecond: RateLimit.partitionWriteUnitsPerSecond, capacitySeconds: 1)

  init(_ hashes: ClosedRange<UInt64>, number: Int) {
    first = hashes.lowerBound
    last = hashes.upperBound
    self.number = number
  }

  @inline(__always)
  func holds(_ hash: UInt64) -> Bool { first <= hash && hash <= last }
}
