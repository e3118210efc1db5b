extension Engine {
  /// The flush thread: sealed memtables, oldest first, until the tree closes. What is not flushed then stays in the log.
  func runFlushes() {
    pipeline.monitor.lock()
    while !live.isClosing {
      guard let memtable = live.sealed.first else {
        live.flushIsDue.wait(in: pipeline.monitor)
        continue
      }
      pipeline.monitor.unlock()
      let result = flush(memtable)
      pipeline.monitor.lock()
      switch result {
      case .success(let version): live.didFlush(version)
      case .failure(let failure):
        live.didFail(failure)
        if !live.isClosing {
          live.flushIsDue.wait(in: pipeline.monitor, milliseconds: Self.retryMilliseconds)
        }
      }
    }
    pipeline.monitor.unlock()
  }

  /// A flush that failed, for want of space most likely, is tried again after this.
  static let retryMilliseconds = 1000

  private func flush(_ memtable: Memtable) -> Result<Version, TreeError> {
    do throws(TreeError) {
      // What is in tables is shown to readers whatever becomes of the log, so it must be durable before.
      try log.waitUntilDurable(memtable.sequenceBound)
      let job = FlushJob(
        memtable: memtable, snapshots: snapshots.sequences { log.durableSequence },
        times: WriteTimes(earliest: memtable.createdTime, latest: options.now()))
      let version = try versions.flush(job)
      counters.didFlush(bytes: version.levels[0].first?.info.sizeBytes ?? 0)
      log.release(through: memtable.sequenceBound)
      return .success(version)
    } catch {
      return .failure(error)
    }
  }

  /// Seals the active memtable and waits until it and all before it are in tables.
  func flush() throws(TreeError) {
    pipeline.monitor.lock()
    defer { pipeline.monitor.unlock() }
    if live.isClosing { throw .closed }
    if !live.active.isEmpty { live.sealActive(last: pipeline.appliedSequence) }
    guard let last = live.sealed.last else { return }
    live.backgroundFailure = nil
    live.flushIsDue.signal()
    while live.sealed.first.map({ $0.firstSequence <= last.firstSequence }) ?? false {
      if live.isClosing { throw .closed }
      if let failure = live.backgroundFailure { throw failure }
      live.workEnded.wait(in: pipeline.monitor)
    }
  }
}
