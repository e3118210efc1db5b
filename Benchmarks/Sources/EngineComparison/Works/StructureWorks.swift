/// What the structure of an engine costs in bytes, in pauses, and as the data grows.
extension Workbench {
  /// Limits small enough that compactions go on all the while, for data of `bytes`: some fifteen memtables of it, and a first level of
  /// a quarter.
  private func settings(forBytes bytes: Int) -> EngineSettings {
    var settings = EngineSettings()
    settings.memtableBytes = max(bytes / 15, 256 << 10)
    settings.tableBytes = settings.memtableBytes
    settings.levelBaseBytes = 4 * settings.memtableBytes
    return settings
  }

  /// Overwrites at random until every key was written five times over, and lets background work end: bytes that were
  /// written for each byte, log included, and bytes that are on disk for each byte that is alive.
  func runAmplification(_ values: Values) {
    let keys = plan.keys / 4
    let entryBytes = values.byteCount + Key.byteCount
    withStore(settings(forBytes: keys * entryBytes)) { store, directory in
      _ = loadInBatches(store, values, keys: keys) { $0 }
      settle(store)
      let before = ProcessWrites.bytes
      let limit = Limit(operations: 5 * keys, seconds: 5 * plan.secondsMax)
      let outcomes = loop(store, values, limit, Self.overwriteOne(keys))
      settle(store)
      var figures: [Figure: Double] = [
        .bytesStoredPerByte: Double(Scratch.bytesStored(in: directory)) / Double(keys * entryBytes)
      ]
      if let before, let after = ProcessWrites.bytes {
        figures[.bytesWrittenPerByte] = Double(after - before) / Double(outcomes[0].units * entryBytes)
      }
      note("overwrite 5x at random, small memtables", outcomes, figures)
    }
  }

  /// One writer at full speed for `plan.pauseSeconds`, and the longest that one of its writes took.
  func runPause(_ values: Values) {
    let keys = plan.keys
    withStore(settings(forBytes: keys * (values.byteCount + Key.byteCount))) { store, _ in
      let limit = Limit(operations: .max, seconds: plan.pauseSeconds)
      let outcomes = loop(store, values, limit, Self.overwriteOne(keys))
      note(
        "write at full load for \(Int(plan.pauseSeconds.rounded(.up))) s", outcomes,
        [.longestPauseMicroseconds: Double(outcomes[0].latencies.longestNanoseconds) / 1e3])
    }
  }

  /// Values of 100 KB, each key once and in no order: what an engine writes for each byte that it is given, log included.
  func runLarge(_ values: Values) {
    let keys = plan.isQuick ? 300 : 2_500
    let shuffle = Shuffle(count: keys)
    var settings = EngineSettings()
    settings.memtableBytes = plan.isQuick ? 4 << 20 : 16 << 20
    withStore(settings) { store, directory in
      let before = ProcessWrites.bytes
      let outcomes = loop(store, values, plan.complete(keys)) { worker, number in
        worker.put(shuffle[number])
        return 1
      }
      settle(store)
      let bytes = Double(keys * (values.byteCount + Key.byteCount))
      var figures: [Figure: Double] = [
        .bytesStoredPerByte: Double(Scratch.bytesStored(in: directory)) / bytes
      ]
      if let before, let after = ProcessWrites.bytes {
        figures[.bytesWrittenPerByte] = Double(after - before) / bytes
      }
      note("load at random, 100 KB", outcomes, figures)
    }
  }

  /// The same works on a hundredth, a tenth and all of the data (quick: on a twentieth and half of it), with limits that stay as they are: what an operation costs
  /// at the end, over what it costs in the beginning.
  func runGrowth(_ values: Values) {
    let sizes =
      plan.isQuick ? [plan.keys / 20, plan.keys / 2] : [plan.keys / 100, plan.keys / 10, plan.keys]
    let settings = settings(forBytes: sizes[0] * (values.byteCount + Key.byteCount))
    var first: (load: Double, read: Double)?
    for keys in sizes {
      let shuffle = Shuffle(count: keys)
      withStore(settings) { store, _ in
        let loaded = loadInBatches(store, values, keys: keys) { shuffle[$0] }
        settle(store)
        readAll(store, values, keys: keys)
        let read = loop(store, values, plan.timed, timedEvery: 16, Self.readOne(keys))
        let costs = (load: Self.nanosecondsEach(loaded), read: Self.nanosecondsEach(read))
        var figures: (load: [Figure: Double], read: [Figure: Double]) = ([:], [:])
        if let first {
          figures.load[.costGrowth] = costs.load / first.load
          figures.read[.costGrowth] = costs.read / first.read
        } else {
          first = costs
        }
        note("growth: load \(Report.grouped(keys)) at random, batches of 1,000", loaded, figures.load)
        note("growth: read one of \(Report.grouped(keys)), all cached", read, figures.read)
      }
    }
  }

  private static func nanosecondsEach(_ outcomes: [Outcome]) -> Double {
    Double(outcomes[0].end - outcomes[0].start) / Double(max(outcomes[0].units, 1))
  }
}
