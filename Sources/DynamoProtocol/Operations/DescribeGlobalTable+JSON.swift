import Flywheel

extension DescribeGlobalTable: WireOperation {
  enum Field: Int, CaseIterable { case globalTableName }

  static let input = Structure("DescribeGlobalTableInput", of: Field.self) { _ in .globalTableName }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request {
    var request = Request()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .globalTableName: request.globalTableName = try wire.string(members)
      }
    }
    return request
  }
}
