import DynamoModel

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

extension Database {
  /// Takes tags off a table.
  ///
  /// - Throws: ``ErrorCode/validation`` for keys that can't be, ``ErrorCode/resourceNotFound``.
  nonisolated(nonsending) public func untagResource(
    _ request: UntagResourceRequest
  ) async throws(ServiceError) -> UntagResourceResponse {
    try await performAsync(UntagResource.self, request)
  }
}

package enum UntagResource: Operation {
  package static let name = "UntagResource"
  package static var mayRunInline: Bool { false }

  package static func run(
    _ request: UntagResourceRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> UntagResourceResponse {
    try database.catalog.change(&context) { draft throws(ServiceError) in
      let name = try TaggedResource.tableName(of: request.resourceArn)
      if request.tagKeys.isEmpty { throw .validation("Atleast one Tag Key needs to be provided as Input.") }
      for key in request.tagKeys { try TagRules.checkKey(key) }
      try TagRules.checkCount(request.tagKeys.count)
      var definition = try TaggedResource.table(name, request.resourceArn, in: draft).definition
      let keys = Set(request.tagKeys.map(ByteText.init))
      let kept = definition.tags.filter { !keys.contains(ByteText($0.key)) }
      guard kept.count < definition.tags.count else { return }
      definition.tags = kept
      draft.put(definition)
    }
    return UntagResourceResponse()
  }
}
