import DynamoModel
import Synchronization

/// What decides whether reads and writes of one table or one global index are admitted: its own buckets, and those
/// of its partitions.
///
/// **Two buckets stand in every request's way**, as in the service's account of itself (USENIX ATC '22): the table's,
/// which is what the user pays for, with 300 s of units kept for bursts; and the partition's, which is what the
/// storage behind one range of keys can give, and keeps nothing. A request is refused by the first that is in debt,
/// and then changes nothing and is charged nothing.
///
/// **No lock.** All that changes is atomic: two compare-and-swaps and one addition a request. What it is set up with
/// is immutable: a table that changes its throughput or splits a partition is a new `Table` with a new one of these,
/// which takes over what the old one's buckets hold, and the partitions themselves.
///
/// **What is not kept** is how full the buckets are: a database that is opened again has full ones.
package final class ResourceAdmission: Sendable {
  /// A bucket of the table or index itself.
  package struct Lane: ~Copyable, Sendable {
    /// Nil if there is no limit: then the bucket stands for nothing.
    package let limit: RateLimit?
    package let bucket: TokenBucket
    fileprivate let throttled = Atomic<Int>(0)

    fileprivate init(
      _ limit: RateLimit?, from previous: ResourceAdmission?, _ direction: CapacityDirection, _ now: Int64
    ) {
      self.limit = limit
      let rate = limit?.unitsPerSecond ?? 1
      let seconds = limit?.burstSeconds ?? 1
      // What was saved under one kind of limit is worth nothing under another.
      guard let limit, let previous, previous.kind(direction) == limit.kind else {
        bucket = TokenBucket(unitsPerSecond: rate, capacitySeconds: seconds)
        return
      }
      switch direction {
      case .read:
        bucket = TokenBucket(
          unitsPerSecond: rate, capacitySeconds: seconds, from: previous.reads.bucket, at: now)
      case .write:
        bucket = TokenBucket(
          unitsPerSecond: rate, capacitySeconds: seconds, from: previous.writes.bucket, at: now)
      }
    }
  }

  /// The table, or the index's table.
  package let tableName: String
  /// The table's id or the index's.
  package let id: UInt32
  package let arn: String
  package let isIndex: Bool
  package let isProvisioned: Bool
  /// Whether a partition that has given what it can refuses more.
  package let limitsPartitions: Bool
  package let reads: Lane
  /// Keeps readers and writers off each other's cache line.
  private let padding = InlineArray<8, UInt64>(repeating: 0)
  package let writes: Lane
  package let ranges: PartitionRanges
  /// What it can take at once.
  let level: WarmLevel
  /// One for each range.
  package let partitions: [Partition]
  /// What has been used of partitions that are gone since, by being split.
  private let retired: (readUnits: Double, writeUnits: Double)
  let minutes: ResourceMinutes
  /// Which setup of the table or index this is, of those that share its minutes.
  let setupNumber: Int
  /// Counts units and refusals, as metrics tell them.
  package let meter: ResourceMeter

  /// - Parameter previous: what stood for the table or index until now, whose units and partitions go on.
  init(_ setup: Setup, previous: ResourceAdmission?, at now: Int64) {
    tableName = setup.tableName
    id = setup.id
    arn = setup.arn
    isIndex = setup.isIndex
    isProvisioned = setup.isProvisioned
    limitsPartitions = setup.limitsPartitions
    reads = Lane(setup.reads, from: previous, .read, now)
    writes = Lane(setup.writes, from: previous, .write, now)
    ranges = setup.ranges
    level = setup.level
    meter = previous?.meter ?? ResourceMeter()
    minutes = previous?.minutes ?? ResourceMinutes(setup, at: now)
    setupNumber = minutes.noteSetup()
    var left: [ClosedRange<UInt64>: Partition] = [:]
    for position in 0..<(previous?.ranges.count ?? 0) {
      left[previous!.ranges.range(at: position)] = previous!.partitions[position]
    }
    partitions = (0..<setup.ranges.count).map { position in
      left.removeValue(forKey: setup.ranges.range(at: position)) ?? Partition()
    }
    var retired: (readUnits: Double, writeUnits: Double) = previous?.retired ?? (0, 0)
    for partition in left.values {
      retired.readUnits += partition.reads.consumedUnits
      retired.writeUnits += partition.writes.consumedUnits
    }
    self.retired = retired
  }

  /// What a table or an index is set up with.
  struct Setup {
    var tableName: String
    var id: UInt32
    var arn: String
    var isIndex: Bool
    var isProvisioned: Bool
    var reads: RateLimit?
    var writes: RateLimit?
    var limitsPartitions: Bool
    var ranges: PartitionRanges
    var level: WarmLevel
    var counters: ItemCounters
    var partitionBytesMax: Int
    var bell: MinuteBell
  }

  fileprivate func kind(_ direction: CapacityDirection) -> RateLimit.Kind? {
    direction == .read ? reads.limit?.kind : writes.limit?.kind
  }

  /// Whether a write can be refused at all.
  package var limitsWrites: Bool { limitsPartitions || writes.limit != nil }

  private func partition(of hash: UInt64) -> Partition {
    partitions.count == 1 ? partitions[0] : partitions[ranges.position(of: hash)]
  }

  // MARK: Admitting

  /// Why a read of what has a hash is refused now; nil if it is admitted.
  package func refusalOfRead(_ hash: UInt64, at now: Int64) -> AdmissionRefusal? {
    if let limit = reads.limit, reads.bucket.isInDebt(at: now) {
      return AdmissionRefusal(limit.kind, .read, of: self)
    }
    guard limitsPartitions else { return nil }
    let partition = partition(of: hash)
    guard partition.reads.bucket.isInDebt(at: now) else { return nil }
    return AdmissionRefusal(.keyRangeThroughput, .read, by: partition, of: self)
  }

  /// Why a write of what has a hash is refused now; nil if it is admitted.
  package func refusalOfWrite(_ hash: UInt64, at now: Int64) -> AdmissionRefusal? {
    if let limit = writes.limit, writes.bucket.isInDebt(at: now) {
      return AdmissionRefusal(limit.kind, .write, of: self)
    }
    guard limitsPartitions else { return nil }
    let partition = partition(of: hash)
    guard partition.writes.bucket.isInDebt(at: now) else { return nil }
    return AdmissionRefusal(.keyRangeThroughput, .write, by: partition, of: self)
  }

  // MARK: Charging

  package func charge(reading units: Double, of hash: UInt64, at now: Int64) {
    endMinuteIfDue(at: now)
    if reads.limit != nil { reads.bucket.take(units, at: now) }
    let partition = partition(of: hash)
    if limitsPartitions { partition.reads.bucket.take(units, at: now) }
    partition.countRead(units, of: hash)
    meter.count(units, .read)
  }

  package func charge(writing units: Double, to hash: UInt64, at now: Int64) {
    endMinuteIfDue(at: now)
    if writes.limit != nil { writes.bucket.take(units, at: now) }
    let partition = partition(of: hash)
    if limitsPartitions { partition.writes.bucket.take(units, at: now) }
    partition.countWrite(units, of: hash)
    meter.count(units, .write)
  }

  /// Takes back a charge for what did not happen after all.
  package func takeBack(_ units: Double, _ direction: CapacityDirection, of hash: UInt64) {
    meter.count(-units, direction)
    let partition = partition(of: hash)
    switch direction {
    case .read:
      if reads.limit != nil { reads.bucket.giveBack(units) }
      if limitsPartitions { partition.reads.bucket.giveBack(units) }
      partition.uncountRead(units)
    case .write:
      if writes.limit != nil { writes.bucket.giveBack(units) }
      if limitsPartitions { partition.writes.bucket.giveBack(units) }
      partition.uncountWrite(units)
    }
  }

  // MARK: What was used

  /// Units used since the table or index was made or the database opened, whichever was later.
  package func consumedUnits(_ direction: CapacityDirection) -> Double {
    switch direction {
    case .read: partitions.reduce(retired.readUnits) { $0 + $1.reads.consumedUnits }
    case .write: partitions.reduce(retired.writeUnits) { $0 + $1.writes.consumedUnits }
    }
  }

  /// Requests refused because of the table's or index's own limit.
  package func throttledRequests(_ direction: CapacityDirection) -> Int {
    (direction == .read ? reads.throttledCount : writes.throttledCount)
  }
}

extension ResourceAdmission.Lane {
  fileprivate var throttledCount: Int { throttled.load(ordering: .relaxed) }
}
