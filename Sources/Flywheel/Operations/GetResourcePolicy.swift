/// A request for the policy of a table.
public struct GetResourcePolicyRequest: Sendable {
  /// The table's ARN.
  public var resourceArn: String

  public init(resourceArn: String) {
    self.resourceArn = resourceArn
  }
}

/// The answer to a ``GetResourcePolicyRequest``.
public struct GetResourcePolicyResponse: Sendable {
  /// The policy's JSON, in the form in which the service shows all policies: without spaces, members in a fixed
  /// order, lists of one element as the element.
  public var policy: String
  public var revisionId: String

  public init(policy: String, revisionId: String) {
    self.policy = policy
    self.revisionId = revisionId
  }
}

extension Database {
  /// Reads the policy of a table.
  ///
  /// - Throws: ``ErrorCode/resourceNotFound``, ``ErrorCode/policyNotFound`` if the table has none.
  nonisolated(nonsending) public func getResourcePolicy(
    _ request: GetResourcePolicyRequest
  ) async throws(ServiceError) -> GetResourcePolicyResponse {
    try await performAsync(GetResourcePolicy.self, request)
  }
}

package enum GetResourcePolicy: Operation {
  package static let name = "GetResourcePolicy"

  package static func run(
    _ request: GetResourcePolicyRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> GetResourcePolicyResponse {
    do throws(ServiceError) {
      let name = try PolicyResource.tableName(of: request.resourceArn)
      guard let table = database.catalog.table(name, &context) else { throw .tableNotFound(name) }
      guard let policy = table.definition.policy else { throw PolicyResource.notFound(request.resourceArn) }
      return GetResourcePolicyResponse(policy: policy.document.text, revisionId: String(policy.revision))
    } catch {
      throw .service(error)
    }
  }
}
