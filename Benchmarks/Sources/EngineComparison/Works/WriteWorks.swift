extension Workbench {
  static var batchCount: Int { 1_000 }

  func loadSingly(_ store: Store, _ values: Values, keys: Int, threads: Int) {
    let outcomes = loop(store, values, threads: threads, plan.counted(keys)) { worker, number in
      worker.put(number * worker.threads + worker.index)
      return 1
    }
    note("load in order, \(values.byteCount) B", threads: threads, outcomes)
  }

  /// Every key, in order; not measured without a name.
  func loadInBatches(_ store: Store, _ values: Values, keys: Int, name: String?) {
    let batchCount = Self.batchCount
    let outcomes = loop(store, values, plan.complete(keys / batchCount)) { worker, number in
      for key in number * batchCount..<(number + 1) * batchCount {
        worker.key.set(key)
        worker.connection.add(worker.key.bytes, worker.values.next(&worker.random))
      }
      worker.connection.commit()
      return batchCount
    }
    if let name { note("\(name), \(values.byteCount) B", outcomes) }
  }

  func overwrite(_ store: Store, _ values: Values, keys: Int, threads: Int) {
    let outcomes = loop(store, values, threads: threads, plan.counted(keys)) { worker, _ in
      worker.put(worker.random.next(below: keys))
      return 1
    }
    note("random overwrite, \(values.byteCount) B", threads: threads, outcomes)
  }

  func commitSynced(_ store: Store, _ values: Values, threads: Int) {
    let outcomes = loop(store, values, threads: threads, plan.timed) { worker, number in
      worker.put(number * worker.threads + worker.index)
      return 1
    }
    note("synced commit, \(values.byteCount) B", threads: threads, outcomes)
  }

  /// Overwrites at random until every key was written three times over, with memtables and levels small enough that compactions go on
  /// all the while: what the structure costs in bytes, and how long it makes a writer wait.
  func runChurn(_ values: Values) {
    let keys = plan.keys
    var settings = EngineSettings()
    settings.memtableBytes = plan.isQuick ? 1 << 20 : 8 << 20
    settings.tableBytes = settings.memtableBytes
    settings.levelBaseBytes = 4 * settings.memtableBytes
    withStore(settings) { store, directory in
      loadInBatches(store, values, keys: keys, name: nil)
      settle(store)
      let before = ProcessWrites.bytes
      let outcomes = loop(store, values, plan.counted(3 * keys)) { worker, _ in
        worker.put(worker.random.next(below: keys))
        return 1
      }
      settle(store)
      let entryBytes = values.byteCount + Key.byteCount
      var figures: [Figure: Double] = [
        .bytesStoredPerByte: Double(Scratch.bytesStored(in: directory)) / Double(keys * entryBytes),
        .longestPauseMicroseconds: Double(outcomes[0].latencies.longestNanoseconds) / 1e3,
      ]
      if let before, let after = ProcessWrites.bytes {
        figures[.bytesWrittenPerByte] = Double(after - before) / Double(outcomes[0].units * entryBytes)
      }
      note("random overwrite, small memtables", outcomes, figures)
    }
  }

  /// Values of 100 KB in random order: what an engine writes for each byte that it is given.
  func runLarge(_ values: Values) {
    let keys = 2_500
    var settings = EngineSettings()
    settings.memtableBytes = 16 << 20
    withStore(settings) { store, directory in
      let before = ProcessWrites.bytes
      let outcomes = loop(store, values, plan.complete(keys)) { worker, number in
        // 1,009 has no divisor in common with the number of keys: each is written once, in no order.
        worker.put(number * 1_009 % keys)
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
      note("write in no order, 100 KB", outcomes, figures)
    }
  }
}
