/// Why an expression, a placeholder map or a legacy parameter was refused, or why an update could not be
/// applied to the item it met.
///
/// There is one kind, since the service answers every one of these with a `ValidationException`: what differs
/// is the text, and clients match on it. `message` is that text, complete, so a caller adds nothing to it.
public struct ExpressionError: Error, Hashable, Sendable {
  /// The service's text, without a trailing newline.
  public let message: String

  /// An error whose text is exactly `message`.
  public init(_ message: String) {
    self.message = message
  }
}

/// Which request parameter an expression was given as. Its name opens the text of every error about it.
package enum ExpressionKind: String, Sendable, Hashable {
  case condition = "ConditionExpression"
  case filter = "FilterExpression"
  case keyCondition = "KeyConditionExpression"
  case projection = "ProjectionExpression"
  case update = "UpdateExpression"

  /// "Invalid ConditionExpression: " and the reason.
  package func invalid(_ reason: String) -> ExpressionError {
    ExpressionError("Invalid \(rawValue): \(reason)")
  }
}
