/// Why a request was refused for its rate.
public struct ThrottlingReason: Sendable, Hashable {
  /// What was throttled, in which direction, by which limit, in one word: `TableWriteProvisionedThroughputExceeded`.
  public var reason: String
  /// The ARN of the table or the index.
  public var resource: String

  public init(reason: String, resource: String) {
    self.reason = reason
    self.resource = resource
  }
}
