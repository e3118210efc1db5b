extension Workbench {
  /// One in this many reads is timed: a clock read costs a tenth of a cached one.
  private static var timedEvery: Int { 16 }
  private static var scanCount: Int { 100 }

  /// Reads every key once, so that what fits in the cache is in it, and proves that nothing is missing.
  func readAll(_ store: Store, _ values: Values, keys: Int) {
    let outcomes = loop(store, values, plan.complete(keys), timedEvery: 1_000) { worker, number in
      worker.get(number) ? 1 : 0
    }
    expect(outcomes, keys, "reading every key")
  }

  func read(_ store: Store, _ values: Values, keys: Int, threads: Int, _ name: String) {
    let outcomes = loop(
      store, values, threads: threads, plan.timed, timedEvery: Self.timedEvery, Self.readOne(keys))
    note("\(name), \(values.byteCount) B", threads: threads, outcomes)
  }

  static func readOne(_ keys: Int) -> Operation {
    { worker, _ in
      if !worker.get(worker.random.next(below: keys)) { fail("a key that was written is missing") }
      return 1
    }
  }

  func readAbsent(_ store: Store, _ values: Values, keys: Int) {
    let outcomes = loop(store, values, plan.timed, timedEvery: Self.timedEvery) { worker, _ in
      worker.key.set(worker.random.next(below: keys), isAbsent: true)
      if worker.connection.get(worker.key.bytes) != nil { fail("a key that was never written is there") }
      return 1
    }
    note("read, absent keys", outcomes)
  }

  /// Counts scans, of 100 entries each.
  func scanShort(_ store: Store, _ values: Values, keys: Int, isReverse: Bool, _ name: String) {
    let count = Self.scanCount
    let outcomes = loop(store, values, plan.timed) { worker, _ in
      worker.key.set(count + worker.random.next(below: keys - 2 * count))
      if worker.connection.scan(from: worker.key.bytes, entriesMax: count, isReverse: isReverse) != count {
        fail("a scan ended early")
      }
      return 1
    }
    note("\(name), \(values.byteCount) B", outcomes)
  }

  /// Counts entries.
  func scanAll(_ store: Store, _ values: Values, keys: Int) {
    let outcomes = loop(store, values, plan.complete(1)) { worker, _ in
      worker.key.set(0)
      return worker.connection.scan(from: worker.key.bytes, entriesMax: .max, isReverse: false)
    }
    expect(outcomes, keys, "scanning all")
    note("scan all, entries, \(values.byteCount) B", outcomes)
  }

  /// One thread reads, one overwrites.
  func readWhileWriting(_ store: Store, _ values: Values, keys: Int) {
    let outcomes = loop(
      store, values, plan.timed, timedEvery: 1, [Self.readOne(keys), Self.overwriteOne(keys)])
    note("read while one thread writes, \(values.byteCount) B", [outcomes[0]])
    note("write while one thread reads, \(values.byteCount) B", [outcomes[1]])
  }

  private func expect(_ outcomes: [Outcome], _ units: Int, _ what: String) {
    let found = outcomes.reduce(0) { $0 + $1.units }
    if found != units { fail("\(system.rawValue): \(what) found \(found) entries of \(units)") }
  }
}
