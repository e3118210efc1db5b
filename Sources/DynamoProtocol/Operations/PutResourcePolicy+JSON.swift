import Flywheel

extension PutResourcePolicy: WireOperation {
  enum Field: Int, CaseIterable { case resourceArn, policy, expectedRevisionId }

  static let input = Structure("PutResourcePolicyInput", of: Field.self) { field in
    switch field {
    case .resourceArn: .policyResourceArn
    case .policy: Member("Policy", .string, .required)
    case .expectedRevisionId: .expectedRevisionId
    }
  }

  @_lifetime(wire: copy wire)
  static func read(
    _ wire: inout RequestReader
  ) throws(SerializationFault) -> PutResourcePolicyRequest {
    var request = PutResourcePolicyRequest(resourceArn: "", policy: "")
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .resourceArn: request.resourceArn = try wire.string(members)
      case .policy: request.policy = try wire.string(members)
      case .expectedRevisionId: request.expectedRevisionId = try wire.string(members)
      }
    }
    return request
  }

  static func write(_ response: PutResourcePolicyResponse, to json: inout JSONWriter) {
    json.string(response.revisionId, named: "RevisionId")
  }
}
