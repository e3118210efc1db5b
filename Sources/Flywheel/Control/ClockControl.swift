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
///
/// **Time that goes by** (`elapsedNanoseconds`), by which capacity units come back, is another clock, with an offset of
/// its own: where the time of day is moved on, it moves on as far; where that is set back or let go, it goes on from where it
/// was. Would it go back, a bucket that was used at the later time would be in debt for as long as the jump was.
public final class ClockControl: Sendable {
  /// Times before 1970 and after 2100 are taken for these.
  private static let range: ClosedRange<Int64> = 0...4_102_444_800_000_000_000
  /// What `standing` holds while the clock runs.
  private static let runs = Int64.min
  /// Jumps beyond this let no more time go by, so that no sum of them overflows.
  private static let elapsedMax = Int64.max / 2

  private let source: DatabaseClock
  /// Whether `source` is the machine's, which is asked without counting a reference to it.
  private let isSystem: Bool
  private let offset = Atomic<Int64>(0)
  private let standing = Atomic<Int64>(ClockControl.runs)
  /// What is added to the source's elapsed time, and where elapsed time stands while the clock does.
  private let elapsedOffset = Atomic<Int64>(0)
  private let elapsedStanding = Atomic<Int64>(ClockControl.runs)
  /// Keeps a source that is not the system's from going back.
  private let steady = SteadyTime()
  private let changing = Mutex<Void>(())
  private let observer = Mutex<(@Sendable () -> Void)?>(nil)

  /// A control over `source`, which goes as `source` does until it is touched.
  package init(over source: DatabaseClock) {
    self.source = source
    isSystem = source.isSystem
  }

  /// Has `body` called before and after every change of the clock, on the thread that makes it.
  package func observe(_ body: (@Sendable () -> Void)?) { observer.withLock { $0 = body } }

  private func change(_ body: () -> Void) {
    let observe = observer.withLock { $0 }
    observe?()
    changing.withLock { _ in body() }
    observe?()
  }

  /// The controlled clock's time of day.
  package var clock: DatabaseClock {
    DatabaseClock { [self] in nanoseconds }
  }

  private var nanoseconds: Int64 {
    let standing = standing.load(ordering: .acquiring)
    if standing != Self.runs { return standing }
    return source.nanosecondsSince1970 &+ offset.load(ordering: .relaxed)
  }

  /// Time that goes by for rates, since some moment. Never goes back.
  @inline(__always)
  package var elapsedNanoseconds: Int64 {
    let standing = elapsedStanding.load(ordering: .acquiring)
    if standing != Self.runs { return standing }
    return sourceElapsed &+ elapsedOffset.load(ordering: .relaxed)
  }

  @inline(__always)
  private var sourceElapsed: Int64 {
    isSystem ? DatabaseClock.systemElapsedNanoseconds : steady.time(of: source)
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
  /// allowed: items don't expire twice, and capacity goes on coming back as if no time had passed.
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

  /// Gives up all control: the time is again that of the clock that the database was opened with. Capacity goes on coming
  /// back from where it was.
  public func release() {
    change { move(by: 0, standing: false) }
  }

  private func move(to time: Int64, standing stands: Bool) {
    let time = min(max(time, Self.range.lowerBound), Self.range.upperBound)
    move(by: time - source.nanosecondsSince1970, standing: stands)
  }

  /// Has the clock be `ahead` of its source. Elapsed time goes on by what the clock is moved on, if that is not back. What
  /// stands is said behind what it is to be added to, so that a reader who sees that the clock runs also sees how.
  private func move(by ahead: Int64, standing stands: Bool) {
    let time = source.nanosecondsSince1970 + ahead
    let sourceElapsed = sourceElapsed
    let stood = elapsedStanding.load(ordering: .relaxed)
    let elapsed = stood == Self.runs ? sourceElapsed + elapsedOffset.load(ordering: .relaxed) : stood
    let moved = max(elapsed, min(elapsed + max(0, time - nanoseconds), Self.elapsedMax))
    offset.store(ahead, ordering: .relaxed)
    standing.store(stands ? time : Self.runs, ordering: .releasing)
    elapsedOffset.store(moved - sourceElapsed, ordering: .relaxed)
    elapsedStanding.store(stands ? moved : Self.runs, ordering: .releasing)
  }
}
