/// Puts replayed batches into memtables, as commits did before. Runs before there are threads.
///
/// What does not fit the memtables that may wait is flushed at once, though the log it came from may not be synced yet: the
/// tables are, and the log may end before what tables hold.
struct Recovery {
  let live: LiveState
  let versions: VersionSet
  let options: TreeOptions

  func replay(_ payload: RawSpan, _ first: SequenceNumber) throws(TreeError) {
    guard let batch = WriteBatch(payload: payload) else {
      preconditionFailure("the log checks what it replays")
    }
    // A batch is flushed whole or not at all, so one that reaches beyond what tables hold lies behind it.
    while !(try live.prepare(batch, first)) { try flushOldest() }
    live.active.apply(batch, first: first)
  }

  private func flushOldest() throws(TreeError) {
    guard let memtable = live.sealed.first else {
      throw .invalidOption(name: "l0StopFilesMax", reason: "the tree has more files in L0 than that")
    }
    let job = FlushJob(
      memtable: memtable, snapshots: [memtable.sequenceBound],
      times: WriteTimes(earliest: memtable.createdTime, latest: options.now()))
    live.didFlush(try versions.flush(job))
  }
}

extension VersionSet {
  /// Runs a flush and makes its table part of the version.
  func flush(_ job: FlushJob) throws(TreeError) -> Version {
    let number = newFileNumber()
    let table = try job.run { () throws(TreeError) in try store.newTable(number) }
    var edit = VersionEdit()
    if let table { edit.added.append(.init(level: 0, file: TableFileInfo(number: number, table))) }
    edit.flushedSequence = job.memtable.sequenceBound
    edit.lastSequence = job.memtable.sequenceBound
    return try apply(edit)
  }
}
