import Synchronization

/// What admission counts of a table or a global index, however often that is set up anew: units used, of the whole and of each
/// partition, and requests refused for their rate.
package final class ResourceMeter: Sendable {
  let rows = OwnLines(UsageRows(wholeCells: Cell.count, partitionCells: Cell.countOfPartition))
  /// How many partitions there have been.
  private let partitionCount = Atomic<Int>(0)

  fileprivate enum Cell {
    // Of each direction: half units used, requests that used them, and half units of a thread that its table's bucket knows of.
    static let reads = 0
    static let writes = 3
    static let halves = 0
    static let requests = 1
    static let posted = 2
    /// One for each kind of limit.
    static let readThrottles = 6
    static let writeThrottles = 10
    static let count = 14
    // Of each partition and each direction: half units used, and those of a thread that its bucket knows of.
    static let partitionReads = 0
    static let partitionWrites = 2
    static let partitionHalves = 0
    static let partitionPosted = 1
    static let countOfPartition = 4
  }

  package init() {}

  /// A number for a new partition, under which its units are counted.
  func addPartition() -> Int { partitionCount.wrappingAdd(1, ordering: .relaxed).oldValue }

  func countThrottled(_ kind: RateLimit.Kind, _ direction: CapacityDirection) {
    let cell = direction == .read ? Cell.readThrottles : Cell.writeThrottles
    rows.address.pointer.pointee.row(for: 0).add(1, to: cell + kind.position)
  }

  /// Units used of a partition.
  package func consumedUnits(_ direction: CapacityDirection, ofPartition number: Int) -> Double {
    let cell = Cell.partitionHalves + (direction == .read ? Cell.partitionReads : Cell.partitionWrites)
    return Double(rows.address.pointer.pointee.sum(of: cell, ofPartition: number)) / 2
  }

  /// What was counted since the meter was made.
  package var totals: Totals { Totals((0..<Cell.count).map { rows.address.pointer.pointee.sum(of: $0) }) }

  package struct Totals: Sendable, Equatable {
    fileprivate var cells: [Int]

    fileprivate init(_ cells: [Int]) { self.cells = cells }

    package init() { cells = [Int](repeating: 0, count: Cell.count) }

    package var readUnits: Double { Double(cells[Cell.reads + Cell.halves]) / 2 }
    package var writeUnits: Double { Double(cells[Cell.writes + Cell.halves]) / 2 }
    package var readThrottles: Int { cells[Cell.readThrottles..<Cell.readThrottles + 4].reduce(0, +) }
    package var writeThrottles: Int { cells[Cell.writeThrottles..<Cell.writeThrottles + 4].reduce(0, +) }

    /// What is to be told by the moment of `later`: no number goes back. What was told and is taken back since is
    /// taken from what comes.
    package func advanced(to later: Totals) -> Totals {
      Totals(zip(cells, later.cells).map { max($0, $1) })
    }

    /// What came between an earlier moment and this one.
    package func since(_ earlier: Totals) -> Totals {
      Totals(zip(cells, earlier.cells).map { $0 - $1 })
    }

    /// The numbers by their names, those that are 0 left out.
    package func forEachMetric(_ body: (MetricName, MetricStatistics) -> Void) {
      func report(_ metric: MetricName, _ units: Double, samples: Int) {
        guard units != 0 else { return }
        body(metric, MetricStatistics(sampleCount: max(1, samples), sum: units))
      }
      func report(_ metric: MetricName, _ count: Int) {
        if count != 0 { body(metric, MetricStatistics(count: count)) }
      }
      report(.consumedReadCapacityUnits, readUnits, samples: cells[Cell.reads + Cell.requests])
      report(.consumedWriteCapacityUnits, writeUnits, samples: cells[Cell.writes + Cell.requests])
      report(.readThrottleEvents, readThrottles)
      report(.writeThrottleEvents, writeThrottles)
      for (position, kind) in Self.kinds.enumerated() {
        report(kind.read, cells[Cell.readThrottles + position])
        report(kind.write, cells[Cell.writeThrottles + position])
      }
    }

    /// In the order of `RateLimit.Kind.position`.
    private static let kinds: [(read: MetricName, write: MetricName)] = [
      (.readProvisionedThroughputThrottleEvents, .writeProvisionedThroughputThrottleEvents),
      (.readMaxOnDemandThroughputThrottleEvents, .writeMaxOnDemandThroughputThrottleEvents),
      (.readKeyRangeThroughputThrottleEvents, .writeKeyRangeThroughputThrottleEvents),
      (.readAccountLimitThrottleEvents, .writeAccountLimitThrottleEvents),
    ]
  }
}

