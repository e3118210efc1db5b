/// How long it takes until a store that exists answers.
extension Workbench {
  /// Bytes of log to replay: what fits a memtable, with room for what an engine adds.
  private var logBytes: Int { plan.isQuick ? 8 << 20 : 40 << 20 }

  func runOpening(_ values: Values) {
    if Store.replaysLog { openWithLog(values) }
    openTables(values)
  }

  /// Everything is in the log and nothing in tables.
  private func openWithLog(_ values: Values) {
    let entryBytes = values.byteCount + Key.byteCount
    let keys = logBytes / entryBytes / Self.batchCount * Self.batchCount
    let shuffle = Shuffle(count: keys)
    Scratch.with { directory in
      let writer = Store(directory: directory, settings: EngineSettings())
      _ = loop(writer, values, plan.complete(keys)) { worker, number in
        worker.put(shuffle[number])
        return 1
      }
      writer.close()
      let outcome = open(directory, EngineSettings(), values, units: keys, keyThatExists: keys - 1)
      let seconds = Double(outcome.end - outcome.start) / 1e9
      note(
        "open, entries of a log to replay", [outcome],
        [
          .openMilliseconds: seconds * 1e3,
          .replayedMegabytesPerSecond: Double(keys * entryBytes) / 1e6 / seconds,
        ])
    }
  }

  /// Hundreds of tables, closed cleanly. (At 32 MB a table, as many as 10 GB have.)
  private func openTables(_ values: Values) {
    var settings = EngineSettings()
    settings.tableBytes = plan.keys * (values.byteCount + Key.byteCount) / 600
    Scratch.with { directory in
      let writer = Store(directory: directory, settings: settings)
      loadInBatches(writer, values, keys: plan.keys, name: nil)
      settle(writer)
      writer.close()
      let outcome = open(directory, settings, values, units: 1, keyThatExists: plan.keys / 2)
      note(
        "open, hundreds of tables", [outcome],
        [.openMilliseconds: Double(outcome.end - outcome.start) / 1e6])
    }
  }

  /// From opening until one read has been answered.
  private func open(
    _ directory: String, _ settings: EngineSettings, _ values: Values, units: Int, keyThatExists: Int
  ) -> Outcome {
    var outcome = Outcome()
    outcome.units = units
    outcome.start = Clock.now
    let store = Store(directory: directory, settings: settings)
    let key = Key()
    key.set(keyThatExists)
    if store.connect().get(key.bytes) == nil { fail("\(system.rawValue): a key is missing after opening") }
    outcome.end = Clock.now
    outcome.latencies.record(outcome.end - outcome.start)
    store.close()
    return outcome
  }
}
