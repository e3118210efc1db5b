import Synchronization

/// Counts of flushes and compactions, for `TreeMetrics`.
struct BackgroundCounters: ~Copyable, Sendable {
  private let counts = Mutex(TreeMetrics())

  func didFlush(bytes: Int) {
    counts.withLock {
      $0.flushes += 1
      $0.flushBytes += bytes
    }
  }

  func didCompact(_ result: CompactionResult) {
    counts.withLock {
      $0.compactions += 1
      $0.compactionBytesRead += result.bytesRead
      $0.compactionBytesWritten += result.bytesWritten
      $0.valueBytesRelocated += result.valueBytesRelocated
    }
  }

  /// Metrics with these counts and nothing else.
  var metrics: TreeMetrics { counts.withLock { $0 } }
}
