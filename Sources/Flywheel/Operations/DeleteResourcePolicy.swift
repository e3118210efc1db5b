/// A request to take the policy off a table.
public struct DeleteResourcePolicyRequest: Sendable {
  /// The table's ARN.
  public var resourceArn: String
  /// The revision that the table's policy must have; nil for any, and for none.
  public var expectedRevisionId: String?

  public init(resourceArn: String, expectedRevisionId: String? = nil) {
    self.resourceArn = resourceArn
    self.expectedRevisionId = expectedRevisionId
  }
}

/// The answer to a ``DeleteResourcePolicyRequest``.
public struct DeleteResourcePolicyResponse: Sendable {
  /// The revision of the policy that was taken off; if there was none, when the last one was; nil if there never
  /// was one.
  public var revisionId: String?

  public init(revisionId: String? = nil) {
    self.revisionId = revisionId
  }
}

extension Database {
  /// Takes the policy off a table. That it has none is no error.
  ///
  /// - Throws: ``ErrorCode/resourceNotFound``, ``ErrorCode/policyNotFound`` if another revision was expected,
  ///   ``ErrorCode/resourceInUse`` while the table is being deleted.
  nonisolated(nonsending) public func deleteResourcePolicy(
    _ request: DeleteResourcePolicyRequest
  ) async throws(ServiceError) -> DeleteResourcePolicyResponse {
    try await performAsync(DeleteResourcePolicy.self, request)
  }
}

package enum DeleteResourcePolicy: Operation {
  package static let name = "DeleteResourcePolicy"
  package static var mayRunInline: Bool { false }

  package static func run(
    _ request: DeleteResourcePolicyRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> DeleteResourcePolicyResponse {
    let now = database.clock.now
    let revision = try database.catalog.change(&context) { draft throws(ServiceError) in
      let name = try PolicyResource.tableName(of: request.resourceArn)
      var definition = try PolicyResource.table(name, in: draft).definition
      try PolicyResource.check(request.expectedRevisionId, definition)
      guard let policy = definition.policy else { return definition.policyDeleted }
      if database.options.enforcesChangeIntervals { try ChangeIntervals.checkPolicy(definition, at: now) }
      definition.policyDeleted = definition.nextPolicyRevision(at: now)
      definition.policy = nil
      draft.put(definition)
      return policy.revision
    }
    return DeleteResourcePolicyResponse(revisionId: revision.map { String($0) })
  }
}
