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
/// **No lock**, and no reference counted on the way of a request: what it asks and writes is said by `AdmissionPath`, which is reached
/// by address. Who stands on a `Table` stands on all this.
///
/// What it is set up with is immutable: a table that changes its throughput or splits a partition is a new `Table` with a
/// new one of these. The partitions, what is counted, and a bucket whose limit stays are the same in both, so that nothing is
/// lost of a request that still stands on the old one; a new limit takes over what the old one's bucket holds.
///
/// **What is not kept** is how full the buckets are: a database that is opened again has full ones.
package final class ResourceAdmission: Sendable {
  /// The limit of the table or index itself in one direction.
  package struct Lane: Sendable {
    /// Nil if there is none.
    package let limit: RateLimit?
    fileprivate let bucket: OwnLines<TokenBucket>?

    /// - Parameter previous: the same of the table or index until now.
    fileprivate init(_ limit: RateLimit?, from previous: Lane?, _ now: Int64) {
      self.limit = limit
      bucket = limit.map { limit in
        // What was saved under one kind of limit is worth nothing under another.
        guard let previous, let known = previous.bucket, previous.limit?.kind == limit.kind else {
          return OwnLines(
            TokenBucket(unitsPerSecond: limit.unitsPerSecond, capacitySeconds: limit.burstSeconds))
        }
        if previous.limit == limit { return known }
        return OwnLines(
          TokenBucket(
            unitsPerSecond: limit.unitsPerSecond, capacitySeconds: limit.burstSeconds,
            from: known.address.pointer.pointee, at: now))
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
  package let reads: Lane
  package let writes: Lane
  package let ranges: PartitionRanges
  /// What it can take at once.
  let level: WarmLevel
  /// What requests ask and write.
  private let path: OwnLines<AdmissionPath>
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
    reads = Lane(setup.reads, from: previous?.reads, now)
    writes = Lane(setup.writes, from: previous?.writes, now)
    ranges = setup.ranges
    level = setup.level
    meter = previous?.meter ?? ResourceMeter()
    minutes = previous?.minutes ?? ResourceMinutes(setup, at: now)
    setupNumber = minutes.noteSetup()
    var known: [ClosedRange<UInt64>: Partition] = [:]
    for position in 0..<(previous?.ranges.count ?? 0) {
      known[previous!.ranges.range(at: position)] = previous!.partitions[position]
    }
    let meter = meter
    let partitions = (0..<setup.ranges.count).map { position in
      let hashes = setup.ranges.range(at: position)
      return known[hashes] ?? Partition(hashes, number: meter.addPartition())
    }
    let limitsPartitions = setup.limitsPartitions
    path = OwnLines(
      AdmissionPath(
        reads: AdmissionPath.Lane(
          reads.bucket,
          partitionUnitsPerSecond: limitsPartitions ? RateLimit.partitionReadUnitsPerSecond : nil),
        writes: AdmissionPath.Lane(
          writes.bucket,
          partitionUnitsPerSecond: limitsPartitions ? RateLimit.partitionWriteUnitsPerSecond : nil),
        limitsReads: limitsPartitions || setup.reads != nil,
        limitsWrites: limitsPartitions || setup.writes != nil, limitsPartitions: limitsPartitions,
        map: PartitionMap(setup.ranges, partitions), rows: meter.rows.address,
        moments: minutes.moments.address))
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

  /// Where requests find what they ask and write. It lives as long as this.
  var address: OwnAddress<AdmissionPath> { path.address }
  /// One for each range.
  package var partitions: [Partition] { address.pointer.pointee.map.partitions }
  /// Whether a partition that has given what it can refuses more.
  var limitsPartitions: Bool { address.pointer.pointee.limitsPartitions }
  /// Whether a write can be refused at all.
  var limitsWrites: Bool { address.pointer.pointee.limitsWrites }

  private func position(of hash: UInt64) -> Int { address.pointer.pointee.map.position(of: hash) }

  // MARK: Admitting

  /// Why a read of what has a hash is refused now; nil if it is admitted.
  @inline(never)
  package func refusalOfRead(_ hash: UInt64, at now: Int64) -> AdmissionRefusal? {
    let position = position(of: hash)
    if address.pointer.pointee.admitsRead(at: position, now) { return nil }
    if let limit = reads.limit, address.pointer.pointee.reads.isInDebt(at: now) {
      return AdmissionRefusal(limit.kind, .read, of: self)
    }
    return AdmissionRefusal(.keyRangeThroughput, .read, by: partitions[position], of: self)
  }

  /// Why a write of what has a hash is refused now; nil if it is admitted.
  package func refusalOfWrite(_ hash: UInt64, at now: Int64) -> AdmissionRefusal? {
    let position = position(of: hash)
    if address.pointer.pointee.admitsWrite(at: position, now) { return nil }
    if let limit = writes.limit, address.pointer.pointee.writes.isInDebt(at: now) {
      return AdmissionRefusal(limit.kind, .write, of: self)
    }
    return AdmissionRefusal(.keyRangeThroughput, .write, by: partitions[position], of: self)
  }

  // MARK: Charging

  package func charge(reading units: Double, of hash: UInt64, at now: Int64) {
    endMinuteIfDue(at: now)
    let position = position(of: hash)
    let row = address.pointer.pointee.row(at: position)
    let isSampled = address.pointer.pointee.charge(
      readHalves: CapacityUnits.halves(units), at: position, row, now)
    if isSampled { sample(hash, at: position, now) }
  }

  package func charge(writing units: Double, to hash: UInt64, at now: Int64) {
    endMinuteIfDue(at: now)
    let position = position(of: hash)
    let row = address.pointer.pointee.row(at: position)
    let isSampled = address.pointer.pointee.charge(
      writeHalves: CapacityUnits.halves(units), at: position, row, now)
    if isSampled { sample(hash, at: position, now) }
  }

  /// Looks at a request that was charged: at its key and at the minute.
  @inline(never)
  func sample(_ hash: UInt64, at position: Int, _ now: Int64) {
    partitions[position].note(hash)
    endMinuteIfDue(at: now)
  }

  /// Takes back a charge of some moment for what did not happen after all.
  package func takeBack(_ units: Double, _ direction: CapacityDirection, of hash: UInt64, at now: Int64) {
    let halves = -CapacityUnits.halves(units)
    let position = position(of: hash)
    let row = address.pointer.pointee.row(at: position)
    switch direction {
    case .read: _ = address.pointer.pointee.charge(readHalves: halves, at: position, row, now)
    case .write: _ = address.pointer.pointee.charge(writeHalves: halves, at: position, row, now)
    }
  }
}
