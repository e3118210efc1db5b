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

  /// A clock that answers what `read` answers: nanoseconds since 1970-01-01 00:00 UTC.
  public init(_ read: @escaping @Sendable () -> Int64) {
    self.read = read
  }

  /// Nanoseconds since 1970-01-01 00:00 UTC.
  public var nanosecondsSince1970: Int64 { read() }

  /// The same as a `Timestamp`.
  public var now: Timestamp { Timestamp(nanosecondsSince1970: read()) }

  /// The machine's clock. Reading it costs about 27 ns.
  public static let system = DatabaseClock {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
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
