import LSMTree

/// How operations are run that a fault happens to. They leave the caller's thread: a delay is waited for by the timer's
/// thread, and the work is done on a thread of the pool.
extension Database {
  /// As `perform`, for a request that something happens to.
  func perform<O: Operation>(
    _: O.Type, _ request: O.Request, under verdict: FaultControl.Verdict,
    completion: @escaping @Sendable (Result<O.Response, ServiceError>) -> Void
  ) {
    let started = meterStart(O.self)
    let run: @Sendable (Bool) -> Void = { [self] isClosing in
      if isClosing { return completion(.failure(refusal)) }
      if let error = verdict.error {
        meter(O.self, .failure(error), of: meter(ofTargetsOf: request), started: 0)
        return completion(.failure(error))
      }
      let accepted = pool.submit { [self] in
        var outcome = attempt(O.self, request, io: .blocking)!
        outcome.result = verdict.applied(to: outcome.result)
        deliver(O.self, outcome, started, completion)
      }
      if !accepted { completion(.failure(refuse(O.self, request))) }
    }
    if verdict.delayMilliseconds == 0 { return run(false) }
    if !delays.schedule(afterMilliseconds: verdict.delayMilliseconds, run) {
      completion(.failure(refuse(O.self, request)))
    }
  }

  /// The meter of the table that a request names first, if there is such a table.
  func meter<Request>(ofTargetsOf request: Request) -> RequestMeter? {
    guard let name = (request as? any TargetedRequest)?.targets.first?.tableName else { return nil }
    return catalog.snapshot.tables[TableName.resolve(name)]?.meter
  }

  /// As `performAndWait`, for a request that something happens to.
  func performAndWait<O: Operation>(
    _: O.Type, _ request: O.Request, under verdict: FaultControl.Verdict
  ) throws(ServiceError) -> O.Response {
    let answer = Guarded<Result<O.Response, ServiceError>?>(nil)
    perform(O.self, request, under: verdict) { result in
      answer.withLock { $0 = result }
      answer.broadcast()
    }
    return try answer.wait { $0 }.get()
  }
}

extension FaultControl.Verdict {
  /// The answer as the client is to see it.
  fileprivate func applied<Response>(
    to result: Result<Response, ServiceError>
  ) -> Result<Response, ServiceError> {
    guard let errorAfterwards, case .success = result else { return result }
    return .failure(errorAfterwards)
  }
}
