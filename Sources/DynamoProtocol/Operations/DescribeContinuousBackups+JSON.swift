import Flywheel

extension DescribeContinuousBackups: WireOperation {
  enum Field: Int, CaseIterable { case tableName }

  static let input = Structure("DescribeContinuousBackupsInput", of: Field.self) { _ in .tableName }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request {
    var request = Request()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .tableName: request.tableName = try wire.string(members)
      }
    }
    return request
  }

  static func write(_ response: Response, to json: inout JSONWriter) {
    json.name("ContinuousBackupsDescription")
    json.beginObject()
    json.string("DISABLED", named: "ContinuousBackupsStatus")
    json.name("PointInTimeRecoveryDescription")
    json.beginObject()
    json.string("DISABLED", named: "PointInTimeRecoveryStatus")
    json.endObject()
    json.endObject()
  }
}
