import Synchronization

/// The clock of one database under its user's hand: it can be set, stopped, moved on and let go again.
///
/// Everything in the database that has to do with the time of day goes by it: when items expire, how many capacity
/// units have come back, which minute a metric belongs to, what a table says of its creation. So a test sees an hour
/// of throttling or a week of expiry in milliseconds:
///
/// ```swift
/// database.clockControl.freeze()
/// database.clockControl.advance(by: .seconds(300))
/// database.clockControl.release()
/// ```
///
/// What the database does beside requests (deleting expired items, say) looks at the clock about once a second of real
/// time, so it follows a moved clock within that second. Pauses that are made for their own sake stay real:
/// ``DatabaseOptions/tableDelayMilliseconds``, a ``Fault``'s delay.
///
/// **How it costs nothing.** The time is one of two numbers: where the clock stands if it stands, else what is added to
/// the clock that the database was opened with. A reader loads both; nobody locks. Whoever changes the clock takes a
/// lock, so that of two changes one comes after the other.
public final class ClockControl: Sendable {
  /// Times before 1970 and after 2100 are taken for these.
  private static let range: ClosedRange<Int64> = 0...4_102_444_800_000_000_000
  /// What `standing` holds while the clock runs.
  private static let runs = Int64.min

  private let source: DatabaseClock
  private let offset = Atomic<Int64>(0)
  private let standing = Atomic<Int64>(ClockControl.runs)
  private let changing = Mutex<Void>(())
  private let observer = Mutex<(@Sendable () -> Void)?>(nil)
  /// How far the source's elapsed time is ahead of its time of day.
  private let elapsedAhead: Int64

  /// A control over `source`, which goes as `source` does until it is touched.
  package init(over source: DatabaseClock) {
    self.source = source
    elapsedAhead = source.elapsedNanoseconds - source.nanosecondsSince1970
  }

  /// Has `body` called before and after every change of the clock, on the thread that makes it.
  package func observe(_ body: (@Sendable () -> Void)?) { observer.withLock { $0 = body } }

  private func change(_ body: () -> Void) {
    let observe = observer.withLock { $0 }
    observe?()
    changing.withLock { _ in body() }
    observe?()
  }

  /// The clock that is controlled.
  package var clock: DatabaseClock {
    DatabaseClock({ [self] in nanoseconds }, elapsed: { [self] in elapsedNanoseconds })
  }

  private var nanoseconds: Int64 {
    let standing = standing.load(ordering: .relaxed)
    if standing != Self.runs { return standing }
    return source.nanosecondsSince1970 &+ offset.load(ordering: .relaxed)
  }

  /// Time that goes by for rates: as the source's, moved as far as the time of day is.
  private var elapsedNanoseconds: Int64 {
    let standing = standing.load(ordering: .relaxed)
    if standing != Self.runs { return standing &+ elapsedAhead }
    return source.elapsedNanoseconds &+ offset.load(ordering: .relaxed)
  }

  /// The time by this clock.
  public var now: Timestamp { Timestamp(nanosecondsSince1970: nanoseconds) }

  /// Whether the clock stands.
  public var isFrozen: Bool { standing.load(ordering: .relaxed) != Self.runs }

  /// How far this clock is ahead of the one that the database was opened with, in nanoseconds; negative when behind.
  public var nanosecondsAhead: Int64 { nanoseconds - source.nanosecondsSince1970 }

  /// Sets the time. A clock that runs goes on from there, one that stands stands there.
  ///
  /// Times before 1970 and after the year 2099 are taken for the nearest that is neither. Setting a clock back is
  /// allowed: items don't expire twice, and capacity that was used stays used until the clock is where it was.
  public func set(to time: Timestamp) {
    change { move(to: time.nanosecondsSince1970, standing: isFrozen) }
  }

  /// Stops the clock where it is.
  public func freeze() {
    change { move(to: nanoseconds, standing: true) }
  }

  /// Stops the clock at a time.
  public func freeze(at time: Timestamp) {
    change { move(to: time.nanosecondsSince1970, standing: true) }
  }

  /// Moves the clock on, whether it runs or stands.
  ///
  /// - Parameter duration: how far; not negative.
  public func advance(by duration: Duration) {
    precondition(duration >= .zero, "a clock is advanced, not turned back")
    change {
      let (seconds, attoseconds) = duration.components
      let whole = min(seconds, Self.range.upperBound / 1_000_000_000)
      move(to: nanoseconds + whole * 1_000_000_000 + attoseconds / 1_000_000_000, standing: isFrozen)
    }
  }

  /// Lets a clock that stands run on from where it stands.
  public func resume() {
    change { move(to: nanoseconds, standing: false) }
  }

  /// Gives up all control: the time is again that of the clock that the database was opened with.
  public func release() {
    change {
      offset.store(0, ordering: .relaxed)
      standing.store(Self.runs, ordering: .relaxed)
    }
  }

  private func move(to time: Int64, standing stands: Bool) {
    let time = min(max(time, Self.range.lowerBound), Self.range.upperBound)
    offset.store(time - source.nanosecondsSince1970, ordering: .relaxed)
    standing.store(stands ? time : Self.runs, ordering: .relaxed)
  }
}
