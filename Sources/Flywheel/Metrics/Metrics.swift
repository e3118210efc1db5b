import LSMTree
import Synchronization

/// Everything that a database measures of itself, and the minute that is being gathered.
///
/// **Counting** is additions to memory of the request's own thread, none of them locked. A request on one item makes two here
/// (`MeterCells`): that it came by, and that it succeeded; a page makes one more for the items that it returns. What units it used is
/// counted where they are charged (`ResourceMeter`), for the table and for each global index that it changes; with throttling
/// off, not at all. Only one request in eight is timed, which two looks at a clock each would otherwise cost more than all the rest.
///
/// **Gathering.** Once a minute (`roll`) the meters' totals are compared with those of the last time; what has come
/// since belongs to the minute in which it was gathered last. A clock that is moved by its user is gathered before and
/// after, so that what was counted stays in the minute in which it happened.
///
/// **Keeping.** A minute that has passed becomes one record for each table that was used in it
/// (`Database.writeMinute`); see Docs/Formats/Metrics.md.
package final class Metrics: Sendable {
  /// What belongs to no table.
  package let ofDatabase = RequestMeter(operationCount: MeteredOperations.names.count)
  /// How many requests came by; which of them are timed is told by it.
  private let requests: MeterCells
  /// The same, for every request: nobody counts a reference of it, which is right while `requests` keeps it. As a reference that is counted
  /// it was a line of the cache that two threads took from each other, a sixth of what they did.
  let requestsUncounted: Unmanaged<MeterCells>
  /// Whether somebody looks when the minute is over.
  private let isTicking = Atomic<Bool>(false)
  private let ticking = Mutex(Ticking())
  let state = Mutex(GatheredMinute())
  /// Held while a minute is written: it is added to what is kept of it, and there may be two that write.
  let writing = Mutex<Void>(())
  /// What auto scaling remembers.
  let scaling = Mutex(ScalingMemory())

  package init() {
    let cells = MeterCells(count: 1)
    requests = cells
    requestsUncounted = .passUnretained(cells)
  }

  /// Of how many directions of tables and indexes auto scaling remembers something.
  package var scalingLaneCount: Int { scaling.withLock { $0.lanes.count } }

  /// Has minutes gathered from now on, if they aren't.
  @inline(__always)
  func tick(_ database: Database) {
    guard !isTicking.load(ordering: .relaxed) else { return }
    startTicking(database)
  }

  /// Gathers tables that go, or lose an index.
  func gather(_ leaving: [Table]) {
    state.withLock { state in
      for table in leaving { state.tables[table.id, default: .init(name: table.name)].gather(table) }
    }
  }

  @inline(never)
  private func startTicking(_ database: Database) {
    guard !isTicking.exchange(true, ordering: .acquiringAndReleasing) else { return }
    // What was counted before belongs to the minute that it is now.
    state.withLock { $0.begin(at: database.clock.minute) }
    scheduleRoll(database)
  }
}

// MARK: - Minutes that pass

extension Metrics {
  /// Who looks next whether the minute is over.
  private struct Ticking {
    /// Whoever was sent with another number has been overtaken by one that looks earlier.
    var turn = 0
    /// When, by the machine's own time.
    var dueNanoseconds = UInt64.max
    /// How many wait, the overtaken included.
    var waiting = 0
  }

  /// How many may wait at a time: a clock that is moved again and again fills no queue.
  private static let waitingMax = 64
  /// A second. By less it is not worth to look earlier; and so long is the pause after nothing was found.
  private static let pauseMillisecondsMin = 1_000

  /// The clock has been moved: looks when the minute that it is now is over, if that is earlier than was thought. A
  /// clock that stands needs nobody to look.
  func clockHasMoved(_ database: Database) {
    guard isTicking.load(ordering: .relaxed), !database.clockControl.isFrozen else { return }
    scheduleRoll(database)
  }

  /// Looks again when the minute is over, by the machine's own time, and not before `least`.
  private func scheduleRoll(_ database: Database, atLeastMilliseconds least: Int = 0) {
    let intoMinute = database.clock.nanosecondsSince1970 / 1_000_000 % 60_000
    scheduleRoll(database, afterMilliseconds: max(least, Int(60_000 - intoMinute) + 1))
  }

