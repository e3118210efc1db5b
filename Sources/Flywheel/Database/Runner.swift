public import LSMTree

/// How operations are run.
///
/// `perform` is for callers that must not block: it runs the operation at once, on the caller's thread, allowed to
/// use what is in memory; only one that needs the disk, or waits for a latch, goes to the pool's threads. Then,
/// whatever the thread, the answer waits until what it depends on is durable, which for reads is nothing and
/// for writes is the group's sync; the log's thread delivers it. So `completion` runs once, either before
/// `perform` returns or later on another thread.
///
/// `performAndWait` is for callers that may block, `performAsync` for tasks.
extension Database {
  /// How often an operation may find that a table changed under it. Each time somebody changed one in
  /// between.
  @usableFromInline static var restartsMax: Int { 1_000 }

  /// Runs an operation without blocking the caller.
  ///
  /// Inlinable, so that callers in another module have it made for the operation they ask for: the generic way copies the
  /// request and builds its types' metadata, a thousand instructions a request and several times as many for large ones.
  @inlinable
  package func perform<O: Operation>(
    _: O.Type, _ request: O.Request,
    completion: @escaping @Sendable (Result<O.Response, ServiceError>) -> Void
  ) {
    guard isOpen else { return completion(.failure(refusal)) }
    if hasFaults, performFaulted(O.self, request, completion: completion) { return }
    let started = meterStart(O.self)
    if O.mayRunInline, let outcome = attempt(O.self, request, io: .memoryOnly) {
      return deliver(O.self, outcome, started, completion)
    }
    let accepted = pool.submit { [self] in
      deliver(O.self, attempt(O.self, request, io: .blocking)!, started, completion)
    }
    if !accepted { completion(.failure(refuse(O.self, request))) }
  }

  @usableFromInline
  var hasFaults: Bool { faults.areSet }

  /// Runs an operation as a fault that is set for it wants it; false if there is none.
  @usableFromInline
  func performFaulted<O: Operation>(
    _: O.Type, _ request: O.Request,
    completion: @escaping @Sendable (Result<O.Response, ServiceError>) -> Void
  ) -> Bool {
    guard let verdict = faults.verdict(on: O.name, request) else { return false }
    perform(O.self, request, under: verdict, completion: completion)
    return true
  }

  /// Runs an operation on the calling thread, which may block.
  package func performAndWait<O: Operation>(_: O.Type, _ request: O.Request) throws(ServiceError)
    -> O.Response
  {
    guard isOpen else { throw refusal }
    if faults.areSet, let verdict = faults.verdict(on: O.name, request) {
      return try performAndWait(O.self, request, under: verdict)
    }
    let started = meterStart(O.self)
    let outcome = attempt(O.self, request, io: .blocking)!
    do throws(TreeError) {
      try tree.waitUntilDurable(outcome.observed)
    } catch {
      let error = failure(of: O.name, error)
      meter(O.self, .failure(error), of: outcome.meter, started: started)
      throw error
    }
    meter(O.self, outcome.result, returned: outcome.returned, of: outcome.meter, started: started)
    return try outcome.result.get()
  }

  /// Runs an operation for a task. Suspends only if there is something to wait for.
  package nonisolated(nonsending) func performAsync<O: Operation>(
    _: O.Type, _ request: O.Request
  ) async throws(ServiceError) -> O.Response {
    guard isOpen else { throw refusal }
    if faults.areSet, let verdict = faults.verdict(on: O.name, request) {
      return try await withCheckedContinuation { continuation in
        perform(O.self, request, under: verdict) { continuation.resume(returning: $0) }
      }.get()
    }
    let started = meterStart(O.self)
    if O.mayRunInline, let outcome = attempt(O.self, request, io: .memoryOnly) {
      if outcome.observed <= tree.durableSequence {
        meter(O.self, outcome.result, returned: outcome.returned, of: outcome.meter, started: started)
        return try outcome.result.get()
      }
      return try await withCheckedContinuation { continuation in
        deliver(O.self, outcome, started) { continuation.resume(returning: $0) }
      }.get()
    }
    return try await withCheckedContinuation { continuation in
      let accepted = pool.submit { [self] in
        deliver(O.self, attempt(O.self, request, io: .blocking)!, started) {
          continuation.resume(returning: $0)
        }
      }
      if !accepted { continuation.resume(returning: .failure(refuse(O.self, request))) }
    }.get()
  }

