import Synchronization

/// Everything behind a `Tree`. The engine's threads hold it, and a `Tree` that goes away closes it.
///
/// A write: `commit` → `WritePacer.pace` → `CommitPipeline.commit` → `LiveState.prepare` → `Memtable.apply` →
/// `CommitLog.append`; then, for who waits, `CommitLog.waitUntilDurable`. A read: `view` → `Superversion.get`,
/// memtables, then `Version.get`. In the background: `runFlushes` (one thread) and `runCompactions`
/// (`backgroundThreads` of them).
///
/// Locks are taken in this order: the pipeline's monitor, then the log's, then a stripe's or the registry's.
final class Engine: Sendable {
  let options: TreeOptions
  let log: any CommitLog
  let pipeline: CommitPipeline
  /// Guarded by `pipeline.monitor`.
  let live: LiveState
  let versions: VersionSet
  let snapshots = SnapshotRegistry()
  let counters = BackgroundCounters()
  private let directoryLock: Mutex<(any FileLock)?>
  private let threads = Mutex<[BackgroundThread]>([])
  let claims = Mutex(CompactionClaims())
  private let closing = AtomicFlag()

  private init(
    options: TreeOptions, log: any CommitLog, versions: VersionSet, live: LiveState,
    directoryLock: (any FileLock)?
  ) {
    self.options = options
    self.log = log
    self.versions = versions
    self.live = live
    self.directoryLock = Mutex(directoryLock)
    var environment = CommitPipeline.Environment(
      prepare: { (batch, first) throws(TreeError) in try live.prepare(batch, first) },
      wait: { monitor in live.waitForRoom(monitor) },
      apply: { batch, first in live.active.apply(batch, first: first) })
    environment.largeFromBytes = live.largeFromBytes
    environment.prepareLarge = { () throws(TreeError) in try live.prepareLarge() }
    environment.applyLarge = { batch, first in live.addLarge(batch, first: first) }
    pipeline = CommitPipeline(log: log, environment: environment)
  }

  // MARK: Opening and closing

  static func open(
    _ directory: String, options: TreeOptions, fileSystem: any FileSystem, isVolatile: Bool
  ) throws(TreeError) -> Engine {
    try options.check()
    let provider = isVolatile ? nil : options.cipher
    // Before anything is made or locked: a wrong key must leave no trace.
    try DirectoryKeys.check(directory, in: fileSystem, provider)
    try fileSystem.createDirectoryDurably(directory)
    let lock = try fileSystem.lockExclusively(directory + "/LOCK")
    let keys = try DirectoryKeys.open(directory, in: fileSystem, provider)
    let versions = try VersionSet(
      opening: TableStore(directory: directory, fileSystem: fileSystem, options: options, keys: keys))
    let flushed = versions.flushedSequence
    let live = LiveState(options: options, version: versions.current, flushedSequence: flushed)
    var log: any CommitLog = NullLog(last: flushed)
    if !isVolatile {
      let recovery = Recovery(live: live, versions: versions, options: options)
      log = try LocalLog.open(
        directory + "/" + FileNames.log, fileSystem: fileSystem, options: options, keys: keys, after: flushed,
        replay: recovery.replay)
      log.release(through: versions.flushedSequence)
    }
    let engine = Engine(options: options, log: log, versions: versions, live: live, directoryLock: lock)
    engine.startThreads()
    return engine
  }

  private func startThreads() {
    threads.withLock { threads in
      threads.append(.start { [self] in runFlushes() })
      for _ in 0..<options.backgroundThreads { threads.append(.start { [self] in runCompactions() }) }
    }
  }

  func close() throws(TreeError) {
    guard closing.setFirst() else { return }
    pipeline.monitor.withLock {
      pipeline.fail(.closed)
      live.beginClosing()
    }
    // The log first: a flush may be waiting for it, and is told.
    var failure: TreeError?
    do throws(TreeError) { try log.close() } catch { failure = error }
    for thread in threads.withLock({ $0 }) { thread.join() }
    threads.withLock { $0 = [] }
    live.endPool()
    directoryLock.withLock { $0 = nil }
    if let failure { throw failure }
  }

  var isClosing: Bool { closing.isSet }

  // MARK: Writing

  @inline(__always)
  func commit(
    _ batch: borrowing WriteBatch, _ durability: Durability?, mayWait: Bool = true
  ) throws(TreeError) -> SequenceNumber {
    if batch.isEmpty { return appliedSequence }
    try live.pacer.pace(batch.byteCount, mayWait: mayWait)
    return try pipeline.commit(batch, durability ?? options.durability, mayWait: mayWait)
  }

  var appliedSequence: SequenceNumber { pipeline.appliedSequence }
  var durableSequence: SequenceNumber { log.durableSequence }

  // MARK: Reading

  @inline(__always)
  func view() -> ReadView {
    let superversion = live.stripes.current
    return ReadView(superversion, min(log.durableSequence, superversion.sequenceBound))
  }

  func appliedView() -> ReadView {
    let superversion = live.stripes.current
    // A record may be durable a moment before its commit is counted as applied.
    let sequence = max(pipeline.appliedSequence, log.durableSequence)
    return ReadView(superversion, min(sequence, superversion.sequenceBound))
  }

  func view(at snapshot: SequenceNumber) -> ReadView { ReadView(live.stripes.current, snapshot) }

  func registerSnapshot() -> SequenceNumber { snapshots.register { log.durableSequence } }

  func unregisterSnapshot(_ sequence: SequenceNumber) {
    // Deletions that the oldest snapshot kept may be worth a compaction now.
    guard snapshots.unregister(sequence) else { return }
    pipeline.monitor.withLock { live.tellAll() }
  }
}
