public import DynamoModel

/// Why one action keeps its transaction from happening, or that it does not.
///
/// Codes and texts are the service's: API reference, TransactWriteItems, "TransactionCanceledException".
public struct CancellationReason: Sendable, Hashable {
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// Nothing is wrong with the action.
    case none = "None"
    case conditionalCheckFailed = "ConditionalCheckFailed"
    case itemCollectionSizeLimitExceeded = "ItemCollectionSizeLimitExceeded"
    case transactionConflict = "TransactionConflict"
    case provisionedThroughputExceeded = "ProvisionedThroughputExceeded"
    case throttlingError = "ThrottlingError"
    case validationError = "ValidationError"
    /// An INSERT of PartiQL found an item with its key.
    case duplicateItem = "DuplicateItem"
    case accessDenied = "AccessDenied"
    /// A statement of PartiQL names a table that there is not.
    case resourceNotFound = "ResourceNotFound"
  }

  public var code: Code
  /// The service's text; nil for an action that nothing is wrong with.
  public var message: String?
  /// The item as it stands, when the action's condition failed and was asked to return it.
  public var item: Item?

  public init(_ code: Code, _ message: String? = nil, item: Item? = nil) {
    self.code = code
    self.message = message
    self.item = item
  }

  package static let none = CancellationReason(.none)
  package static let conditionFailed = CancellationReason(
    .conditionalCheckFailed, "The conditional request failed")
  package static let conflict = CancellationReason(
    .transactionConflict, ServiceError.transactionConflict.message)
}

extension ServiceError {
  /// What is told of an item that others kept writing for as long as this request could wait.
  package static let transactionConflict = ServiceError(
    .transactionConflict, "Transaction is ongoing for the item")

  /// What a transaction is answered that did not happen. `reasons` has one for each of its actions.
  package static func transactionCanceled(_ reasons: [CancellationReason]) -> ServiceError {
    let codes = reasons.map(\.code.rawValue).joined(separator: ", ")
    return ServiceError(
      .transactionCanceled,
      "Transaction cancelled, please refer cancellation reasons for specific reasons [\(codes)]",
      cancellationReasons: reasons)
  }
}
