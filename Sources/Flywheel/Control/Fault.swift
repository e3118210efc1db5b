public import DynamoModel

/// Something that is to go wrong with requests, so that a program's way of dealing with it can be tested.
///
/// ```swift
/// // The next three writes of one item are throttled.
/// try database.faults.add(
///   Fault(.throttle, operations: ["PutItem", "UpdateItem"], tableName: "users", key: key, extent: .next(3)))
/// // A tenth of all requests take 200 ms longer; the same ones in every run.
/// try database.faults.add(Fault(.delay(milliseconds: 200), extent: .probability(0.1, seed: 7)))
/// ```
public struct Fault: Sendable {
  /// What happens to a request.
  public enum Effect: Sendable {
    /// It is answered with an error, and nothing else happens.
    case fail(ServiceError)
    /// It is carried out, and then answered with an error: what a client sees when an answer is lost on its way.
    case failAfterwards(ServiceError)
    /// It is refused as the service refuses what exceeds a table's provisioned throughput.
    case throttle
    /// It is carried out so many milliseconds later. 1 to 600,000.
    case delay(milliseconds: Int)
  }

  /// Which of the matching requests it happens to.
  public enum Extent: Sendable, Hashable {
    /// The next so many. At least 1.
    case next(Int)
    /// Every one.
    case every
    /// Each with a probability from 0 to 1. Which ones follows from the seed alone; without one a seed is drawn,
    /// and told by ``FaultControl/list()``.
    case probability(Double, seed: UInt64? = nil)
  }

  public var effect: Effect
  /// The operations of the API, by name; empty for all.
  public var operations: Set<String>
  /// The table that a request must name, by name or ARN; nil for any, and for requests that name none.
  public var tableName: String?
  /// Attributes of a key that a request must name an item by: the whole key, or the partition key only. Puts match by
  /// the item's attributes, batches and transactions if one of their items does; queries, scans and statements
  /// name no item and don't match. Nil for any request.
  public var key: Item?
  public var extent: Extent

  public init(
    _ effect: Effect, operations: Set<String> = [], tableName: String? = nil, key: Item? = nil,
    extent: Extent = .every
  ) {
    self.effect = effect
    self.operations = operations
    self.tableName = tableName
    self.key = key
    self.extent = extent
  }
}

/// A fault that was set, and what has come of it.
public struct FaultStatus: Sendable {
  /// Identifies the fault as long as the database is open.
  public var id: Int
  public var fault: Fault
  /// What chance follows from, if the fault happens by chance.
  public var seed: UInt64?
  /// Requests that matched.
  public var matchedCount = 0
  /// Requests that it happened to.
  public var injectedCount = 0

  /// How many more requests it happens to; nil if there is no end.
  public var remainingCount: Int? {
    guard case .next(let count) = fault.extent else { return nil }
    return count - injectedCount
  }

  init(id: Int, fault: Fault) {
    self.id = id
    self.fault = fault
    if case .probability(_, let seed) = fault.extent { self.seed = seed ?? .random(in: 0...0xFFFF_FFFF) }
  }
}

extension ErrorCode {
  /// The error that the service calls `name`: "ThrottlingException". Nil if there is none.
  public init?(name: String) {
    guard let code = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = code
  }

  /// The text that goes with the error where nothing particular is to be told.
  package var usualMessage: String {
    switch self {
    case .provisionedThroughputExceeded:
      "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning "
        + "level with the UpdateTable API."
    case .throttling: "Rate of requests exceeds the allowed throughput."
    case .requestLimitExceeded:
      "Throughput exceeds the current throughput limit for your account. Please contact AWS Support at "
        + "https://aws.amazon.com/support request a limit increase"
    case .internalServerError: "Internal server error"
    case .serviceUnavailable: "Service is temporarily unavailable."
    case .conditionalCheckFailed: "The conditional request failed"
    case .resourceNotFound: "Requested resource not found"
    case .transactionConflict: "Transaction is ongoing for the item"
    case .itemCollectionSizeLimitExceeded: "Collection size exceeded."
    case .unrecognizedClient: "The security token included in the request is invalid."
    default: ""
    }
  }
}