/// How many half units a thread may owe a table's bucket and a partition's, and one more: 0 where there is none.
struct OwedMax: Sendable, BitwiseCopyable {
  var table: Int
  var partition: Int
}

extension UsageRows.Row {
  private typealias Cell = ResourceMeter.Cell

  @inline(__always)
  private static func whole(_ direction: CapacityDirection) -> Int {
    direction == .read ? Cell.reads : Cell.writes
  }

  @inline(__always)
  private static func part(_ direction: CapacityDirection) -> Int {
    direction == .read ? Cell.partitionReads : Cell.partitionWrites
  }

  /// What the thread owes the table's bucket and the partition's.
  @inline(__always)
  private func owed(_ direction: CapacityDirection) -> (table: Int, partition: Int) {
    let (whole, part) = (Self.whole(direction), Self.part(direction))
    return (
      value(of: whole + Cell.halves) &- value(of: whole + Cell.posted),
      value(ofPartition: part + Cell.partitionHalves) &- value(ofPartition: part + Cell.partitionPosted)
    )
  }

  /// Whether the thread pays a bucket when it counts so many half units.
  @inline(__always)
  func pays(_ halves: Int, _ direction: CapacityDirection, _ max: OwedMax) -> Bool {
    let owed = owed(direction)
    func pays(_ owed: Int, _ max: Int) -> Bool { max > 0 && (owed &+ halves).magnitude >= max }
    return isShared || pays(owed.table, max.table) || pays(owed.partition, max.partition)
  }

  /// What came of counting a request.
  struct Counted {
    /// How many half units the thread pays the table's bucket, and the partition's.
    var toTable: Int
    var toPartition: Int
    /// How many requests the thread has counted.
    var requests: Int
  }

  /// Counts half units used of the partition; negative ones were counted for what did not happen after all.
  @inline(__always)
  func count(_ halves: Int, _ direction: CapacityDirection, _ max: OwedMax) -> Counted {
    let (whole, part) = (Self.whole(direction), Self.part(direction))
    let partTotal = add(halves, toPartition: part + Cell.partitionHalves)
    let total = add(halves, to: whole + Cell.halves)
    let requests = add(halves < 0 ? -1 : 1, to: whole + Cell.requests)
    // Of those that share a row, none knows what is another's: they owe nothing.
    guard !isShared else { return Counted(toTable: halves, toPartition: halves, requests: requests) }
    var counted = Counted(toTable: 0, toPartition: 0, requests: requests)
    let owed = total &- value(of: whole + Cell.posted)
    if owed.magnitude >= max.table {
      set(whole + Cell.posted, to: total)
      counted.toTable = owed
    }
    let partOwed = partTotal &- value(ofPartition: part + Cell.partitionPosted)
    if partOwed.magnitude >= max.partition {
      set(partition: part + Cell.partitionPosted, to: partTotal)
      counted.toPartition = partOwed
    }
    return counted
  }
}

extension RateLimit.Kind {
  fileprivate var position: Int {
    switch self {
    case .provisionedThroughput: 0
    case .maxOnDemandThroughput: 1
    case .keyRangeThroughput: 2
    case .accountLimit: 3
    }
  }
}
