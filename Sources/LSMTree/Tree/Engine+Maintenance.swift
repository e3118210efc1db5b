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
      metrics.stalls = live.stalls
      metrics.stallNanoseconds = live.stallNanoseconds
    }
    metrics.slowdowns = live.pacer.slowdowns
    metrics.slowdownNanoseconds = live.pacer.slowdownNanoseconds
    let version = versions.current
    metrics.levels = version.levels.map { files in
      TreeMetrics.Level(files: files.count, bytes: files.reduce(0) { $0 + $1.info.sizeBytes })
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
