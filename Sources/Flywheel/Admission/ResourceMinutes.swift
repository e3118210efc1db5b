import Synchronization

/// The minutes of a table or an index, which go on when it is set up anew.
final class ResourceMinutes: Sendable {
  static let nanoseconds: Int64 = 60_000_000_000

  fileprivate struct State {
    var ended: Int64
    var growth = OnDemandGrowth()
  }

  /// When the present minute is over.
  fileprivate let due: Atomic<Int64>
  fileprivate let state: Mutex<State>
  fileprivate let counters: ItemCounters
  fileprivate let partitionBytesMax: Int
  fileprivate let bell: MinuteBell

  init(_ setup: ResourceAdmission.Setup, at now: Int64) {
    due = Atomic(Self.end(of: now))
    state = Mutex(State(ended: now))
    counters = setup.counters
    partitionBytesMax = setup.partitionBytesMax
    bell = setup.bell
  }

  fileprivate static func end(of now: Int64) -> Int64 { (now / nanoseconds + 1) * nanoseconds }
}

extension ResourceAdmission {
  /// Looks back on the minute when it is over. Costs a look at a number at all other times, and no thread or timer: a clock
  /// that is moved by an hour ends one long minute.
  func endMinuteIfDue(at now: Int64) {
    let due = minutes.due.load(ordering: .relaxed)
    guard now >= due else { return }
    let isFirst = minutes.due.compareExchange(
      expected: due, desired: ResourceMinutes.end(of: now), ordering: .relaxed
    ).exchanged
    guard isFirst else { return }
    let outcome = minutes.state.withLock { endMinute(&$0, at: now) }
    if !outcome.isEmpty { minutes.bell.ring(self, outcome) }
  }

  private func endMinute(_ state: inout ResourceMinutes.State, at now: Int64) -> MinuteOutcome {
    var outcome = MinuteOutcome()
    let seconds = Double(now - state.ended) / 1e9
    guard seconds > 0 else { return outcome }
    state.ended = now
    var used = (reads: 0.0, writes: 0.0)
    let bytes = minutes.counters.totals.bytes
    for (position, partition) in partitions.enumerated() {
      let minute = partition.endMinute(seconds: seconds)
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
      outcome.level = state.growth.note(
        readsPerSecond: used.reads / seconds, writesPerSecond: used.writes / seconds, current: level, at: now)
    }
    return outcome
  }
}
