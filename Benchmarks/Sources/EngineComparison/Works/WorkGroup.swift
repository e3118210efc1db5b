/// Works that are done on the same stores, one after the other. Engines take turns after each group.
enum WorkGroup: String, CaseIterable, Sendable {
  case small, medium, synced, uncached, churn, large

  var isInQuick: Bool { self != .medium && self != .large }
}

extension Workbench {
  func run(_ group: WorkGroup) {
    switch group {
    case .small: withValues(of: 100) { runInMemory($0, keys: plan.keys, hasAllWorks: true) }
    case .medium: withValues(of: 1_000) { runInMemory($0, keys: plan.keys / 8, hasAllWorks: false) }
    case .synced: withValues(of: 100) { runSynced($0) }
    case .uncached: withValues(of: 100) { runUncached($0) }
    case .churn: withValues(of: 100) { runChurn($0) }
    case .large: withValues(of: 100_000) { runLarge($0) }
    }
  }

  /// Works on a store that fits in the cache: loading, reading, scanning, overwriting, with nothing synced.
  private func runInMemory(_ values: Values, keys: Int, hasAllWorks: Bool) {
    for threads in hasAllWorks && !plan.isQuick ? [1, 2] : [1] {
      withStore(EngineSettings()) { store, _ in loadSingly(store, values, keys: keys, threads: threads) }
    }
    withStore(EngineSettings()) { store, _ in
      loadInBatches(store, values, keys: keys, name: "load in order, batches of 1,000")
      settle(store)
      scanAll(store, values, keys: keys)
      readAll(store, values, keys: keys)
      read(store, values, keys: keys, threads: 1, "read, all cached")
      if hasAllWorks {
        read(store, values, keys: keys, threads: 2, "read, all cached")
        readAbsent(store, values, keys: keys)
      }
      scanShort(store, values, keys: keys, isReverse: false, "scan 100 forward")
      if hasAllWorks {
        scanShort(store, values, keys: keys, isReverse: true, "scan 100 in reverse")
        readWhileWriting(store, values, keys: keys)
      }
      for threads in hasAllWorks && !plan.isQuick ? [1, 2] : [1] {
        overwrite(store, values, keys: keys, threads: threads)
      }
    }
  }

  private func runSynced(_ values: Values) {
    for threads in plan.isQuick ? [1, 16] : [1, 16, 64] {
      var settings = EngineSettings()
      settings.isSynced = true
      withStore(settings) { store, _ in commitSynced(store, values, threads: threads) }
    }
  }

  /// Reads with a cache of a quarter of the data. The rest is in the operating system's cache: what is measured is
  /// an engine's way to a block that it has to fetch, check and unpack, not a disk.
  private func runUncached(_ values: Values) {
    var settings = EngineSettings()
    settings.cacheBytes = plan.keys * (values.byteCount + Key.byteCount) / 4
    withStore(settings) { store, _ in
      loadInBatches(store, values, keys: plan.keys, name: nil)
      settle(store)
      readAll(store, values, keys: plan.keys)
      read(store, values, keys: plan.keys, threads: 1, "read, data 4x the cache")
      scanShort(store, values, keys: plan.keys, isReverse: false, "scan 100 forward, data 4x the cache")
    }
  }
}
