internal import CPlatform
import Synchronization

extension Engine {
  /// A compaction thread: whatever the picker finds most urgent, until the tree closes. Several run at once on files
  /// that don't touch.
  func runCompactions() {
    while !isClosing {
      let seen = live.changes(pipeline.monitor)
      // Here, since neither flushes nor writers shall wait for it, and the last compaction holds its inputs no more.
      removeUnusedFiles()
      guard let compaction = claim(pick) ?? claimWhenIdle(seen) else { continue }
      do throws(TreeError) {
        try run(compaction)
      } catch {
        pipeline.monitor.withLock { live.didFailToCompact(error) }
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
      let next = claim { version, claims in
        picker.pickManual(version, from: lower, to: upper, claims: claims)
          ?? picker.pickPlain(version, from: lower, to: upper, claims: claims, versions.store.keys)
      }
      if let compaction = next {
        try run(compaction)
      } else if claims.withLock({ $0.isEmpty }) {
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

  private func pick(_ version: Version, _ claims: CompactionClaims) -> Compaction? {
    picker.pick(version, claims: claims, snapshots: currentSnapshots, now: options.now())
  }

  /// Waits for a change, and if there is none for a while does what can be done when nobody writes.
  private func claimWhenIdle(_ seen: Int) -> Compaction? {
    guard options.idleMilliseconds > 0 else {
      waitForWork(seen)
      return nil
    }
    guard !live.waitForChange(after: seen, pipeline.monitor, milliseconds: options.idleMilliseconds) else {
      return nil
    }
    let picked = claim { version, claims in
      picker.pickIdle(version, claims: claims, snapshots: currentSnapshots)
    }
    if picked == nil { waitForWork(seen) }
    return picked
  }

  /// Waits for a change, or for deletions to become old.
  private func waitForWork(_ seen: Int) {
    let milliseconds = options.tombstoneAgeSecondsMax == 0 ? nil : 1000 * options.tombstoneAgeSecondsMax / 16
    live.waitForChange(after: seen, pipeline.monitor, milliseconds: milliseconds)
  }

  /// Picks under the lock of the claims, and adds what was picked to them. A version whose files are not claimed any
  /// more is current by then.
  private func claim(_ pick: (Version, CompactionClaims) -> Compaction?) -> Compaction? {
    claims.withLock { claims in
      guard let compaction = pick(versions.current, claims) else { return nil }
      claims.add(compaction)
      return compaction
    }
  }

  private func run(_ compaction: Compaction) throws(TreeError) {
    let result = Result { () throws(TreeError) in try execute(compaction) }
    // Before anyone is told: who looks for work then must find these files, and who waited for them the count.
    if case .success(let done) = result { counters.didCompact(compaction, done) }
    claims.withLock { $0.remove(compaction) }
    _ = try result.get()
    pipeline.monitor.withLock {
      live.compactionFailure = nil
      live.didChange(versions.current)
    }
  }

  private func execute(_ compaction: Compaction) throws(TreeError) -> CompactionResult {
    var environment = CompactionEnvironment(
      versions, snapshots: currentSnapshots, outputLevel: compaction.outputLevel)
    environment.shouldStop = { [self] in isClosing }
    // Somebody waits for a manual one.
    if compaction.reason != .manual { environment.workPercent = { [self] in workPercent } }
    let runner = SubcompactionRunner(
      compaction, options: CompactionOptions(options), environment: environment)
    let result = try runner.run()
    try versions.apply(result.edit)
    return result
  }

  /// Asked by compactions about once a millisecond.
  private var workPercent: Int { live.compactionPacer.workPercent(applied: pipeline.appliedSequence) }

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
