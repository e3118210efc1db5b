/// What requests ask and write of a `ResourceAdmission`, which keeps all of it: numbers and addresses, no references.
///
/// **Threads pay later.** To ask is two loads. To charge is to add to the thread's own row (`UsageRows`), and a thread pays, by a
/// compare-and-swap at a bucket that all write, once it owes that bucket 1/1,024 of what it gives in a second; for each request on its
/// own where that is less than a unit. So a table of less than 1,024 units a second knows of each request when that is
/// answered, as a partition knows of each write; above it, a bucket gives at most 65/1,024 of a second's units more than it
/// should, over any stretch of time. Where nothing is limited, a request is counted and nothing is asked.
///
/// **The clock is asked when it matters.** Time does not go back: a bucket that was not in debt by a moment that somebody saw is not in debt
/// now, whatever the time is. So most requests are admitted by `Moments.latest`, and only who finds a bucket in debt by
/// that, or pays, looks at the clock.
struct AdmissionPath: ~Copyable, Sendable {
  /// The limit of the table or index itself in one direction.
  struct Lane: Sendable, BitwiseCopyable {
    /// Nil if there is no limit.
    let bucket: OwnAddress<TokenBucket>?
    let owedMax: OwedMax

    /// Of a second's units, a thread may owe one part in so many.
    private static let owedPartsOfSecond = 1_024

    /// - Parameter partitionUnitsPerSecond: what a partition gives; nil if that limits nothing.
    init(_ bucket: OwnLines<TokenBucket>?, partitionUnitsPerSecond: Int?) {
      func most(_ unitsPerSecond: Int) -> Int { max(1, unitsPerSecond * 2 / Self.owedPartsOfSecond) }
      self.bucket = bucket?.address
      owedMax = OwedMax(
        table: bucket.map { most($0.address.pointer.pointee.unitsPerSecond) } ?? 0,
        partition: partitionUnitsPerSecond.map(most) ?? 0)
    }

    @inline(__always)
    func isInDebt(at now: Int64) -> Bool { bucket?.pointer.pointee.isInDebt(at: now) ?? false }
  }

  let reads: Lane
  let writes: Lane
  /// Whether a read or a write can be refused at all.
  let limitsReads: Bool
  let limitsWrites: Bool
  /// Whether a partition that has given what it can refuses more.
  let limitsPartitions: Bool
  let map: PartitionMap
  /// What is counted.
  let rows: OwnAddress<UsageRows>
  let moments: OwnAddress<Moments>

  // MARK: Asking

  /// Whether a read at the partition at a position is admitted.
  @inline(__always)
  func admitsRead(at position: Int, _ now: Int64) -> Bool {
    if reads.isInDebt(at: now) { return false }
    return !limitsPartitions || !map.lines(at: position).pointer.pointee.reads.isInDebt(at: now)
  }

  @inline(__always)
  func admitsWrite(at position: Int, _ now: Int64) -> Bool {
    if writes.isInDebt(at: now) { return false }
    return !limitsPartitions || !map.lines(at: position).pointer.pointee.writes.isInDebt(at: now)
  }

  // MARK: Charging

  /// The calling thread's row for the partition at a position.
  @inline(__always)
  func row(at position: Int) -> UsageRows.Row {
    rows.pointer.pointee.row(for: map.lines(at: position).pointer.pointee.number)
  }

  /// Whether a thread pays a bucket when it is charged half units that it read, and so must know the time.
  @inline(__always)
  func pays(readHalves halves: Int, _ row: UsageRows.Row) -> Bool {
    limitsReads && row.pays(halves, .read, reads.owedMax)
  }

  /// Charges half units that were read in the partition at a position, or takes them back if they are less than none.
  ///
  /// - Parameter now: the moment, if `pays` said so.
  /// - Returns: whether this is one of the requests that are to be looked at.
  @inline(__always)
  func charge(readHalves halves: Int, at position: Int, _ row: UsageRows.Row, _ now: Int64) -> Bool {
    let counted = row.count(halves, .read, reads.owedMax)
    if counted.toTable != 0, let bucket = reads.bucket {
      Self.pay(counted.toTable, to: bucket.pointer.pointee, now)
    }
    if counted.toPartition != 0, limitsPartitions {
      Self.pay(counted.toPartition, to: map.lines(at: position).pointer.pointee.reads, now)
    }
    return Self.isSampled(counted.requests)
  }

  /// The same of half units that were written.
  func charge(writeHalves halves: Int, at position: Int, _ row: UsageRows.Row, _ now: Int64) -> Bool {
    let counted = row.count(halves, .write, writes.owedMax)
    if counted.toTable != 0, let bucket = writes.bucket {
      Self.pay(counted.toTable, to: bucket.pointer.pointee, now)
    }
    if counted.toPartition != 0, limitsPartitions {
      Self.pay(counted.toPartition, to: map.lines(at: position).pointer.pointee.writes, now)
    }
    return Self.isSampled(counted.requests)
  }

  @inline(__always)
  private static func pay(_ halves: Int, to bucket: borrowing TokenBucket, _ now: Int64) {
    if halves > 0 { bucket.take(halves: halves, at: now) } else { bucket.giveBack(halves: -halves) }
  }

  /// One request in sixteen is looked at: which ones follows from the thread's count, turned over so that no regular pattern of
  /// requests is always met in the same phase.
  @inline(__always)
  private static func isSampled(_ requests: Int) -> Bool {
    UInt64(truncatingIfNeeded: requests) &* 0x9E37_79B9_7F4A_7C15 < UInt64.max / 16
  }
}
