import Flywheel

extension DescribeExport: WireOperation {
  enum Field: Int, CaseIterable { case exportArn }

  static let input = Structure("DescribeExportInput", of: Field.self) { _ in
    Member("ExportArn", .string, .required)
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request {
    var request = Request()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .exportArn: request.exportArn = try wire.string(members)
      }
    }
    return request
  }
}
