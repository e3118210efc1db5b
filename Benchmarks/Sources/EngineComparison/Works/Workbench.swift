/// One engine with a plan: opens stores, runs loops on them, notes what came out.
struct Workbench<Store: Engine> {
  let system: System
  let plan: Plan
  let results: Results

  init(_ system: System, _ plan: Plan, _ results: Results) {
    self.system = system
    self.plan = plan
    self.results = results
  }

  /// What a thread of a work has at hand.
  struct Worker {
    let connection: Store.Connection
    let values: Values
    /// This thread's place among `threads`.
    let index: Int
    let threads: Int
    let key = Key()
    var random: Xorshift

    @inline(__always)
    mutating func put(_ number: Int) {
      key.set(number)
      connection.put(key.bytes, values.next(&random))
    }

    @inline(__always)
    func get(_ number: Int) -> Bool {
      key.set(number)
      return connection.get(key.bytes) != nil
    }
  }

  /// One operation, the thread's `number`th. Returns how many units it did.
  typealias Operation = @Sendable (inout Worker, _ number: Int) -> Int

  /// Runs `operation` on threads until the limit (each one's share of it), all of them let go at once, and takes the time of
  /// one in `timedEvery`.
  func loop(
    _ store: Store, _ values: Values, threads: Int = 1, _ limit: Limit, timedEvery: Int = 1,
    _ operation: @escaping Operation
  ) -> [Outcome] {
    loop(store, values, limit, timedEvery: timedEvery, Array(repeating: operation, count: threads))
  }

  /// The same, with an operation of its own for each thread.
  func loop(
    _ store: Store, _ values: Values, _ limit: Limit, timedEvery: Int, _ operations: [Operation]
  ) -> [Outcome] {
    let threads = operations.count
    return Threads.run(threads) { index, ready in
      var worker = Worker(
        connection: store.connect(), values: values, index: index, threads: threads,
        random: Xorshift(seed: index + 1))
      ready()
      return Self.loop(
        &worker, Limit(operations: limit.operations / threads, seconds: limit.seconds), timedEvery,
        operations[index])
    }
  }

  private static func loop(
    _ worker: inout Worker, _ limit: Limit, _ timedEvery: Int, _ operation: Operation
  ) -> Outcome {
    var outcome = Outcome()
    outcome.start = Clock.now
    let deadline = limit.seconds.isFinite ? outcome.start + UInt64(limit.seconds * 1e9) : .max
    var done = 0
    var now = outcome.start
    while done < limit.operations, now < deadline {
      let begin = now
      outcome.units += operation(&worker, done)
      done += 1
      now = Clock.now
      outcome.latencies.record(now - begin)
      if timedEvery == 1 { continue }
      let untilTimed = min(done + timedEvery - 1, limit.operations)
      while done < untilTimed {
        outcome.units += operation(&worker, done)
        done += 1
      }
      now = Clock.now
    }
    outcome.end = now
    return outcome
  }

  func note(
    _ work: String, threads: Int = 1, _ outcomes: [Outcome], _ figures: [Figure: Double] = [:]
  ) {
    results.add(Row(work: work, threads: threads), system, outcomes, figures)
  }

  /// Gives `body` an empty store of its own.
  func withStore(_ settings: EngineSettings, _ body: (Store, String) -> Void) {
    Scratch.with { directory in
      let store = Store(directory: directory, settings: settings)
      body(store, directory)
      store.close()
    }
  }

  func withValues(of byteCount: Int, _ body: (Values) -> Void) {
    let values = Values(byteCount: byteCount)
    body(values)
    values.free()
  }

  /// Puts everything into tables and lets background work end.
  func settle(_ store: Store) {
    store.flush()
    ProcessWrites.waitUntilQuiet()
  }
}
