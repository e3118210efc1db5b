/// Tags to hang on a table; those with a key it has already take the place of the old ones.
public struct TagResourceRequest: Sendable {
  /// The table's ARN.
  public var resourceArn: String
  public var tags: [Tag]

  public init(resourceArn: String, tags: [Tag]) {
    self.resourceArn = resourceArn
    self.tags = tags
  }
}

/// Nothing: the operation answers with an empty body.
public struct TagResourceResponse: Sendable {
  public init() {}
}
