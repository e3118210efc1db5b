import Synchronization

/// Counts of flushes and compactions, for `TreeMetrics`.
struct BackgroundCounters: ~Copyable, Sendable {
  private let counts: Mutex<TreeMetrics>

  init() {
    var metrics = TreeMetrics()
    metrics.levels = Array(repeating: .init(), count: Version.levelCount)
    counts = Mutex(metrics)
  }

  func didFlush(bytes: Int) {
    counts.withLock {
      $0.flushes += 1
      $0.flushBytes += bytes
    }
  }

  func didCompact(_ compaction: Compaction, _ result: CompactionResult) {
    counts.withLock { counts in
      counts.compactions += 1
      counts.compactionsByReason[compaction.reason, default: 0] += 1
      counts.compactionBytesRead += result.bytesRead
      counts.compactionBytesWritten += result.bytesWritten
      counts.valueBytesRelocated += result.valueBytesRelocated
      counts.levels[compaction.outputLevel].compactionBytesWritten += result.bytesWritten
      guard compaction.work == .merge else { return }
      for input in compaction.inputs {
        counts.levels[input.level].compactionBytesRead += input.files.reduce(0) { $0 + $1.info.sizeBytes }
      }
    }
  }

  /// Metrics with these counts and nothing else.
  var metrics: TreeMetrics { counts.withLock { $0 } }
}
