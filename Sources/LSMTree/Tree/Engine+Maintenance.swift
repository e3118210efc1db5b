extension Engine {
  var metrics: TreeMetrics {
    var metrics = counters.metrics
    metrics.log = log.metrics
    metrics.reads = live.samples.metrics
    metrics.cache = TreeMetrics.Cache(versions.store.cache.metrics())
    metrics.openFiles = versions.store.files.count
    metrics.snapshots = snapshots.count
    pipeline.monitor.withLock {
      metrics.memtableBytes = live.active.usedBytes
      metrics.memtablesSealed = live.sealed.count
      metrics.memtablesSealedBytes = live.sealed.reduce(0) { $0 + $1.usedBytes }
      metrics.compactionDebtBytes = live.debtBytes
      metrics.stallsByMemtables = live.stalls[LiveState.Stall.memtables.rawValue]
      metrics.stallsByL0 = live.stalls[LiveState.Stall.l0.rawValue]
      metrics.stallsByIngestion = live.stalls[LiveState.Stall.ingestion.rawValue]
      metrics.stallsByDebt = live.stalls[LiveState.Stall.debt.rawValue]
    }
    (metrics.slowdownsByL0, metrics.slowdownsByDebt) = live.pacer.slowdowns
    let version = versions.current
    metrics.l0Sublevels = version.l0.count
    for (level, files) in version.levels.enumerated() {
      metrics.levels[level].files = files.count
      metrics.levels[level].bytes = version.sizeBytes(level: level)
    }
    metrics.valueFiles = version.valueFiles.count
    metrics.valueFileBytes = version.valueFiles.reduce(0) { $0 + $1.file.info.sizeBytes }
    metrics.valueFileLiveBytes = version.valueFiles.reduce(0) { $0 + $1.liveBytes }
    return metrics
  }

  func approximateSizeBytes(from lower: [UInt8], to upper: [UInt8]?) throws(TreeError) -> Int {
    try versions.current.approximateSizeBytes(from: lower, to: upper)
  }

  func verify() throws(TreeError) -> VerificationReport {
    var report = VerificationReport()
    let version = versions.current
    for use in version.valueFiles {
      try use.file.verify()
      report.files += 1
      report.bytes += use.file.info.sizeBytes
    }
    var verified: Set<UInt64> = []
    for file in version.levels.joined() {
      // Virtual tables may share a file.
      guard verified.insert(file.backing.number).inserted else { continue }
      let found = try file.reader(.blocking).verify(valuesIn: version)
      // What a virtual table refers to is an estimate.
      let references = file.info.attributes.valueReferences
      guard file.info.attributes.backing != nil || found.valueReferences == references else {
        throw .corruption(
          file: versions.store.files.path(of: file.number), offset: 0,
          reason: "the table refers to other values than the manifest says")
      }
      report.files += 1
      report.bytes += file.backing.sizeBytes
      report.entries += found.entryCount
    }
    return report
  }
}
