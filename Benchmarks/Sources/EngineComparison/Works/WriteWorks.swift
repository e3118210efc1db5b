extension Workbench {
  static var batchCount: Int { 1_000 }

  /// One write a commit. `keyOfNumber` says in which order.
  func load(
    _ store: Store, _ values: Values, keys: Int, threads: Int, name: String,
    _ keyOfNumber: @escaping @Sendable (Int) -> Int
  ) {
    let outcomes = loop(store, values, threads: threads, plan.counted(keys)) { worker, number in
      worker.put(keyOfNumber(number * worker.threads + worker.index))
      return 1
    }
    note("\(name), \(values.byteCount) B", threads: threads, outcomes)
  }

  /// Every key, in order; not measured without a name.
  func loadInBatches(_ store: Store, _ values: Values, keys: Int, name: String?) {
    let outcomes = loadInBatches(store, values, keys: keys) { $0 }
    if let name { note("\(name), \(values.byteCount) B", outcomes) }
  }

  func loadInBatches(
    _ store: Store, _ values: Values, keys: Int, _ keyOfNumber: @escaping @Sendable (Int) -> Int
  ) -> [Outcome] {
    let batchCount = min(Self.batchCount, keys)
    return loop(store, values, plan.complete(keys / batchCount)) { worker, number in
      for number in number * batchCount..<(number + 1) * batchCount {
        worker.key.set(keyOfNumber(number))
        worker.connection.add(worker.key.bytes, worker.values.next(&worker.random))
      }
      worker.connection.commit()
      return batchCount
    }
  }

  func overwrite(_ store: Store, _ values: Values, keys: Int, threads: Int) {
    let outcomes = loop(store, values, threads: threads, plan.counted(keys), Self.overwriteOne(keys))
    note("overwrite at random, \(values.byteCount) B", threads: threads, outcomes)
  }

  static func overwriteOne(_ keys: Int) -> Operation {
    { worker, _ in
      worker.put(worker.random.next(below: keys))
      return 1
    }
  }

  func commitSynced(_ store: Store, _ values: Values, threads: Int) {
    let outcomes = loop(store, values, threads: threads, plan.timed) { worker, number in
      worker.put(number * worker.threads + worker.index)
      return 1
    }
    note("synced commit, \(values.byteCount) B", threads: threads, outcomes)
  }
}
