#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A mutex with conditions to wait for.
///
/// `Synchronization.Mutex` has no condition to wait on, and on Linux it hands itself over to the longest waiter,
/// which makes every wake-up of a commit group a queue. This is a plain POSIX mutex: whoever runs takes it.
/// Uncontended it costs about 15 ns, so it is for writers and background work; readers use stripes of `Mutex`.
package struct Monitor: ~Copyable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  package init() {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    #if canImport(Glibc)
      // It is held for a microsecond or so: who finds it taken looks again a few times before going to sleep.
      var attributes = pthread_mutexattr_t()
      pthread_mutexattr_init(&attributes)
      pthread_mutexattr_settype(&attributes, .init(PTHREAD_MUTEX_ADAPTIVE_NP))
      let result = pthread_mutex_init(mutex, &attributes)
      pthread_mutexattr_destroy(&attributes)
    #else
      let result = pthread_mutex_init(mutex, nil)
    #endif
    precondition(result == 0, "a mutex can't be made")
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  @inline(__always)
  package func lock() {
    let result = pthread_mutex_lock(mutex)
    precondition(result == 0)
  }

  @inline(__always)
  package func unlock() {
    let result = pthread_mutex_unlock(mutex)
    precondition(result == 0)
  }

  package func withLock<R: ~Copyable, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    lock()
    defer { unlock() }
    return try body()
  }

  /// Something that threads holding the monitor may wait for. Waking may be spurious: look again in a loop.
  package struct Condition: ~Copyable {
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    package init() {
      condition = .allocate(capacity: 1)
      condition.initialize(to: pthread_cond_t())
      #if canImport(Darwin)
        let result = pthread_cond_init(condition, nil)
      #else
        // Waits for a time must not depend on a clock that people set.
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        let result = pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
      #endif
      precondition(result == 0, "a condition can't be made")
    }

    deinit {
      pthread_cond_destroy(condition)
      condition.deallocate()
    }

    /// Lets the monitor go, waits, and takes it again.
    package func wait(in monitor: borrowing Monitor) {
      pthread_cond_wait(condition, monitor.mutex)
    }

    /// The same, for `milliseconds` at most.
    package func wait(in monitor: borrowing Monitor, milliseconds: Int) {
      #if canImport(Darwin)
        var span = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        pthread_cond_timedwait_relative_np(condition, monitor.mutex, &span)
      #else
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        deadline.tv_sec += milliseconds / 1000
        deadline.tv_nsec += milliseconds % 1000 * 1_000_000
        if deadline.tv_nsec >= 1_000_000_000 {
          deadline.tv_sec += 1
          deadline.tv_nsec -= 1_000_000_000
        }
        pthread_cond_timedwait(condition, monitor.mutex, &deadline)
      #endif
    }

    package func signal() { pthread_cond_signal(condition) }
    package func broadcast() { pthread_cond_broadcast(condition) }
  }
}

// POSIX mutexes and conditions are made to be used from any thread; the memory is never moved.
extension Monitor: @unchecked Sendable {}
extension Monitor.Condition: @unchecked Sendable {}
