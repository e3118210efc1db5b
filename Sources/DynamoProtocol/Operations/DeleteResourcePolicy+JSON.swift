import Flywheel

extension DeleteResourcePolicy: WireOperation {
  enum Field: Int, CaseIterable { case resourceArn, expectedRevisionId }

  static let input = Structure("DeleteResourcePolicyInput", of: Field.self) { field in
    switch field {
    case .resourceArn: .policyResourceArn
    case .expectedRevisionId: .expectedRevisionId
    }
  }

  @_lifetime(wire: copy wire)
  static func read(
    _ wire: inout RequestReader
  ) throws(SerializationFault) -> DeleteResourcePolicyRequest {
    var request = DeleteResourcePolicyRequest(resourceArn: "")
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .resourceArn: request.resourceArn = try wire.string(members)
      case .expectedRevisionId: request.expectedRevisionId = try wire.string(members)
      }
    }
    return request
  }

  static func write(_ response: DeleteResourcePolicyResponse, to json: inout JSONWriter) {
    json.string(response.revisionId, named: "RevisionId")
  }
}