  /// What an attempt came to, and the sequence that has to be durable before anyone is told.
  @usableFromInline
  struct Outcome<Response: Sendable>: Sendable {
    @usableFromInline var result: Result<Response, ServiceError>
    @usableFromInline var observed: SequenceNumber
    /// That of the table that it was about.
    @usableFromInline var meter: RequestMeter?
    /// The items that are returned, of operations that return any number.
    @usableFromInline var returned: Int

    @inlinable
    init(
      result: Result<Response, ServiceError>, observed: SequenceNumber, meter: RequestMeter? = nil,
      returned: Int = 0
    ) {
      self.result = result
      self.observed = observed
      self.meter = meter
      self.returned = returned
    }
  }

  /// Runs an operation once, and again as often as a table changes under it. Nil if it would have to block
  /// and may not.
  @inlinable
  func attempt<O: Operation>(_: O.Type, _ request: O.Request, io: ReadIO) -> Outcome<O.Response>? {
    for _ in 0..<Self.restartsMax {
      var context = OperationContext(io: io)
      do throws(Interruption) {
        let response = try O.run(request, in: self, &context)
        return Outcome(
          result: .success(response), observed: context.observed, meter: context.meter,
          returned: context.returned)
      } catch {
        switch error {
        case .restart: continue
        case .wouldBlock:
          precondition(io == .memoryOnly, "an operation that may block says that it would")
          return nil
        case .service(let error):
          return Outcome(result: .failure(error), observed: context.observed, meter: context.meter)
        case .refused(let refusal):
          refusal.count()
          return Outcome(
            result: .failure(refusal.error), observed: context.observed, meter: context.meter)
        case .engine(let error):
          return Outcome(result: .failure(failure(of: O.name, error)), observed: 0, meter: context.meter)
        }
      }
    }
    return Outcome(result: .failure(Self.changedTooOften), observed: 0)
  }

  @usableFromInline
  static var changedTooOften: ServiceError {
    ServiceError(.internalServerError, "The table changed too often.")
  }

  /// Calls `completion` once what the outcome depends on is durable.
  @inlinable
  func deliver<O: Operation>(
    _: O.Type, _ outcome: Outcome<O.Response>, _ started: UInt64,
    _ completion: @escaping @Sendable (Result<O.Response, ServiceError>) -> Void
  ) {
    if outcome.observed <= tree.durableSequence {
      meter(O.self, outcome.result, returned: outcome.returned, of: outcome.meter, started: started)
      return completion(outcome.result)
    }
    tree.whenDurable(outcome.observed) { [self] error in
      let result = error.map { .failure(failure(of: "commit", $0)) } ?? outcome.result
      meter(O.self, result, returned: outcome.returned, of: outcome.meter, started: started)
      completion(result)
    }
  }

  /// Tells whoever listens what the engine did, and gives the client the little that it may know.
  @usableFromInline
  func failure(of operation: String, _ error: TreeError) -> ServiceError {
    if error == .closed { return ServiceError(.serviceUnavailable, "The database is closed.") }
    options.onEvent?(.engineFailed(operation: operation, error: DatabaseError(error)))
    return ServiceError(.internalServerError, "Internal server error")
  }

  /// Counts a request that the pool does not take, and says what it is answered.
  @usableFromInline
  func refuse<O: Operation>(_: O.Type, _ request: O.Request) -> ServiceError {
    let error = refusal
    meter(O.self, .failure(error), of: meter(ofTargetsOf: request), started: 0)
    return error
  }

  /// What is answered when the pool takes no more.
  @usableFromInline
  var refusal: ServiceError {
    isOpen
      ? ServiceError(
        .serviceUnavailable, "The database has more requests waiting for the disk than it keeps.")
      : ServiceError(.serviceUnavailable, "The database is closed.")
  }
}
