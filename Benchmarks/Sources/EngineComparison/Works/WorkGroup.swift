/// Works that are done on the same stores, one after the other. Engines take turns after each group.
enum WorkGroup: String, CaseIterable, Sendable {
  case small, medium, synced, uncached, amplification, large, growth, opening, pause

  /// Values of 1,000 bytes are left out of a quick run.
  var isInQuick: Bool { self != .medium }

  /// Measured in the first round alone: what is counted rather than timed, and what takes long enough to be its own mean.
  var isOnce: Bool {
    switch self {
    case .amplification, .large, .growth, .pause: true
    case .small, .medium, .synced, .uncached, .opening: false
    }
  }
}

extension Workbench {
  func run(_ group: WorkGroup) {
    switch group {
    case .small: withValues(of: 100) { runInMemory($0, keys: plan.keys, hasAllWorks: true) }
    case .medium: withValues(of: 1_000) { runInMemory($0, keys: plan.keys / 8, hasAllWorks: false) }
    case .synced: withValues(of: 100) { runSynced($0) }
    case .uncached: withValues(of: 100) { runUncached($0) }
    case .amplification: withValues(of: 100) { runAmplification($0) }
    case .large: withValues(of: 100_000) { runLarge($0) }
    case .growth: withValues(of: 100) { runGrowth($0) }
    case .opening: withValues(of: 100) { runOpening($0) }
    case .pause: withValues(of: 100) { runPause($0) }
    }
  }

  /// Works on a store that fits in the cache: loading, reading, scanning, overwriting, with nothing synced.
  private func runInMemory(_ values: Values, keys: Int, hasAllWorks: Bool) {
    for threads in threadCounts {
      withStore(EngineSettings()) { store, _ in
        load(store, values, keys: keys, threads: threads, name: "load in order") { $0 }
      }
      let shuffle = Shuffle(count: keys)
      withStore(EngineSettings()) { store, _ in
        load(store, values, keys: keys, threads: threads, name: "load at random") { shuffle[$0] }
      }
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
      scanShort(store, values, keys: keys, isReverse: true, "scan 100 in reverse")
      if hasAllWorks { readWhileWriting(store, values, keys: keys) }
      for threads in threadCounts { overwrite(store, values, keys: keys, threads: threads) }
    }
  }

  /// Two threads load and overwrite, too, where there is time for it.
  private var threadCounts: [Int] { plan.isQuick ? [1] : [1, 2] }

  private func runSynced(_ values: Values) {
    for threads in [1, 16, 64] {
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