  private func scheduleRoll(_ database: Database, afterMilliseconds pause: Int) {
    let due = MonotonicClock.nanoseconds + UInt64(pause) * 1_000_000
    let turn = ticking.withLock { ticking -> Int? in
      let isEarlier = due &+ UInt64(Self.pauseMillisecondsMin) * 1_000_000 < ticking.dueNanoseconds
      guard isEarlier, ticking.waiting < Self.waitingMax else { return nil }
      ticking.turn += 1
      ticking.waiting += 1
      ticking.dueNanoseconds = due
      return ticking.turn
    }
    guard let turn else { return }
    let isAccepted = database.delays.schedule(afterMilliseconds: pause) { [weak database] isClosing in
      guard let database, database.metrics.begins(turn), !isClosing else { return }
      database.metrics.roll(database)
    }
    // Whoever is timed next tries again.
    if !isAccepted, begins(turn) { isTicking.store(false, ordering: .releasing) }
  }

  /// Whether the one that was sent with a number is to look: it has not been overtaken, or nobody else will. Nobody is
  /// sent afterwards.
  private func begins(_ turn: Int) -> Bool {
    ticking.withLock { ticking in
      ticking.waiting -= 1
      guard ticking.turn == turn || ticking.dueNanoseconds == .max else { return false }
      ticking.dueNanoseconds = .max
      return true
    }
  }

  /// Gathers on a thread that may block. While none is to be had, it is tried again.
  private func roll(_ database: Database) {
    let isAccepted = database.pool.submit { [weak database] in
      guard let database, database.isOpen else { return }
      let hasPassed = database.rollMetrics()
      database.metrics.scheduleRoll(database, atLeastMilliseconds: hasPassed ? 0 : Self.pauseMillisecondsMin)
    }
    if !isAccepted { scheduleRoll(database, afterMilliseconds: Self.pauseMillisecondsMin) }
  }
}

/// The minute that is being gathered.
struct GatheredMinute: Sendable {
  /// Of one table, and of what was last seen of it.
  struct Table: Sendable {
    var name = ""
    var requests = RequestMeter.Totals()
    /// Of the table and its global indexes, by id: an index that is made again under its old name counts from 0.
    var resources: [UInt32: ResourceMeter.Totals] = [:]
    /// What has come in this minute.
    var gathered: [MetricSeries: MetricStatistics] = [:]
  }

  /// By id; 0 is the database as a whole.
  var tables: [UInt32: Table] = [:]
  /// Minutes since 1970; nil before anything is gathered.
  private(set) var minute: Int64?
  /// The hour in which old records were last thrown away.
  var prunedHour: Int64?

  mutating func begin(at minute: Int64) {
    if self.minute == nil { self.minute = minute }
  }

  /// Gives up what was gathered, if a minute has passed, and begins the one that it is.
  mutating func finish(at now: Int64) -> (minute: Int64, tables: [(id: UInt32, table: Table)])? {
    guard let minute, minute != now else {
      minute = now
      return nil
    }
    self.minute = now
    return (minute, takeGathered())
  }

  mutating func takeGathered() -> [(id: UInt32, table: Table)] {
    let used = tables.filter { !$0.value.gathered.isEmpty }.map { (id: $0.key, table: $0.value) }
    for (id, _) in used { tables[id]!.gathered = [:] }
    return used.sorted { $0.id < $1.id }
  }
}

extension GatheredMinute.Table {
  mutating func gather(_ meter: RequestMeter) {
    let totals = meter.totals
    totals.forEachMetric(since: requests, taking: meter) { metric, operation, statistics in
      gathered[MetricSeries(metric, operation: operation), default: .init()].merge(statistics)
    }
    requests = totals
  }

  mutating func gather(_ admission: ResourceAdmission, index: String?) {
    let earlier = resources[admission.id] ?? ResourceMeter.Totals()
    let totals = earlier.advanced(to: admission.meter.totals)
    totals.since(earlier).forEachMetric { metric, statistics in
      gathered[MetricSeries(metric, indexName: index), default: .init()].merge(statistics)
    }
    resources[admission.id] = totals
  }
}

extension DatabaseClock {
  /// Whole minutes since 1970.
  package var minute: Int64 { nanosecondsSince1970 / 60_000_000_000 }
}
