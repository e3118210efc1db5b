import Flywheel

extension DescribeKinesisStreamingDestination: WireOperation {
  enum Field: Int, CaseIterable { case tableName }

  static let input = Structure("DescribeKinesisStreamingDestinationInput", of: Field.self) { _ in .tableName }

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
    json.string(response.tableName, named: "TableName")
    json.strings([], named: "KinesisDataStreamDestinations")
  }
}
