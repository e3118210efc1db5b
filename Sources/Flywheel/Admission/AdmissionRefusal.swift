/// That a request is not admitted, and why.
///
/// Sources: the developer guide's "Diagnosing throttling" (the sixteen reasons, which error carries which, and the text
/// for maxima of on-demand use), the API reference's TransactionCanceledException (the other texts, and the codes of
/// reasons), and answers of the service that users have reported: those end without a full stop where indexes are told of.
///
/// To ask for one changes nothing. It is counted where it is certain that it is answered with: an attempt that asks may yet
/// end without an answer and be run again.
@usableFromInline
package struct AdmissionRefusal: Sendable {
  package let kind: RateLimit.Kind
  package let direction: CapacityDirection
  /// What refuses: the table or the index.
  private let admission: ResourceAdmission
  /// The partition that has given what it can; nil if it is the table or index itself.
  private let partition: Partition?

  init(
    _ kind: RateLimit.Kind, _ direction: CapacityDirection, by partition: Partition? = nil,
    of admission: ResourceAdmission
  ) {
    self.kind = kind
    self.direction = direction
    self.admission = admission
    self.partition = partition
  }

  /// Counts it, as one that is answered with.
  @usableFromInline
  package func count() {
    admission.meter.countThrottled(kind, direction)
    partition?.countThrottled(direction)
  }

  private var isIndex: Bool { admission.isIndex }
  /// Whether the limit that was met is one of a provisioned table, where the limits of partitions have another
  /// error than on on-demand tables.
  private var isProvisioned: Bool { admission.isProvisioned }

  /// The reason as the service names it: what is throttled, in which direction, by which limit.
  package var reason: ThrottlingReason {
    let limit =
      switch kind {
      case .provisionedThroughput: "ProvisionedThroughputExceeded"
      case .maxOnDemandThroughput: "MaxOnDemandThroughputExceeded"
      case .keyRangeThroughput: "KeyRangeThroughputExceeded"
      case .accountLimit: "AccountLimitExceeded"
      }
    return ThrottlingReason(
      reason: (isIndex ? "Index" : "Table") + (direction == .read ? "Read" : "Write") + limit,
      resource: admission.arn)
  }

  /// What a request on its own is answered with.
  @usableFromInline
  package var error: ServiceError {
    ServiceError(code, message, throttlingReasons: [reason])
  }

  /// What a transaction is cancelled with for the action that is refused.
  package var cancellation: CancellationReason { error.throttlingCancellation! }

  private var code: ErrorCode {
    switch kind {
    case .provisionedThroughput: .provisionedThroughputExceeded
    case .accountLimit: .requestLimitExceeded
    case .maxOnDemandThroughput: .throttling
    case .keyRangeThroughput: isProvisioned ? .provisionedThroughputExceeded : .throttling
    }
  }

  private var message: String {
    switch (kind, isProvisioned) {
    case (.accountLimit, _):
      "Throughput exceeds the current throughput limit for your account. To request a limit increase, contact "
        + "AWS Support at https://aws.amazon.com/support."
    case (.maxOnDemandThroughput, _):
      "Throughput exceeds the maximum OnDemandThroughput configured on table or index"
    case (_, true):
      isIndex && direction == .write
        ? "The level of configured provisioned throughput for one or more global secondary indexes of the table "
          + "was exceeded. Consider increasing your provisioning level for the under-provisioned global secondary "
          + "indexes with the UpdateTable API"
        : "The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
          + "provisioning level with the UpdateTable API."
    case (_, false):
      isIndex && direction == .write
        ? "Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is "
          + "automatically scaling your index so please try again shortly."
        : "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your "
          + "table or index so please try again shortly. If exceptions persist, check if you have a hot key: "
          + "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"
    }
  }
}

extension CancellationReason {
  /// Whether the action was refused for its rate.
  var isOfThroughput: Bool { code == .provisionedThroughputExceeded || code == .throttlingError }
}

extension ServiceError {
  /// How a cancelled transaction tells of this error, if it is one of throughput.
  package var throttlingCancellation: CancellationReason? {
    switch code {
    case .provisionedThroughputExceeded: CancellationReason(.provisionedThroughputExceeded, message)
    case .throttling, .requestLimitExceeded: CancellationReason(.throttlingError, message)
    default: nil
    }
  }
}
