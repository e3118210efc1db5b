import LSMTree

/// State behind a lock, and a way to sleep until it is as one wants it.
///
/// Waiting is written as a question that is asked again after every signal (`wait(until:)`), never as a call
/// inside a closure that holds the state: each asking is an access of its own, so no access to the state is
/// under way while the lock is given up. For the database's own threads; nothing on a request's path waits
/// here.
///
/// Unchecked: the state is reached only by `body` closures that run under the monitor, and its allocation
/// lives exactly as long as the object.
package final class Guarded<State>: @unchecked Sendable {
  private let monitor = Monitor()
  private let changed = Monitor.Condition()
  private let state = UnsafeMutablePointer<State>.allocate(capacity: 1)

  package init(_ initial: sending State) {
    state.initialize(to: initial)
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Runs `body` with the state to itself.
  package func withLock<Result>(_ body: (inout State) -> Result) -> Result {
    monitor.lock()
    defer { monitor.unlock() }
    return body(&state.pointee)
  }

  /// Asks `body` until it answers something, sleeping between the askings until somebody signals.
  package func wait<Result>(until body: (inout State) -> Result?) -> Result {
    monitor.lock()
    defer { monitor.unlock() }
    while true {
      if let result = body(&state.pointee) { return result }
      changed.wait(in: monitor)
    }
  }

  /// Asks `body` once, and once more after the first signal or after `milliseconds`, whichever comes first.
  package func wait<Result>(atMostMilliseconds milliseconds: Int, until body: (inout State) -> Result?)
    -> Result?
  {
    monitor.lock()
    defer { monitor.unlock() }
    if let result = body(&state.pointee) { return result }
    changed.wait(in: monitor, milliseconds: milliseconds)
    return body(&state.pointee)
  }

  /// Wakes one sleeping thread.
  package func signal() { changed.signal() }

  /// Wakes all sleeping threads.
  package func broadcast() { changed.broadcast() }
}
