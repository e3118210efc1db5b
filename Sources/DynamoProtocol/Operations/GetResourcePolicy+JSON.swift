import Flywheel

extension GetResourcePolicy: WireOperation {
  enum Field: Int, CaseIterable { case resourceArn }

  static let input = Structure("GetResourcePolicyInput", of: Field.self) { _ in .policyResourceArn }

  @_lifetime(wire: copy wire)
  static func read(
    _ wire: inout RequestReader
  ) throws(SerializationFault) -> GetResourcePolicyRequest {
    var request = GetResourcePolicyRequest(resourceArn: "")
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .resourceArn: request.resourceArn = try wire.string(members)
      }
    }
    return request
  }

  static func write(_ response: GetResourcePolicyResponse, to json: inout JSONWriter) {
    json.string(response.policy, named: "Policy")
    json.string(response.revisionId, named: "RevisionId")
  }
}
