/// Tags to take off a table.
public struct UntagResourceRequest: Sendable {
  /// The table's ARN.
  public var resourceArn: String
  /// Keys that the table does not have are passed over.
  public var tagKeys: [String]

  public init(resourceArn: String, tagKeys: [String]) {
    self.resourceArn = resourceArn
    self.tagKeys = tagKeys
  }
}

/// Nothing: the operation answers with an empty body.
public struct UntagResourceResponse: Sendable {
  public init() {}
}
