#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The machine's clock, in the resolution that files keep.
package enum UnixTime {
  /// Seconds since 1970; 32 bits last until 2106.
  package static var now: UInt32 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt32(truncatingIfNeeded: time.tv_sec)
  }

  /// Holds the calling thread for that long, or a little longer.
  package static func sleep(nanoseconds: Int) {
    var time = timespec()
    time.tv_sec = nanoseconds / 1_000_000_000
    time.tv_nsec = nanoseconds % 1_000_000_000
    nanosleep(&time, nil)
  }
}
