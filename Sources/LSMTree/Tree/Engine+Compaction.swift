internal import CPlatform
import Synchronization

extension Engine {
  /// A compaction thread: whatever the picker finds most urgent, until the tree closes. Several run at once on files that
  /// don't touch.
  func runCompactions() {
    while !isClosing {
      let seen = live.changes(pipeline.monitor)
      guard let compaction = claim({ picker.pick($0, busy: $1, snapshots: currentSnapshots) }) else {
        // The last compaction's own inputs were still held when it ended.
        removeUnusedFiles()
        live.waitForChange(after: seen, pipeline.monitor)
        continue
      }
      do throws(TreeError) {
        try run(compaction)
      } catch {
        pipeline.monitor.withLock { live.didFail(error) }
        waitForRetry(after: error)
      }
    }
  }

  /// Moves everything between the keys down to the last level, step by step, and rewrites what is not sealed though it
  /// should be.
  func compact(from lower: [UInt8], to upper: [UInt8]?) throws(TreeError) {
    try flush()
    while !isClosing {
      let seen = live.changes(pipeline.monitor)
      let next = claim { version, busy in
        picker.pickManual(version, from: lower, to: upper, busy: busy)
          ?? picker.pickPlain(version, from: lower, to: upper, busy: busy, versions.store.keys)
      }
      if let compaction = next {
        try run(compaction)
      } else if busyFiles.withLock({ $0.isEmpty }) {
        return removeUnusedFiles()
      } else {
        // What is left may be what others are at.
        live.waitForChange(after: seen, pipeline.monitor)
      }
    }
    throw .closed
  }

  private var picker: CompactionPicker { CompactionPicker(options: CompactionOptions(options)) }

  var currentSnapshots: [SequenceNumber] { snapshots.sequences { log.durableSequence } }

  /// Picks under the lock of the busy files, and adds what was picked to them. A version whose files are not busy any more
  /// is current by then.
  private func claim(_ pick: (Version, Set<UInt64>) -> Compaction?) -> Compaction? {
    busyFiles.withLock { busy in
      guard let compaction = pick(versions.current, busy) else { return nil }
      busy.formUnion(compaction.inputNumbers)
      return compaction
    }
  }

  private func run(_ compaction: Compaction) throws(TreeError) {
    let result = Result { () throws(TreeError) in try execute(compaction) }
    // Before anyone is told: who looks for work then must find these files.
    busyFiles.withLock { $0.subtract(compaction.inputNumbers) }
    let done = try result.get()
    counters.didCompact(done)
    pipeline.monitor.withLock { live.didChange(versions.current) }
    removeUnusedFiles()
  }

  private func execute(_ compaction: Compaction) throws(TreeError) -> CompactionResult {
    var environment = CompactionEnvironment(versions, snapshots: currentSnapshots)
    environment.shouldStop = { [self] in isClosing }
    let job = CompactionJob(compaction, options: CompactionOptions(options), environment: environment)
    let result = try job.run()
    try versions.apply(result.edit)
    return result
  }

  /// A file that can't be removed now is tried again the next time, and swept when the tree is opened.
  func removeUnusedFiles() { try? versions.store.removeUnusedFiles() }

  /// After a failure that may pass, a second; after one that can't, until the tree closes.
  func waitForRetry(after failure: TreeError) {
    let start = platform_monotonic_nanoseconds()
    pipeline.monitor.withLock {
      while !live.isClosing {
        if case .poisoned = failure {
          live.changed.wait(in: pipeline.monitor)
        } else {
          let waited = Int((platform_monotonic_nanoseconds() - start) / 1_000_000)
          guard waited < Self.retryMilliseconds else { return }
          live.changed.wait(in: pipeline.monitor, milliseconds: Self.retryMilliseconds - waited)
        }
      }
    }
  }

  /// A flush or compaction that failed, for want of space most likely, is tried again after this.
  private static let retryMilliseconds = 1000
}
