import Synchronization

/// Time that goes by as a clock does, but never back: where the clock is set back, it goes on from where it was.
///
/// What lies less than a second behind the latest that was read is not taken for a clock that was set back: two threads may
/// read it in one order and come here in the other.
final class SteadyTime: Sendable {
  private static let setBackNanosecondsMin: Int64 = 1_000_000_000

  /// The latest time that was told.
  private let latest = Atomic<Int64>(.min / 2)
  /// What is added to the clock, for what it was set back in all.
  private let shift = Atomic<Int64>(0)

  /// The time now.
  func time(of clock: DatabaseClock) -> Int64 {
    // The shift is read first: a time from before the clock was set back is never added to the shift that came of that.
    let shift = shift.load(ordering: .acquiring)
    let time = clock.elapsedNanoseconds &+ shift
    // Looked at before it is written: a clock of coarse steps tells many threads the same.
    let known = latest.load(ordering: .relaxed)
    let latest = time > known ? latest.max(time, ordering: .relaxed).oldValue : known
    guard time < latest - Self.setBackNanosecondsMin else { return max(time, latest) }
    _ = self.shift.compareExchange(
      expected: shift, desired: shift + latest - time, ordering: .acquiringAndReleasing)
    return latest
  }
}
