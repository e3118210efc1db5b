import DynamoModel
import LSMTree
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
  /// One for each range.
  package let partitions: [Partition]

  /// - Parameter previous: what stood for the table or index until now, whose units and partitions go on.
  package init(
    arn: String, isIndex: Bool, isProvisioned: Bool, reads: RateLimit?, writes: RateLimit?,
    limitsPartitions: Bool, ranges: PartitionRanges, previous: ResourceAdmission?, at now: Int64
  ) {
    self.arn = arn
    self.isIndex = isIndex
    self.isProvisioned = isProvisioned
    self.limitsPartitions = limitsPartitions
    self.reads = Lane(reads, from: previous, .read, now)
    self.writes = Lane(writes, from: previous, .write, now)
    self.ranges = ranges
    partitions = ranges.lowerBounds.map { bound in
      guard let previous else { return Partition() }
      let position = previous.ranges.position(of: bound)
      return previous.ranges.lowerBounds[position] == bound ? previous.partitions[position] : Partition()
    }
  }

  fileprivate func kind(_ direction: CapacityDirection) -> RateLimit.Kind? {
    direction == .read ? reads.limit?.kind : writes.limit?.kind
  }

  /// Whether a write can be refused at all.
  package var limitsWrites: Bool { limitsPartitions || writes.limit != nil }

  /// The position of the partition that holds a key of the tree, or the beginning of one.
  package func partition(of key: RawSpan) -> Int {
    partitions.count == 1 ? 0 : ranges.position(of: Keyspace.hash(ofKey: key))
  }

  // MARK: Admitting

  /// Why a read of a partition is refused now; nil if it is admitted.
  package func refusalOfRead(_ partition: Int, at now: Int64) -> AdmissionRefusal? {
    if let limit = reads.limit, reads.bucket.isInDebt(at: now) {
      reads.throttled.add(1, ordering: .relaxed)
      return AdmissionRefusal(limit.kind, .read, of: self)
    }
    guard limitsPartitions, partitions[partition].reads.bucket.isInDebt(at: now) else { return nil }
    partitions[partition].reads.countThrottled()
    return AdmissionRefusal(.keyRangeThroughput, .read, of: self)
  }

  /// Why a write to a partition is refused now; nil if it is admitted.
  package func refusalOfWrite(_ partition: Int, at now: Int64) -> AdmissionRefusal? {
    if let limit = writes.limit, writes.bucket.isInDebt(at: now) {
      writes.throttled.add(1, ordering: .relaxed)
      return AdmissionRefusal(limit.kind, .write, of: self)
    }
    guard limitsPartitions, partitions[partition].writes.bucket.isInDebt(at: now) else { return nil }
    partitions[partition].writes.countThrottled()
    return AdmissionRefusal(.keyRangeThroughput, .write, of: self)
  }

  // MARK: Charging

  package func charge(reading units: Double, of partition: Int, at now: Int64) {
    if reads.limit != nil { reads.bucket.take(units, at: now) }
    if limitsPartitions { partitions[partition].reads.bucket.take(units, at: now) }
    partitions[partition].reads.count(units)
  }

  package func charge(writing units: Double, to partition: Int, at now: Int64) {
    if writes.limit != nil { writes.bucket.take(units, at: now) }
    if limitsPartitions { partitions[partition].writes.bucket.take(units, at: now) }
    partitions[partition].writes.count(units)
  }

  /// Takes back a charge for what did not happen after all.
  package func takeBack(_ units: Double, _ direction: CapacityDirection, of partition: Int) {
    switch direction {
    case .read:
      if reads.limit != nil { reads.bucket.giveBack(units) }
      if limitsPartitions { partitions[partition].reads.bucket.giveBack(units) }
      partitions[partition].reads.count(-units)
    case .write:
      if writes.limit != nil { writes.bucket.giveBack(units) }
      if limitsPartitions { partitions[partition].writes.bucket.giveBack(units) }
      partitions[partition].writes.count(-units)
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
