/// A policy to attach to a table, in the place of the one it has if it has one.
public struct PutResourcePolicyRequest: Sendable {
  /// The table's ARN.
  public var resourceArn: String
  /// The policy's JSON; at most 20 KB, spaces included.
  public var policy: String
  /// The revision that the table's policy must have for this one to take its place; `NO_POLICY` if it must have
  /// none. Nil for any.
  public var expectedRevisionId: String?

  public init(resourceArn: String, policy: String, expectedRevisionId: String? = nil) {
    self.resourceArn = resourceArn
    self.policy = policy
    self.expectedRevisionId = expectedRevisionId
  }
}

/// The answer to a ``PutResourcePolicyRequest``.
public struct PutResourcePolicyResponse: Sendable {
  /// The policy's revision. A policy that says what the table's own says keeps that one's.
  public var revisionId: String

  public init(revisionId: String) {
    self.revisionId = revisionId
  }
}

extension Database {
  /// Attaches a policy to a table. It is kept and shown; nothing is permitted or denied by it.
  ///
  /// - Throws: ``ErrorCode/validation`` for a policy that is none, ``ErrorCode/resourceNotFound``,
  ///   ``ErrorCode/policyNotFound`` if the table's policy has another revision than expected,
  ///   ``ErrorCode/resourceInUse`` while the table is being deleted.
  nonisolated(nonsending) public func putResourcePolicy(
    _ request: PutResourcePolicyRequest
  ) async throws(ServiceError) -> PutResourcePolicyResponse {
    try await performAsync(PutResourcePolicy.self, request)
  }
}

package enum PutResourcePolicy: Operation {
  package static let name = "PutResourcePolicy"
  package static var mayRunInline: Bool { false }

  package static func run(
    _ request: PutResourcePolicyRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> PutResourcePolicyResponse {
    let now = database.clock.now
    let revision = try database.catalog.change(&context) { draft throws(ServiceError) in
      let name = try PolicyResource.tableName(of: request.resourceArn)
      let document = try PolicyDocument(request.policy)
      var definition = try PolicyResource.table(name, in: draft).definition
      try PolicyResource.check(request.expectedRevisionId, definition)
      if let policy = definition.policy, policy.document == document { return policy.revision }
      if database.options.enforcesChangeIntervals { try ChangeIntervals.checkPolicy(definition, at: now) }
      let revision = definition.nextPolicyRevision(at: now)
      definition.policy = AttachedPolicy(document: document, revision: revision)
      definition.policyDeleted = nil
      draft.put(definition)
      return revision
    }
    return PutResourcePolicyResponse(revisionId: String(revision))
  }
}
