/// Whose tags are wanted.
public struct ListTagsOfResourceRequest: Sendable {
  /// The table's ARN.
  public var resourceArn: String
  /// Where an earlier answer left off.
  public var nextToken: String?

  public init(resourceArn: String, nextToken: String? = nil) {
    self.resourceArn = resourceArn
    self.nextToken = nextToken
  }
}

/// A page of a table's tags.
public struct ListTagsOfResourceResponse: Sendable {
  public var tags: [Tag]
  /// Where the next page begins; nil when this is the last.
  public var nextToken: String?

  public init(tags: [Tag], nextToken: String? = nil) {
    self.tags = tags
    self.nextToken = nextToken
  }
}
