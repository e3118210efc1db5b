import Synchronization

/// What the end of a minute asks for.
struct MinuteOutcome: Sendable, Hashable {
  /// Where partitions are to be split.
  var splitPoints: [UInt64] = []
  /// What an on-demand table or index is to be ready for from now on.
  var level: WarmLevel?

  var isEmpty: Bool { splitPoints.isEmpty && level == nil }
}

/// What on-demand use grows by.
///
/// "On-demand capacity mode instantly accommodates up to double the previous peak traffic on a table", but "throttling can occur
/// if you exceed double your previous peak within 30 minutes" (developer guide, "On-demand capacity mode"). So what a
/// table can take is raised to twice the units a second of a whole minute, half an hour after that minute.
struct OnDemandGrowth: Sendable {
  static let peakFactor = 2.0
  static let delaySeconds: Int64 = 1_800

  /// A level that is to come, and since when it has been due.
  private var pending: (level: WarmLevel, since: Int64)?

  /// Notes what a minute was like.
  ///
  /// - Returns: the level to go to now, if it is time.
  mutating func note(
    readsPerSecond: Double, writesPerSecond: Double, current: WarmLevel, at now: Int64
  ) -> WarmLevel? {
    var wanted = current
    wanted.raise(
      toRead: Int(readsPerSecond * Self.peakFactor), write: Int(writesPerSecond * Self.peakFactor))
    if wanted != current {
      if var known = pending {
        known.level.raise(toRead: wanted.readUnitsPerSecond, write: wanted.writeUnitsPerSecond)
        pending = known
      } else {
        pending = (wanted, now)
      }
    }
    guard let due = pending, now - due.since >= Self.delaySeconds * 1_000_000_000 else { return nil }
    pending = nil
    return due.level
  }
}

/// What is told when a minute has ended, and to whom: a database that is not there yet when its tables are made.
package final class MinuteBell: Sendable {
  typealias Listener = @Sendable (ResourceAdmission, MinuteOutcome) -> Void

  private let listener = Mutex<Listener?>(nil)

  func listen(_ listener: @escaping Listener) { self.listener.withLock { $0 = listener } }

  func ring(_ admission: ResourceAdmission, _ outcome: MinuteOutcome) {
    let listener = listener.withLock { $0 }
    listener?(admission, outcome)
  }
}
