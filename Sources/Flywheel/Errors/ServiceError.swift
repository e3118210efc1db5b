public import DynamoModel

/// What an operation answers when it does not succeed: the service's own error, with the service's own text.
///
/// The wire sends `code` as `__type` with the HTTP status of the code; an app that embeds the database
/// catches this type and switches over `code`.
public struct ServiceError: Error, Sendable {
  /// Which of the service's errors this is.
  public var code: ErrorCode
  /// The text that the service sends in `message`; empty where it sends none.
  public var message: String
  /// The item as it stood, when a failed condition was asked to return it.
  public var item: Item?
  /// Why a transaction was cancelled: a reason for each of its actions, in their order. Empty in other errors.
  public var cancellationReasons: [CancellationReason]
  /// Why the request was refused for its rate; empty in other errors.
  public var throttlingReasons: [ThrottlingReason]

  /// What kind of fault of a key this is, where it is one that transactions answer in a way of its own.
  package var keyFault: KeyFaultKind?

  /// Faults of keys that are not told from others by their code.
  package enum KeyFaultKind: Sendable, Hashable {
    /// A value of the request that is empty where a key's can't be. The service finds it when it reads the request.
    case empty
    /// A key whose attributes are not the schema's.
    case mismatch
  }

  /// Makes an error.
  public init(
    _ code: ErrorCode, _ message: String = "", item: Item? = nil,
    cancellationReasons: [CancellationReason] = [], throttlingReasons: [ThrottlingReason] = []
  ) {
    self.code = code
    self.message = message
    self.item = item
    self.cancellationReasons = cancellationReasons
    self.throttlingReasons = throttlingReasons
  }

  /// The commonest error: a request that reads well but asks for what can't be.
  package static func validation(_ message: String) -> ServiceError {
    ServiceError(.validation, message)
  }
}

/// The errors that the service names, with the namespace and HTTP status it sends each under.
///
/// Source: the `errors` lists of botocore's `dynamodb/2012-08-10` and `dynamodbstreams` models, and the
/// error-handling chapter of the developer guide.
public enum ErrorCode: Sendable, Hashable, CaseIterable {
  case validation
  case serialization
  case unknownOperation
  case conditionalCheckFailed
  case duplicateItem
  case resourceNotFound
  case resourceInUse
  case tableNotFound
  case tableInUse
  case limitExceeded
  case itemCollectionSizeLimitExceeded
  case provisionedThroughputExceeded
  case requestLimitExceeded
  case throttling
  case transactionConflict
  case transactionCanceled
  case transactionInProgress
  case idempotentParameterMismatch
  case accessDenied
  case missingAuthenticationToken
  case incompleteSignature
  case unrecognizedClient
  case invalidSignature
  case policyNotFound
  case backupNotFound
  case exportNotFound
  case importNotFound
  case globalTableNotFound
  case internalServerError
  case serviceUnavailable
  case requestEntityTooLarge
}

extension ErrorCode {
  /// The error's name, as SDKs know it.
  public var name: String {
    switch self {
    case .validation: "ValidationException"
    case .serialization: "SerializationException"
    case .unknownOperation: "UnknownOperationException"
    case .conditionalCheckFailed: "ConditionalCheckFailedException"
    case .duplicateItem: "DuplicateItemException"
    case .resourceNotFound: "ResourceNotFoundException"
    case .resourceInUse: "ResourceInUseException"
    case .tableNotFound: "TableNotFoundException"
    case .tableInUse: "TableInUseException"
    case .limitExceeded: "LimitExceededException"
    case .itemCollectionSizeLimitExceeded: "ItemCollectionSizeLimitExceededException"
    case .provisionedThroughputExceeded: "ProvisionedThroughputExceededException"
    case .requestLimitExceeded: "RequestLimitExceeded"
    case .throttling: "ThrottlingException"
    case .transactionConflict: "TransactionConflictException"
    case .transactionCanceled: "TransactionCanceledException"
    case .transactionInProgress: "TransactionInProgressException"
    case .idempotentParameterMismatch: "IdempotentParameterMismatchException"
    case .accessDenied: "AccessDeniedException"
    case .missingAuthenticationToken: "MissingAuthenticationTokenException"
    case .incompleteSignature: "IncompleteSignatureException"
    case .unrecognizedClient: "UnrecognizedClientException"
    case .invalidSignature: "InvalidSignatureException"
    case .policyNotFound: "PolicyNotFoundException"
    case .backupNotFound: "BackupNotFoundException"
    case .exportNotFound: "ExportNotFoundException"
    case .importNotFound: "ImportNotFoundException"
    case .globalTableNotFound: "GlobalTableNotFoundException"
    case .internalServerError: "InternalServerError"
    case .serviceUnavailable: "ServiceUnavailable"
    case .requestEntityTooLarge: "RequestEntityTooLargeException"
    }
  }

  /// The namespace that stands before the name in `__type`.
  package var namespace: String {
    switch self {
    case .validation: "com.amazon.coral.validate"
    case .throttling: "com.amazon.coral.availability"
    case .serialization, .unknownOperation, .accessDenied, .missingAuthenticationToken, .incompleteSignature,
      .unrecognizedClient, .invalidSignature, .serviceUnavailable, .requestEntityTooLarge:
      "com.amazon.coral.service"
    default: "com.amazonaws.dynamodb.v20120810"
    }
  }

  /// The HTTP status that carries the error: 500 and 503 tell an SDK to try again, 400 does not unless
  /// the SDK knows the name as retryable.
  package var httpStatus: Int {
    switch self {
    case .internalServerError: 500
    case .serviceUnavailable: 503
    case .requestEntityTooLarge: 413
    default: 400
    }
  }
}
