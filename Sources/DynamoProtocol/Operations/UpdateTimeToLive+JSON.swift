import Flywheel

extension UpdateTimeToLive: WireOperation {
  enum Field: Int, CaseIterable { case tableName, timeToLiveSpecification }
  enum SpecificationField: Int, CaseIterable { case enabled, attributeName }

  static let specification = Structure("TimeToLiveSpecification", of: SpecificationField.self) { field in
    switch field {
    case .enabled: Member("Enabled", .boolean, .required)
    case .attributeName:
      Member("AttributeName", .string, .required, [.lengthMin(1), .lengthMax(255)])
    }
  }

  static let input = Structure("UpdateTimeToLiveInput", of: Field.self) { field in
    switch field {
    case .tableName: .tableName
    case .timeToLiveSpecification:
      Member("TimeToLiveSpecification", .structure(specification), .required)
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> UpdateTimeToLiveRequest {
    var request = UpdateTimeToLiveRequest(
      tableName: "", timeToLiveSpecification: TimeToLiveSpecification(enabled: false, attributeName: ""))
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .tableName: request.tableName = try wire.string(members)
      case .timeToLiveSpecification:
        request.timeToLiveSpecification = try wire.timeToLiveSpecification(members)
      }
    }
    return request
  }

  static func write(_ response: UpdateTimeToLiveResponse, to json: inout JSONWriter) {
    json.name("TimeToLiveSpecification")
    json.beginObject()
    json.string(response.timeToLiveSpecification.attributeName, named: "AttributeName")
    json.bool(response.timeToLiveSpecification.enabled, named: "Enabled")
    json.endObject()
  }
}

extension RequestReader {
  @_lifetime(self: copy self)
  fileprivate mutating func timeToLiveSpecification(
    _ cursor: MemberCursor
  ) throws(SerializationFault) -> TimeToLiveSpecification {
    try structure(cursor) { wire throws(SerializationFault) in
      var specification = TimeToLiveSpecification(enabled: false, attributeName: "")
      var members = try wire.begin(UpdateTimeToLive.specification)
      while let field = try wire.next(&members, as: UpdateTimeToLive.SpecificationField.self) {
        switch field {
        case .enabled: specification.enabled = try wire.bool()
        case .attributeName: specification.attributeName = try wire.string(members)
        }
      }
      return specification
    }
  }
}
