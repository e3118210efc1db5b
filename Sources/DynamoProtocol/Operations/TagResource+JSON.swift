import Flywheel

extension TagResource: WireOperation {
  enum Field: Int, CaseIterable { case resourceArn, tags }

  /// Tags that are left out are refused as an empty list of them is, by the database.
  static let input = Structure("TagResourceInput", of: Field.self) { field in
    switch field {
    case .resourceArn: Member("ResourceArn", .string, .requiredAs("Invalid TableArn"))
    case .tags: .tags
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> TagResourceRequest {
    var request = TagResourceRequest(resourceArn: "", tags: [])
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .resourceArn: request.resourceArn = try wire.string(members)
      case .tags: request.tags = try wire.tags(members)
      }
    }
    return request
  }

  static let hasOutput = false

  static func write(_ response: TagResourceResponse, to json: inout JSONWriter) {}
}
