/// Puts replayed batches into memtables, as commits did before. Runs before there are threads.
///
/// What does not fit the memtables that may wait is flushed at once, though the log it came from may not be synced yet: the
/// tables are, and the log may end before what tables hold.
struct Recovery {
  let live: LiveState
  let versions: VersionSet
  let options: TreeOptions

  func replay(_ payload: RawSpan, _ first: SequenceNumber) throws(TreeError) {
    // A batch is flushed whole or not at all, so one that reaches beyond what tables hold lies behind it.
    while live.sealed.count >= options.memtablesSealedMax { try flushOldest() }
    live.replay(payload, first)
  }

  private func flushOldest() throws(TreeError) {
    guard let memtable = live.sealed.first else {
      preconditionFailure("only sealed memtables stall a recovery")
    }
    let job = FlushJob(
      memtable: memtable, stripes: SnapshotStripes([memtable.sequenceBound]),
      times: WriteTimes(earliest: memtable.createdTime, latest: options.now()))
    _ = try versions.flush(job)
    live.didFlush(versions.current)
  }
}
