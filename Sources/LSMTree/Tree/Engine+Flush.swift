extension Engine {
  /// The flush thread: sealed memtables, oldest first, until the tree closes. What is not flushed then stays in the
  /// log.
  func runFlushes() {
    while let memtable = live.waitForSealed(pipeline.monitor) {
      do throws(TreeError) {
        try flush(memtable)
      } catch {
        pipeline.monitor.withLock { live.didFailToFlush(error) }
        waitForRetry(after: error)
      }
    }
  }

  private func flush(_ memtable: Memtable) throws(TreeError) {
    // What is in tables is shown to readers whatever becomes of the log, so it must be durable before.
    try log.waitUntilDurable(memtable.sequenceBound)
    let job = FlushJob(
      memtable: memtable, stripes: SnapshotStripes(currentSnapshots),
      times: WriteTimes(earliest: memtable.createdTime, latest: options.now()))
    counters.didFlush(bytes: try versions.flush(job))
    pipeline.monitor.withLock { live.didFlush(versions.current) }
    log.release(through: memtable.sequenceBound)
  }

  /// Seals the active memtable and waits until it and all before it are in tables.
  func flush() throws(TreeError) {
    pipeline.monitor.lock()
    defer { pipeline.monitor.unlock() }
    if live.isClosing { throw .closed }
    if !live.active.isEmpty { live.sealActive(last: pipeline.appliedSequence) }
    guard let last = live.sealed.last else { return }
    // The flush thread does not try again what can't succeed, so nobody may wait for it.
    if let failure = live.flushFailure, case .poisoned = failure { throw failure }
    live.flushFailure = nil
    while let first = live.sealed.first, first.firstSequence <= last.firstSequence {
      if live.isClosing { throw .closed }
      if let failure = live.flushFailure { throw failure }
      live.changed.wait(in: pipeline.monitor)
    }
  }
}

extension VersionSet {
  /// Runs a flush, makes what it wrote part of the version, and returns how many bytes that is.
  func flush(_ job: FlushJob) throws(TreeError) -> Int {
    let number = newFileNumber()
    var values = ValueOutputs(ValueOutputEnvironment(self))
    let table: FinishedTable?
    do throws(TreeError) {
      table = try job.run({ () throws(TreeError) in try store.newTable(number) }, values: &values)
      try values.finish()
    } catch {
      // It is tried again under another number; what is left of this one must not fill the disk.
      try? store.fileSystem.remove(store.files.path(of: number))
      values.removeAll()
      throw error
    }
    var edit = VersionEdit()
    edit.valueFilesAdded = values.files
    if let table { edit.added.append(.init(level: 0, file: TableFileInfo(number: number, table))) }
    edit.flushedSequence = job.memtable.sequenceBound
    edit.lastSequence = job.memtable.sequenceBound
    try apply(edit)
    return (table?.sizeBytes ?? 0) + values.bytesWritten
  }
}
