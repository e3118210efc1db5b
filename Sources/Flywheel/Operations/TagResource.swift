import DynamoModel

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

extension Database {
  /// Hangs tags on a table.
  ///
  /// - Throws: ``ErrorCode/validation`` for tags that can't be, or too many; ``ErrorCode/resourceNotFound``.
  nonisolated(nonsending) public func tagResource(
    _ request: TagResourceRequest
  ) async throws(ServiceError) -> TagResourceResponse {
    try await performAsync(TagResource.self, request)
  }
}

package enum TagResource: Operation {
  package static let name = "TagResource"
  package static var mayRunInline: Bool { false }

  package static func run(
    _ request: TagResourceRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> TagResourceResponse {
    try database.catalog.change(&context) { draft throws(ServiceError) in
      let name = try TaggedResource.tableName(of: request.resourceArn)
      if request.tags.isEmpty { throw .validation("Atleast one Tag needs to be provided as Input.") }
      try TagRules.check(request.tags)
      var definition = try TaggedResource.table(name, request.resourceArn, in: draft).definition
      let keys = Set(request.tags.map { ByteText($0.key) })
      let tags = definition.tags.filter { !keys.contains(ByteText($0.key)) } + request.tags
      try TagRules.checkCount(tags.count)
      definition.tags = tags.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      draft.put(definition)
    }
    return TagResourceResponse()
  }
}

/// The table that an ARN in a request about tags names.
enum TaggedResource {
  /// The table's name, checked as far as the ARN alone goes.
  static func tableName(of arn: String) throws(ServiceError) -> String {
    guard arn.utf8.starts(with: "arn:".utf8) else {
      throw .validation("One or more parameter values were invalid: ARNs must start with 'arn:': \(arn)")
    }
    guard let name = TableName.tablePart(ofARN: arn) else {
      throw .validation(
        "One or more parameter values were invalid: Provided Arn is not a DynamoDB resource arn: \(arn)")
    }
    guard TableName.isWellFormed(name) else {
      throw .validation("Invalid TableArn: Invalid ResourceArn provided as input \(arn)")
    }
    return name
  }

  /// The table itself.
  static func table(
    _ name: String, _ arn: String, in draft: borrowing CatalogDraft
  ) throws(ServiceError) -> Table {
    guard let table = draft.table(name), table.status != .creating else { throw notFound(arn) }
    if table.status == .deleting { throw .inUse("Table is being deleted: \(name)") }
    return table
  }

  static func notFound(_ arn: String) -> ServiceError {
    ServiceError(.resourceNotFound, "Requested resource not found: ResourceArn: \(arn) not found")
  }
}
