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
/// **Integers.** Units are taken in halves, of which the least request costs one. What a half is worth in time is kept in 1/1,024
/// of a nanosecond, so that no rate that a table can have is off by more than one in ten thousand, and one up to 100,000 by no
/// more than one in ten million.
///
/// Rejected: local buckets for each thread that draw on the table's in portions, as the service's routers do. A table of one
/// unit a second would wait for what another thread holds. What threads do instead is to pay later (`ResourceAdmission`).
package struct TokenBucket: ~Copyable, Sendable {
  /// The rate, in units a second.
  package let unitsPerSecond: Int
  /// How many seconds' units it holds when full.
  package let capacitySeconds: Int

  /// In how much time half a unit comes back, in 1/1,024 ns.
  private let timePerHalf: Int64
  private let capacityNanoseconds: Int64
  private let emptied: Atomic<Int64>

  private static let fractionBits: Int64 = 10
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
    let nanoseconds = min(max(units * 1e9 / Double(unitsPerSecond), -1e18), Double(capacitySeconds) * 1e9)
    self.init(unitsPerSecond, capacitySeconds, emptied: now - Int64(nanoseconds.rounded()))
  }

  private init(_ unitsPerSecond: Int, _ capacitySeconds: Int, emptied: Int64) {
    precondition(unitsPerSecond > 0 && capacitySeconds > 0)
    self.unitsPerSecond = unitsPerSecond
    self.capacitySeconds = capacitySeconds
    let halvesPerSecond = Int64(unitsPerSecond) * 2
    timePerHalf = max(1, (1_000_000_000 << Self.fractionBits + halvesPerSecond / 2) / halvesPerSecond)
    capacityNanoseconds = Int64(capacitySeconds) * 1_000_000_000
    self.emptied = Atomic(emptied)
  }

  /// Whether more was taken than has come since.
  @inline(__always)
  package func isInDebt(at now: Int64) -> Bool {
    emptied.load(ordering: .relaxed) > now
  }

  /// How many units it holds; negative when in debt.
  package func units(at now: Int64) -> Double {
    let nanoseconds = min(now - emptied.load(ordering: .relaxed), capacityNanoseconds)
    return Double(nanoseconds) / 1e9 * Double(unitsPerSecond)
  }

  /// Takes half units, whether they are there or not.
  @inline(__always)
  package func take(halves: Int, at now: Int64) {
    let nanoseconds = nanoseconds(halves)
    let earliest = now - capacityNanoseconds
    var seen = emptied.load(ordering: .relaxed)
    while true {
      let (exchanged, original) = emptied.weakCompareExchange(
        expected: seen, desired: max(seen, earliest) &+ nanoseconds, ordering: .relaxed)
      if exchanged { return }
      seen = original
    }
  }

  /// Gives back half units that were taken for something that did not happen.
  package func giveBack(halves: Int) {
    emptied.wrappingSubtract(nanoseconds(halves), ordering: .relaxed)
  }

  @inline(__always)
  private func nanoseconds(_ halves: Int) -> Int64 {
    (Int64(halves) * timePerHalf + 1 << (Self.fractionBits - 1)) >> Self.fractionBits
  }
}
