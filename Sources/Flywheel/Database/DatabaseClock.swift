#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where the database takes the time of day from, so that a test can be its own clock.
public struct DatabaseClock: Sendable {
  private let read: @Sendable () -> Int64
  /// Whether this is the machine's clock, which has another for elapsed time.
  package let isSystem: Bool

  /// A clock that answers what `read` answers: nanoseconds since 1970-01-01 00:00 UTC. For tables with limited
  /// throughput a clock that is set back goes on from where it was, or stands for as long if that is less than a second.
  public init(_ read: @escaping @Sendable () -> Int64) {
    self.init(read, isSystem: false)
  }

  private init(_ read: @escaping @Sendable () -> Int64, isSystem: Bool) {
    self.read = read
    self.isSystem = isSystem
  }

  /// Nanoseconds since 1970-01-01 00:00 UTC.
  public var nanosecondsSince1970: Int64 { read() }

  /// The same as a `Timestamp`.
  public var now: Timestamp { Timestamp(nanosecondsSince1970: read()) }

  /// How far time has gone since some moment, for rates: of the machine's clock, it does not follow when the time of day is
  /// set, and need not be exact to the millisecond; any other may go back.
  package var elapsedNanoseconds: Int64 { isSystem ? Self.systemElapsedNanoseconds : read() }

  /// The same of the machine's clock.
  package static var systemElapsedNanoseconds: Int64 { nanoseconds(of: coarseClock) }

  /// The machine's clock. Reading it costs about 27 ns.
  public static let system = DatabaseClock({ nanoseconds(of: CLOCK_REALTIME) }, isSystem: true)

  /// What the kernel noted at its last tick, a few milliseconds ago at most: 5 ns to read, where there is one.
  #if os(Linux)
    private static var coarseClock: clockid_t { CLOCK_MONOTONIC_COARSE }
  #else
    private static var coarseClock: clockid_t { CLOCK_MONOTONIC }
  #endif

  private static func nanoseconds(of clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// Time that never goes back, for pauses and delays.
package enum MonotonicClock {
  /// Nanoseconds since some moment.
  package static var nanoseconds: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
