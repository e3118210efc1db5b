/// What becomes of requests: of one table, or of the whole database for those that have none.
@usableFromInline
package final class RequestMeter: Sendable {
  private let cells: MeterCells
  /// The same, for every request: nobody counts a reference of it, which is right while `cells` keeps it.
  private let cellsUncounted: Unmanaged<MeterCells>
  private let operationCount: Int

  private enum Cell {
    static let conditionsFailed = 0
    static let conflicts = 1
    static let userErrors = 2
    static let expired = 3
    /// From here on; eight numbers of an operation are one line of the cache.
    static let operations = 8
    // Of each operation.
    static let successes = 0
    static let timed = 1
    static let nanoseconds = 2
    static let slowest = 3
    /// How much quicker than `slowestNanoseconds` the quickest was: a maximum, too.
    static let quickest = 4
    static let returned = 5
    static let throttled = 6
    static let systemErrors = 7
    static let perOperation = 8
  }

  /// An hour, which is longer than any request.
  private static let slowestNanoseconds = 3_600_000_000_000

  /// - Parameter operationCount: how many of `MeteredOperations.names`, from the first, it can count.
  package init(operationCount: Int) {
    self.operationCount = operationCount
    let cells = MeterCells(count: Cell.operations + operationCount * Cell.perOperation)
    self.cells = cells
    cellsUncounted = .passUnretained(cells)
  }

  /// Another handle of the same numbers, for threads that are to count no references that others count.
  func copy() -> RequestMeter { RequestMeter(copying: self) }

  private init(copying meter: RequestMeter) {
    operationCount = meter.operationCount
    cells = meter.cells
    cellsUncounted = meter.cellsUncounted
  }

  /// Whether requests for an operation are counted here.
  @inline(__always)
  package func counts(operation: Int) -> Bool { operation < operationCount }

  /// Counts a success.
  ///
  /// - Parameter returned: the items it returned, of those that return any number.
  package func countSuccess(operation: Int, returned: Int) {
    let first = Cell.operations + operation * Cell.perOperation
    let row = cellsUncounted._withUnsafeGuaranteedRef { $0.row }
    row.add(1, to: first + Cell.successes)
    if returned != 0 { row.add(returned, to: first + Cell.returned) }
  }

  /// Counts how long a success took that was timed.
  @inline(never)
  package func countTime(operation: Int, nanoseconds: Int) {
    let first = Cell.operations + operation * Cell.perOperation
    let row = cells.row
    row.add(1, to: first + Cell.timed)
    row.add(nanoseconds, to: first + Cell.nanoseconds)
    row.raise(first + Cell.slowest, to: nanoseconds)
    row.raise(first + Cell.quickest, to: Self.slowestNanoseconds - nanoseconds)
  }

  /// Counts an answer with an error, except of those errors that belong to the database as a whole.
  package func countFailure(operation: Int, _ code: ErrorCode) {
    let first = Cell.operations + operation * Cell.perOperation
    switch code {
    case .conditionalCheckFailed: cells.add(1, to: Cell.conditionsFailed)
    case .transactionConflict, .transactionCanceled: break
    case .provisionedThroughputExceeded, .throttling, .requestLimitExceeded:
      cells.add(1, to: first + Cell.throttled)
    case .internalServerError, .serviceUnavailable: cells.add(1, to: first + Cell.systemErrors)
    default: break
    }
    if code == .transactionConflict { cells.add(1, to: Cell.conflicts) }
  }

  /// Counts a request one of whose actions was refused for its rate.
  package func countThrottled(operation: Int) {
    cells.add(1, to: Cell.operations + operation * Cell.perOperation + Cell.throttled)
  }

  package func countConflicts(_ count: Int) { cells.add(count, to: Cell.conflicts) }
  package func countConditionFailures(_ count: Int) { cells.add(count, to: Cell.conditionsFailed) }
  package func countUserError() { cells.add(1, to: Cell.userErrors) }
  package func countExpired(_ count: Int) { cells.add(count, to: Cell.expired) }

  /// What was counted since the meter was made.
  package var totals: Totals { Totals(cells: cells.totals) }

  /// The quickest and the slowest request of an operation since they were last taken, in nanoseconds.
  fileprivate func takeExtremes(_ operation: Int) -> (quickest: Int, slowest: Int) {
    let first = Cell.operations + operation * Cell.perOperation
    let slowest = cells.takeMaxima(first + Cell.slowest)
    return (Self.slowestNanoseconds - cells.takeMaxima(first + Cell.quickest), slowest)
  }

  package struct Totals: Sendable {
    fileprivate var cells: [Int]

    package init() { cells = [] }
    fileprivate init(cells: [Int]) { self.cells = cells }

    /// The numbers that changed since an earlier moment, by their names.
    ///
    /// - Parameter meter: the meter whose extremes are taken; nil leaves them and tells none.
    package func forEachMetric(
      since earlier: Totals, taking meter: RequestMeter?,
      _ body: (_ metric: MetricName, _ operation: String?, MetricStatistics) -> Void
    ) {
      func change(_ cell: Int) -> Int { cells[cell] - (earlier.cells.isEmpty ? 0 : earlier.cells[cell]) }
      func report(_ metric: MetricName, _ cell: Int, _ operation: String? = nil, samples: Int? = nil) {
        let sum = change(cell)
        guard sum != 0 else { return }
        let sampled = samples.map { MetricStatistics(sampleCount: $0, sum: Double(sum)) }
        body(metric, operation, sampled ?? MetricStatistics(count: sum))
      }
      report(.conditionalCheckFailedRequests, Cell.conditionsFailed)
      report(.transactionConflict, Cell.conflicts)
      report(.userErrors, Cell.userErrors)
      report(.timeToLiveDeletedItemCount, Cell.expired)
      for (operation, name) in MeteredOperations.names.enumerated() {
        let first = Cell.operations + operation * Cell.perOperation
        guard first < cells.count else { break }
        let successes = change(first + Cell.successes)
        report(.successfulRequests, first + Cell.successes, name)
        report(.returnedItemCount, first + Cell.returned, name, samples: successes)
        report(.throttledRequests, first + Cell.throttled, name)
        report(.systemErrors, first + Cell.systemErrors, name)
        let timed = change(first + Cell.timed)
        guard timed > 0 else { continue }
        let sum = Double(change(first + Cell.nanoseconds)) / 1e6
        var statistics = MetricStatistics(sampleCount: timed, sum: sum)
        if let (quickest, slowest) = meter?.takeExtremes(operation), slowest > 0 {
          // One that was timed just now may be among the extremes and not yet in the sum.
          statistics.minimum = min(Double(quickest) / 1e6, statistics.average)
          statistics.maximum = max(Double(slowest) / 1e6, statistics.average)
        }
        body(.successfulRequestLatency, name, statistics)
      }
    }
  }
}
