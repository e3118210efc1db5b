import Flywheel

extension UntagResource: WireOperation {
  enum Field: Int, CaseIterable { case resourceArn, tagKeys }

  /// Nothing is required of it here: an ARN or keys that are left out are refused as ones that are empty are.
  static let input = Structure("UntagResourceInput", of: Field.self) { field in
    switch field {
    case .resourceArn: Member("ResourceArn", .string)
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

  static func write(_ response: UntagResourceResponse, to json: inout JSONWriter) {}
}
