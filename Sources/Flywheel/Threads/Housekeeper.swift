import LSMTree

/// The one thread that does what no request waits for: filling new indexes, counting items after a crash,
/// moving tables on to their next status.
///
/// Long work is cut into short jobs that put their own continuation back into the queue, so that one table's
/// backfill holds up no other's and closing waits for one short job at most.
/// The queue holds a few jobs for each table at most, which bounds it.
package final class Housekeeper: Sendable {
  package typealias Job = @Sendable () -> Void

  private struct Entry {
    var dueNanoseconds: UInt64
    var job: Job
  }

  private struct State {
    /// In the order in which they were scheduled.
    var entries: [Entry] = []
    var thread: BackgroundThread?
    var threadNumber: UInt?
    var isClosed = false
    var isWorking = false
  }

  private let state = Guarded(State())

  package init() {}

  /// Runs `job` after `delayMilliseconds` at the earliest; not at all once the housekeeper is closed.
  package func schedule(afterMilliseconds delayMilliseconds: Int = 0, _ job: @escaping Job) {
    let due = MonotonicClock.nanoseconds + UInt64(delayMilliseconds) * 1_000_000
    state.withLock { state in
      guard !state.isClosed else { return }
      if state.thread == nil {
        state.thread = BackgroundThread.start { [self] in work() }
      }
      state.entries.append(Entry(dueNanoseconds: due, job: job))
    }
    state.broadcast()
  }

  /// Forgets what is queued, waits for the job that runs, and ends the thread. Called by that job itself (as
  /// the last to let the database go), it does not wait.
  package func close() {
    let thread = state.withLock { state in
      state.isClosed = true
      state.entries = []
      defer { state.thread = nil }
      return state.thread
    }
    state.broadcast()
    let isOwn = state.withLock { $0.threadNumber == BackgroundThread.currentNumber }
    if !isOwn { thread?.join() }
  }

  /// Waits until nothing is queued and nothing runs.
  package func waitUntilIdle() {
    state.wait { state in state.entries.isEmpty && !state.isWorking ? () : nil }
  }

  private func work() {
    state.withLock { $0.threadNumber = BackgroundThread.currentNumber }
    while let job = nextJob() {
      job()
      state.withLock { $0.isWorking = false }
      state.broadcast()
    }
  }

  /// The first job that is due, or nil once closed.
  private func nextJob() -> Job? {
    while true {
      // How long until something is due; sleeps for good while there is nothing.
      let pauseMilliseconds = state.wait { state -> Int? in
        if state.isClosed { return 0 }
        guard let due = state.entries.map(\.dueNanoseconds).min() else { return nil }
        let now = MonotonicClock.nanoseconds
        return due <= now ? 0 : Int((due - now) / 1_000_000) + 1
      }
      let found = state.wait(atMostMilliseconds: pauseMilliseconds) { state -> Job?? in
        if state.isClosed { return .some(nil) }
        let now = MonotonicClock.nanoseconds
        guard let first = state.entries.firstIndex(where: { $0.dueNanoseconds <= now }) else { return nil }
        state.isWorking = true
        return .some(state.entries.remove(at: first).job)
      }
      if let found { return found }
    }
  }
}
