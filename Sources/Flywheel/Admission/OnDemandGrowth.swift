/// What on-demand use grows by.
///
/// "On-demand capacity mode instantly accommodates up to double the previous peak traffic on a table", but "throttling can occur
/// if you exceed double your previous peak within 30 minutes" (developer guide, "On-demand capacity mode"). So what a
/// table can take is raised to twice the units a second of a whole minute, half an hour after that minute, each time that one
/// is a peak. What is due while nobody comes is given to whoever comes next.
struct OnDemandGrowth: Sendable {
  static let peakFactor = 2.0
  static let delaySeconds: Int64 = 1_800

  /// The levels that are to come, each higher than the one before, and when they were found. One a minute at most, so no more
  /// than the delay has minutes.
  private(set) var pending: [(level: WarmLevel, since: Int64)] = []

  /// Notes what a minute was like that ended at `end`.
  mutating func note(readsPerSecond: Double, writesPerSecond: Double, current: WarmLevel, at end: Int64) {
    var wanted = pending.last?.level ?? current
    wanted.raise(toRead: current.readUnitsPerSecond, write: current.writeUnitsPerSecond)
    let known = wanted
    wanted.raise(
      toRead: Int(readsPerSecond * Self.peakFactor), write: Int(writesPerSecond * Self.peakFactor))
    if wanted != known { pending.append((wanted, end)) }
  }

  /// The level to go to now; nil if it is not time for any.
  mutating func take(at now: Int64) -> WarmLevel? {
    let due = pending.prefix { now - $0.since >= Self.delaySeconds * 1_000_000_000 }
    defer { pending.removeFirst(due.count) }
    return due.last?.level
  }
}
