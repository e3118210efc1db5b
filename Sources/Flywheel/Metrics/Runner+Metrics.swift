/// How the runner counts and times requests.
extension Database {
  /// Of so many requests one is timed.
  private static let timedOneIn: UInt64 = 8

  /// Begins to count a request.
  ///
  /// - Returns: the moment at which it began, if it is one that is timed, else 0.
  @inlinable
  func meterStart<O: Operation>(_: O.Type) -> UInt64 { meterStart(mayRunInline: O.mayRunInline) }

  @usableFromInline
  func meterStart(mayRunInline: Bool) -> UInt64 {
    if mayRunInline {
      let requests = metrics.requestsUncounted._withUnsafeGuaranteedRef { $0.row.add(1, to: 0) }
      // Which ones follows from the count, turned over so that no regular pattern of requests is always met in the same
      // phase; the first is one of them.
      let hash = UInt64(truncatingIfNeeded: requests) &* 0x9E37_79B9_7F4A_7C15
      guard hash < UInt64.max / Self.timedOneIn else { return 0 }
    }
    return meterStartTimed()
  }

  @inline(never)
  private func meterStartTimed() -> UInt64 {
    metrics.tick(self)
    return MonotonicClock.nanoseconds
  }

  /// Counts a request that is answered.
  ///
  /// - Parameters:
  ///   - returned: the items it returned, of those that return any number.
  ///   - meter: that of the table that it was about; nil if it came to none.
  ///   - started: what `meterStart` returned.
  @inlinable
  func meter<O: Operation>(
    _: O.Type, _ result: Result<O.Response, ServiceError>, returned: Int = 0, of meter: RequestMeter?,
    started: UInt64
  ) {
    guard let number = O.meterNumber else { return }
    if case .failure(let error) = result { return meterFailure(number, error, of: meter) }
    meterSuccess(number, returned: returned, of: meter, started: started)
  }

  @usableFromInline
  func meterSuccess(_ number: Int, returned: Int, of meter: RequestMeter?, started: UInt64) {
    if let meter, meter.counts(operation: number) {
      meter.countSuccess(operation: number, returned: returned)
    } else {
      metrics.ofDatabase.countSuccess(operation: number, returned: returned)
    }
    if started != 0 { meterTime(number, of: meter, started: started) }
  }

  @inline(never)
  private func meterTime(_ number: Int, of meter: RequestMeter?, started: UInt64) {
    let counting = meter ?? metrics.ofDatabase
    (counting.counts(operation: number) ? counting : metrics.ofDatabase).countTime(
      operation: number, nanoseconds: Int(MonotonicClock.nanoseconds - started))
  }

  @usableFromInline
  func meterFailure(_ number: Int, _ error: ServiceError, of meter: RequestMeter?) {
    let meter = meter ?? metrics.ofDatabase
    let counting = meter.counts(operation: number) ? meter : metrics.ofDatabase
    counting.countFailure(operation: number, error.code)
    var isThrottled = false
    for reason in error.cancellationReasons {
      switch reason.code {
      case .transactionConflict: meter.countConflicts(1)
      case .conditionalCheckFailed: meter.countConditionFailures(1)
      case .provisionedThroughputExceeded, .throttlingError: isThrottled = true
      default: break
      }
    }
    if isThrottled { counting.countThrottled(operation: number) }
    if error.code.isUserError { metrics.ofDatabase.countUserError() }
  }
}

extension ErrorCode {
  /// Whether the service counts the error among UserErrors: all of status 400 but failed conditions, conflicts and
  /// throttling.
  fileprivate var isUserError: Bool {
    switch self {
    case .conditionalCheckFailed, .transactionConflict, .transactionCanceled, .provisionedThroughputExceeded,
      .throttling,
      .requestLimitExceeded, .internalServerError, .serviceUnavailable:
      false
    default: true
    }
  }
}
