extension Engine {
  var metrics: TreeMetrics {
    var metrics = counters.metrics
    metrics.log = log.metrics
    metrics.snapshots = snapshots.count
    pipeline.monitor.withLock {
      metrics.memtableBytes = live.active.usedBytes
      metrics.memtablesSealed = live.sealed.count
      metrics.memtablesSealedBytes = live.sealed.reduce(0) { $0 + $1.usedBytes }
      metrics.stalls = live.stalls
      metrics.stallNanoseconds = live.stallNanoseconds
    }
    metrics.slowdowns = live.pacer.slowdowns
    metrics.slowdownNanoseconds = live.pacer.slowdownNanoseconds
    metrics.levels = versions.current.levels.map { files in
      TreeMetrics.Level(files: files.count, bytes: files.reduce(0) { $0 + $1.info.sizeBytes })
    }
    return metrics
  }

  func approximateSizeBytes(from lower: [UInt8], to upper: [UInt8]?) throws(TreeError) -> Int {
    try versions.current.approximateSizeBytes(from: lower, to: upper)
  }

  func verify() throws(TreeError) -> VerificationReport {
    var report = VerificationReport()
    var verified: Set<UInt64> = []
    for file in versions.current.levels.joined() {
      // Virtual tables may share a file.
      guard verified.insert(file.backing.number).inserted else { continue }
      let found = try file.reader(.blocking).verify()
      report.files += 1
      report.bytes += file.backing.sizeBytes
      report.entries += found.entryCount
    }
    return report
  }
}
