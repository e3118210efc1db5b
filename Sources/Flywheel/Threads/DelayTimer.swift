import LSMTree

/// One thread that runs things later, for answers that are held back on purpose.
///
/// A thread is started with the first thing to wait for. No more wait than `waitersMax`; what is refused or still
/// waits when the timer is closed is told so, and never forgotten: somebody waits for its answer.
final class DelayTimer: Sendable {
  private struct Waiter {
    var dueNanoseconds: UInt64
    var run: @Sendable (_ isClosing: Bool) -> Void
  }

  private struct State {
    /// The one that is due first is last.
    var waiters: [Waiter] = []
    var thread: BackgroundThread?
    var threadNumber: UInt?
    var isClosed = false
  }

  private let state = Guarded(State())
  private let waitersMax: Int

  init(waitersMax: Int) {
    self.waitersMax = waitersMax
  }

  /// Calls `run` after so many milliseconds, on the timer's thread, where it must not block; or with true, at the
  /// latest, when the timer is closed. False, and it is never called, if it can't be taken.
  func schedule(
    afterMilliseconds milliseconds: Int, _ run: @escaping @Sendable (_ isClosing: Bool) -> Void
  ) -> Bool {
    let due = MonotonicClock.nanoseconds + UInt64(milliseconds) * 1_000_000
    let accepted = state.withLock { state in
      guard !state.isClosed, state.waiters.count < waitersMax else { return false }
      if state.thread == nil { state.thread = BackgroundThread.start { [self] in work() } }
      // Behind all that are due later or at the same time as those that wait: first come, first out.
      var low = 0
      var high = state.waiters.count
      while low < high {
        let middle = (low + high) / 2
        if state.waiters[middle].dueNanoseconds > due { low = middle + 1 } else { high = middle }
      }
      state.waiters.insert(Waiter(dueNanoseconds: due, run: run), at: low)
      return true
    }
    if accepted { state.broadcast() }
    return accepted
  }

  /// Tells all that wait that they wait no longer, and ends the thread. Called by that thread itself (as the last to
  /// let the database go), it does not wait.
  func close() {
    let (thread, waiters) = state.withLock { state in
      state.isClosed = true
      defer { (state.thread, state.waiters) = (nil, []) }
      return (state.thread, state.waiters)
    }
    state.broadcast()
    for waiter in waiters.reversed() { waiter.run(true) }
    let isOwn = state.withLock { $0.threadNumber == BackgroundThread.currentNumber }
    if !isOwn { thread?.join() }
  }

  private func work() {
    state.withLock { $0.threadNumber = BackgroundThread.currentNumber }
    while let waiter = nextWaiter() { waiter.run(false) }
  }

  /// The first that is due, or nil once closed.
  private func nextWaiter() -> Waiter? {
    while true {
      let pauseMilliseconds = state.wait { state -> Int? in
        if state.isClosed { return 0 }
        guard let due = state.waiters.last?.dueNanoseconds else { return nil }
        let now = MonotonicClock.nanoseconds
        return due <= now ? 0 : Int((due - now) / 1_000_000) + 1
      }
      let found = state.wait(atMostMilliseconds: pauseMilliseconds) { state -> Waiter?? in
        if state.isClosed { return .some(nil) }
        guard let first = state.waiters.last, first.dueNanoseconds <= MonotonicClock.nanoseconds else {
          return nil
        }
        return .some(state.waiters.removeLast())
      }
      if let found { return found }
    }
  }
}
