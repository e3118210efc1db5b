import Flywheel

extension ListTagsOfResource: WireOperation {
  enum Field: Int, CaseIterable { case resourceArn, nextToken }

  static let input = Structure("ListTagsOfResourceInput", of: Field.self) { field in
    switch field {
    case .resourceArn: Member("ResourceArn", .string, .requiredAs("Invalid TableArn"))
    case .nextToken: Member("NextToken", .string)
    }
  }

  @_lifetime(wire: copy wire)
  static func read(
    _ wire: inout RequestReader
  ) throws(SerializationFault) -> ListTagsOfResourceRequest {
    var request = ListTagsOfResourceRequest(resourceArn: "")
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .resourceArn: request.resourceArn = try wire.string(members)
      case .nextToken: request.nextToken = try wire.string(members)
      }
    }
    return request
  }

  static func write(_ response: ListTagsOfResourceResponse, to json: inout JSONWriter) {
    json.array(response.tags, named: "Tags") { json, tag in
      json.beginObject()
      json.string(tag.key, named: "Key")
      json.string(tag.value, named: "Value")
      json.endObject()
    }
    json.string(response.nextToken, named: "NextToken")
  }
}
