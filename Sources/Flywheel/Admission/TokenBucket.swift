import Synchronization

/// A bucket of capacity units that fills at a steady rate and is emptied by requests.
///
/// **One number.** A bucket is the moment at which it was, or will be, empty: at `now` it holds what the rate has
/// given since then, and no more than its capacity, which is so many seconds of its rate. Taking units moves the moment
/// on by the time in which they come back. So a bucket needs no timer that fills it and no lock: it is read with one
/// load and changed with one compare-and-swap, and a clock that jumps an hour ahead does what an hour would have done.
///
/// **Debt.** A bucket gives whatever is taken, also more than it holds; then the moment lies ahead, and until it has
/// come the bucket `isInDebt` and nothing should be taken. So a request whose size is known only afterwards is admitted
/// on what is there, and the debt is no more than the requests that were under way together. What is admitted in any
/// stretch of time is at most rate × time + capacity + that debt; and whenever the bucket is not in debt, what asks is
/// admitted: no demand goes unserved while there are units.
///
/// Rejected: local buckets for each thread that draw on the table's in portions, as the service's routers do. It takes
/// one shared cache line less off the path, and makes a table of one unit a second wait for what another thread holds.
package struct TokenBucket: ~Copyable, Sendable {
  /// The rate, in units a second.
  package let unitsPerSecond: Double
  /// How many seconds' units it holds when full.
  package let capacitySeconds: Int

  private let nanosecondsPerUnit: Double
  private let capacityNanoseconds: Int64
  private let emptied: Atomic<Int64>

  /// Before any moment, by so much that no arithmetic on it overflows.
  private static let longAgo = Int64.min / 4

  /// A full bucket.
  package init(unitsPerSecond: Int, capacitySeconds: Int) {
    self.init(unitsPerSecond, capacitySeconds, emptied: Self.longAgo)
  }

  /// A bucket that holds what another one does, or as much of it as goes in.
  package init(
    unitsPerSecond: Int, capacitySeconds: Int, from other: borrowing TokenBucket, at now: Int64
  ) {
    let units = other.units(at: now)
    let nanoseconds = units * 1e9 / Double(unitsPerSecond)
    self.init(unitsPerSecond, capacitySeconds, emptied: now - Int64(nanoseconds.rounded()))
  }

  private init(_ unitsPerSecond: Int, _ capacitySeconds: Int, emptied: Int64) {
    precondition(unitsPerSecond > 0 && capacitySeconds > 0)
    self.unitsPerSecond = Double(unitsPerSecond)
    self.capacitySeconds = capacitySeconds
    nanosecondsPerUnit = 1e9 / Double(unitsPerSecond)
    capacityNanoseconds = Int64(capacitySeconds) * 1_000_000_000
    self.emptied = Atomic(emptied)
  }

  /// Whether more was taken than has come since.
  package func isInDebt(at now: Int64) -> Bool {
    emptied.load(ordering: .relaxed) > now
  }

  /// How many units it holds; negative when in debt.
  package func units(at now: Int64) -> Double {
    Double(min(now - emptied.load(ordering: .relaxed), capacityNanoseconds)) / nanosecondsPerUnit
  }

  /// Takes units, whether they are there or not.
  package func take(_ units: Double, at now: Int64) {
    let nanoseconds = Int64((units * nanosecondsPerUnit).rounded())
    let earliest = now - capacityNanoseconds
    var seen = emptied.load(ordering: .relaxed)
    while true {
      let (exchanged, original) = emptied.weakCompareExchange(
        expected: seen, desired: max(seen, earliest) + nanoseconds, ordering: .relaxed)
      if exchanged { return }
      seen = original
    }
  }

  /// Gives back units that were taken for something that did not happen.
  package func giveBack(_ units: Double) {
    emptied.subtract(Int64((units * nanosecondsPerUnit).rounded()), ordering: .relaxed)
  }
}
