import Flywheel

extension DescribeTimeToLive: WireOperation {
  enum Field: Int, CaseIterable { case tableName }

  static let input = Structure("DescribeTimeToLiveInput", of: Field.self) { _ in .tableName }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> DescribeTimeToLiveRequest {
    var request = DescribeTimeToLiveRequest(tableName: "")
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .tableName: request.tableName = try wire.string(members)
      }
    }
    return request
  }

  static func write(_ response: DescribeTimeToLiveResponse, to json: inout JSONWriter) {
    json.name("TimeToLiveDescription")
    json.beginObject()
    json.string(response.attributeName, named: "AttributeName")
    json.string(response.timeToLiveStatus.rawValue, named: "TimeToLiveStatus")
    json.endObject()
  }
}
