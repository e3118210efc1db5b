import Flywheel

extension DisableKinesisStreamingDestination: WireOperation {
  enum Field: Int, CaseIterable { case tableName, streamArn, enableKinesisStreamingConfiguration }

  static let input = Structure("DisableKinesisStreamingDestinationInput", of: Field.self) { field in
    switch field {
    case .tableName: .tableName
    case .streamArn: .streamArn
    case .enableKinesisStreamingConfiguration:
      Member("EnableKinesisStreamingConfiguration", .structure(configuration))
    }
  }

  enum ConfigurationField: Int, CaseIterable { case approximateCreationDateTimePrecision }
  static let configuration = Structure("EnableKinesisStreamingConfiguration", of: ConfigurationField.self) {
    _ in
    Member(
      "ApproximateCreationDateTimePrecision", .string, .optional, [.oneOf(["MICROSECOND", "MILLISECOND"])])
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request {
    var request = Request()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .tableName: request.tableName = try wire.string(members)
      case .streamArn: _ = try wire.string(members)
      case .enableKinesisStreamingConfiguration:
        try wire.structure(members) { wire throws(SerializationFault) in
          var members = try wire.begin(configuration)
          while try wire.next(&members, as: ConfigurationField.self) != nil {
            _ = try wire.string(members)
            request.hasConfiguration = true
          }
        }
      }
    }
    return request
  }
}
