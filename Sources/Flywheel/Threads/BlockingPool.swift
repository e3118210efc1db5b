import LSMTree

/// The threads on which requests wait for the disk.
///
/// Threads are started as they are needed, up to `threadsMax`, and stay. The queue in front of them is
/// bounded: when it is full the database is not keeping up, and taking on more work would only make every
/// answer later, so `submit` refuses and the caller says so to its client.
@usableFromInline
package final class BlockingPool: Sendable {
  @usableFromInline
  package typealias Job = @Sendable () -> Void

  private struct State {
    var jobs = JobQueue()
    var threads: [BackgroundThread] = []
    var threadNumbers: [UInt] = []
    var idleThreads = 0
    var isClosed = false
  }

  private let state = Guarded(State())
  private let threadsMax: Int
  private let queueMax: Int

  /// `threadsMax` threads at most and `queueMax` jobs that wait for one.
  package init(threadsMax: Int, queueMax: Int) {
    precondition(threadsMax >= 1 && queueMax >= 1)
    self.threadsMax = threadsMax
    self.queueMax = queueMax
  }

  /// Runs `job` on a thread that may block. False, and the job will not run, if the queue is full or the pool
  /// closed.
  @usableFromInline
  package func submit(_ job: @escaping Job) -> Bool {
    let accepted = state.withLock { state in
      guard !state.isClosed, state.jobs.count < queueMax else { return false }
      if state.idleThreads <= state.jobs.count, state.threads.count < threadsMax {
        state.threads.append(BackgroundThread.start { [self] in work() })
      }
      state.jobs.append(job)
      return true
    }
    if accepted { state.signal() }
    return accepted
  }

  /// Takes no more jobs, waits for those that were taken, and ends the threads. Called by a job (as the last
  /// to let the database go), it does not wait.
  package func close() {
    let threads = state.withLock { state in
      state.isClosed = true
      defer { state.threads = [] }
      return state.threads
    }
    state.broadcast()
    let own = BackgroundThread.currentNumber
    let isOwn = state.withLock { $0.threadNumbers.contains(own) }
    // A thread can't wait for itself; the others end on their own when one of them is the caller.
    if !isOwn { for thread in threads { thread.join() } }
  }

  private func work() {
    state.withLock { $0.threadNumbers.append(BackgroundThread.currentNumber) }
    while let job = nextJob() { job() }
  }

  /// The next job, or nil once the pool is closed and its queue empty.
  private func nextJob() -> Job? {
    state.withLock { $0.idleThreads += 1 }
    return state.wait { state -> Job?? in
      if let job = state.jobs.popFirst() {
        state.idleThreads -= 1
        return .some(job)
      }
      return state.isClosed ? .some(nil) : nil
    }
  }
}

/// A first-in first-out queue in one array, whose front is cut off when it outweighs the rest.
private struct JobQueue {
  private var jobs: [BlockingPool.Job?] = []
  private var first = 0

  var count: Int { jobs.count - first }

  mutating func append(_ job: @escaping BlockingPool.Job) {
    jobs.append(job)
  }

  mutating func popFirst() -> BlockingPool.Job? {
    guard first < jobs.count else { return nil }
    defer {
      jobs[first] = nil
      first += 1
      if first > 64, first * 2 > jobs.count {
        jobs.removeFirst(first)
        first = 0
      }
    }
    return jobs[first]
  }
}
