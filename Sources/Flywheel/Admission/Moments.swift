import Synchronization

/// The moments that requests for a table or an index hold their own against. Seldom written, so that all threads have their line.
struct Moments: ~Copyable, Sendable {
  /// How far `latest` may lie behind the time that was last seen.
  private static let lagNanosecondsMax: Int64 = 20_000_000

  private let seen: Atomic<Int64>
  private let end: Atomic<Int64>

  init(_ now: Int64, minuteEnd: Int64) {
    seen = Atomic(now)
    end = Atomic(minuteEnd)
  }

  /// A moment that has been.
  @inline(__always)
  var latest: Int64 { seen.load(ordering: .relaxed) }

  /// Notes a time that the clock told.
  @inline(__always)
  func note(_ now: Int64) {
    if now - latest > Self.lagNanosecondsMax { seen.store(now, ordering: .relaxed) }
  }

  /// When the present minute is over.
  @inline(__always)
  var minuteEnd: Int64 { end.load(ordering: .relaxed) }

  /// By one thread at a time.
  func setMinuteEnd(_ moment: Int64) { end.store(moment, ordering: .relaxed) }
}
