internal import CPlatform

#if canImport(Glibc)
  package import Glibc
#elseif canImport(Musl)
  package import Musl
#else
  package import Darwin
#endif

/// Waiting for a mutex for a time.
package enum TimedMutex {
  /// Takes a mutex unless it is held until `deadline`.
  ///
  /// - Parameter deadline: in nanoseconds of the monotonic clock, which nobody sets.
  /// - Returns: whether it was taken.
  package static func lock(_ mutex: UnsafeMutablePointer<pthread_mutex_t>, until deadline: UInt64) -> Bool {
    platform_lock_mutex(mutex, deadline) == 0
  }
}
