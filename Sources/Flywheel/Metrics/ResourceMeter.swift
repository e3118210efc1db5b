/// What admission tells of a table or a global index: units used, and requests refused for their rate.
package final class ResourceMeter: Sendable {
  private let cells = MeterCells(count: Cell.count)

  private enum Cell {
    static let readHalves = 0
    static let writeHalves = 1
    static let reads = 2
    static let writes = 3
    /// One for each kind of limit.
    static let readThrottles = 4
    static let writeThrottles = 8
    static let count = 12
  }

  package init() {}

  /// Counts units used by a read or a write. Negative ones were counted for what did not happen after all.
  @inline(__always)
  package func count(_ units: Double, _ direction: CapacityDirection) {
    // Exact: units come in halves.
    let halves = Int(units * 2)
    let row = cells.row
    row.add(halves, to: direction == .read ? Cell.readHalves : Cell.writeHalves)
    row.add(halves < 0 ? -1 : 1, to: direction == .read ? Cell.reads : Cell.writes)
  }

  package func countThrottled(_ kind: RateLimit.Kind, _ direction: CapacityDirection) {
    cells.add(1, to: (direction == .read ? Cell.readThrottles : Cell.writeThrottles) + kind.position)
  }

  /// What was counted since the meter was made.
  package var totals: Totals { Totals(cells.totals) }

  package struct Totals: Sendable, Equatable {
    fileprivate var cells: [Int]

    fileprivate init(_ cells: [Int]) { self.cells = cells }

    package init() { cells = [Int](repeating: 0, count: Cell.count) }

    package var readUnits: Double { Double(cells[Cell.readHalves]) / 2 }
    package var writeUnits: Double { Double(cells[Cell.writeHalves]) / 2 }
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
      report(.consumedReadCapacityUnits, readUnits, samples: cells[Cell.reads])
      report(.consumedWriteCapacityUnits, writeUnits, samples: cells[Cell.writes])
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
