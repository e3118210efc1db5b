import Synchronization

/// The minutes of a table or an index, which go on when it is set up anew.
///
/// **A minute is sixty seconds**, from when the table was made or the database opened: none is cut short by the hour, so
/// what was used in one is sixty times what was used a second. Nobody waits for its end. Whoever is charged first
/// behind it looks back, before his charge is counted: so all that is counted was used in the minute, and all minutes between
/// it and his own went by in silence.
final class ResourceMinutes: Sendable {
  static let seconds = 60
  static let nanoseconds: Int64 = 60_000_000_000

  fileprivate struct State {
    var growth = OnDemandGrowth()
    /// Which setup of the table is the newest: what stands on an older one knows nothing of its partitions.
    var setups = 0
  }

  /// When the present minute is over, and when somebody last looked at the clock.
  let moments: OwnLines<Moments>
  fileprivate let state = Mutex(State())
  fileprivate let counters: ItemCounters
  fileprivate let partitionBytesMax: Int
  fileprivate let bell: MinuteBell

  init(_ setup: ResourceAdmission.Setup, at now: Int64) {
    moments = OwnLines(Moments(now, minuteEnd: now + Self.nanoseconds))
    counters = setup.counters
    partitionBytesMax = setup.partitionBytesMax
    bell = setup.bell
  }

  /// Notes that the table is set up, the first time or anew.
  ///
  /// - Returns: the number of this setup.
  func noteSetup() -> Int {
    state.withLock { state in
      state.setups += 1
      return state.setups
    }
  }
}

extension ResourceAdmission {
  /// Looks back on the minute if it is over. Costs a look at a number at all other times, and no thread or timer: a clock
  /// that is moved by an hour ends a minute and lets fifty-nine go by.
  func endMinuteIfDue(at now: Int64) {
    guard now >= minutes.moments.address.pointer.pointee.minuteEnd else { return }
    // Who comes while another looks back goes on.
    let outcome = minutes.state.withLockIfAvailable { endMinute(&$0, at: now) }
    if let outcome, !outcome.isEmpty { minutes.bell.ring(self, outcome) }
  }

  private func endMinute(_ state: inout ResourceMinutes.State, at now: Int64) -> MinuteOutcome {
    var outcome = MinuteOutcome()
    let end = minutes.moments.address.pointer.pointee.minuteEnd
    guard now >= end, setupNumber == state.setups else { return outcome }
    let silentMinutes = (now - end) / ResourceMinutes.nanoseconds
    minutes.moments.address.pointer.pointee.setMinuteEnd(
      end + (silentMinutes + 1) * ResourceMinutes.nanoseconds)
    var used = (reads: 0.0, writes: 0.0)
    let bytes = minutes.counters.totals.bytes
    for (position, partition) in partitions.enumerated() {
      let minute = partition.endMinute(of: meter, silentMinutes: silentMinutes)
      used.reads += minute.readUnits
      used.writes += minute.writeUnits
      if Double(bytes) * ranges.share(at: position) > Double(minutes.partitionBytesMax) {
        outcome.splitPoints.append(ranges.middle(of: position))
      } else if limitsPartitions, case .split(let point) = minute.advice,
        ranges.position(of: point) == position
      {
        outcome.splitPoints.append(point)
      }
    }
    if !isProvisioned, limitsPartitions {
      let seconds = Double(ResourceMinutes.seconds)
      state.growth.note(
        readsPerSecond: used.reads / seconds, writesPerSecond: used.writes / seconds, current: level, at: end)
      outcome.level = state.growth.take(at: now)
    }
    return outcome
  }
}
