internal import CPlatform

/// The log's own thread: runs callbacks, leads for them, and writes what nobody waits for.
extension LocalLog {
  private enum Duty {
    case callBack([DurableCallbacks.Body], TreeError?)
    case lead(sync: Bool)
    case wait(milliseconds: Int)
    case waitForNews
    case stop
  }

  func startThread() {
    let thread = BackgroundThread.start { [self] in
      monitor.lock()
      run()
      monitor.unlock()
    }
    monitor.withLock { state.pointee.thread = thread }
  }

  /// Runs with the monitor held; lets it go to wait, to write and to call back.
  private func run() {
    var lastSyncMilliseconds = Self.nowMilliseconds
    while true {
      switch duty(lastSyncMilliseconds) {
      case .callBack(let bodies, let failure):
        monitor.unlock()
        for body in bodies { body(failure) }
        monitor.lock()
      case .lead(let sync):
        lead(sync: sync)
        if sync { lastSyncMilliseconds = Self.nowMilliseconds }
      case .wait(let milliseconds):
        state.pointee.hasNews = false
        work.wait(in: monitor, milliseconds: milliseconds)
      case .waitForNews:
        state.pointee.threadIsIdle = true
        work.wait(in: monitor)
      case .stop:
        finish()
        return
      }
    }
  }

  private func duty(_ lastSyncMilliseconds: Int) -> Duty {
    let ready = state.pointee.callbacks.take(through: durable.value)
    if !ready.isEmpty { return .callBack(ready, nil) }
    if let failure = state.pointee.failure {
      let failed = state.pointee.callbacks.take(through: .max)
      if !failed.isEmpty { return .callBack(failed, failure) }
      return state.pointee.isClosing ? .stop : .waitForNews
    }
    if state.pointee.isLed { return .wait(milliseconds: Self.handoffMilliseconds) }
    if !state.pointee.callbacks.isEmpty { return .lead(sync: true) }
    if state.pointee.isClosing {
      return state.pointee.synced < state.pointee.last ? .lead(sync: true) : .stop
    }
    return writeBehind(lastSyncMilliseconds)
  }

  /// What to do about records that nobody waits for.
  private func writeBehind(_ lastSyncMilliseconds: Int) -> Duty {
    let unsynced = state.pointee.synced < state.pointee.last
    let interval = state.pointee.intervalMilliseconds
    let sinceSync = Self.nowMilliseconds - lastSyncMilliseconds
    let isSyncDue =
      unsynced
      && (state.pointee.lastToSync > state.pointee.synced || interval > 0 && sinceSync >= interval)
    if state.pointee.buffer.count >= Self.handoffBytes { return .lead(sync: isSyncDue) }
    // News are given one turn to gather, and a busy log finds the thread between turns, so that no commit wakes it.
    if state.pointee.hasNews { return .wait(milliseconds: Self.handoffMilliseconds) }
    if isSyncDue || !state.pointee.buffer.isEmpty { return .lead(sync: isSyncDue) }
    if unsynced, interval > 0 { return .wait(milliseconds: max(1, interval - sinceSync)) }
    return .waitForNews
  }

  /// Nothing is accepted from here on, and whoever still waits is told.
  private func finish() {
    if state.pointee.failure == nil { state.pointee.failure = .closed }
    monitor.unlock()
    try? writer.close()
    monitor.lock()
    evenGroups.broadcast()
    oddGroups.broadcast()
    drained.broadcast()
  }

  private static var nowMilliseconds: Int { Int(platform_monotonic_nanoseconds() / 1_000_000) }
}
