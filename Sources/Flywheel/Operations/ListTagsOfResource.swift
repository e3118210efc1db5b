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

extension Database {
  /// Lists a table's tags.
  ///
  /// - Throws: ``ErrorCode/resourceNotFound``.
  nonisolated(nonsending) public func listTagsOfResource(
    _ request: ListTagsOfResourceRequest
  ) async throws(ServiceError) -> ListTagsOfResourceResponse {
    try await performAsync(ListTagsOfResource.self, request)
  }
}

package enum ListTagsOfResource: Operation {
  package static let name = "ListTagsOfResource"
  /// Tags in one answer: all that a table may have.
  package static let tagsMax = TagRules.tagsMax

  package static func run(
    _ request: ListTagsOfResourceRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> ListTagsOfResourceResponse {
    let name: String
    do throws(ServiceError) {
      name = try TaggedResource.tableName(of: request.resourceArn)
    } catch {
      throw .service(error)
    }
    guard let table = database.catalog.table(name, &context), table.status != .creating else {
      throw .service(TaggedResource.notFound(request.resourceArn))
    }
    // The token is the last key of the page before; tags are kept in order of their keys.
    let tags = table.definition.tags
    let start = request.nextToken.map { token in
      tags.firstIndex { token.utf8.lexicographicallyPrecedes($0.key.utf8) } ?? tags.count
    }
    let page = Array(tags[(start ?? 0)...].prefix(tagsMax))
    let isLast = (start ?? 0) + page.count == tags.count
    return ListTagsOfResourceResponse(tags: page, nextToken: isLast ? nil : page.last?.key)
  }
}
