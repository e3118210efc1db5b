import Flywheel

extension UntagResource: WireOperation {
  enum Field: Int, CaseIterable { case resourceArn, tagKeys }

  /// Keys that are left out are refused as an empty list of them is, by the database.
  static let input = Structure("UntagResourceInput", of: Field.self) { field in
    switch field {
    case .resourceArn: Member("ResourceArn", .string, .requiredAs("Invalid TableArn"))
    case .tagKeys: Member("TagKeys", .list(.string))
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> UntagResourceRequest {
    var request = UntagResourceRequest(resourceArn: "", tagKeys: [])
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .resourceArn: request.resourceArn = try wire.string(members)
      case .tagKeys: request.tagKeys = try wire.strings(members)
      }
    }
    return request
  }

  static let hasOutput = false

  static func write(_ response: UntagResourceResponse, to json: inout JSONWriter) {}
}
