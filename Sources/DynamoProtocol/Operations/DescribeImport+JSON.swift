import Flywheel

extension DescribeImport: WireOperation {
  enum Field: Int, CaseIterable { case importArn }

  static let input = Structure("DescribeImportInput", of: Field.self) { _ in
    Member("ImportArn", .string, .required)
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request {
    var request = Request()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .importArn: request.importArn = try wire.string(members)
      }
    }
    return request
  }
}
