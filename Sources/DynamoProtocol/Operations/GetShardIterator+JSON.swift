import Flywheel

extension GetShardIterator: WireOperation {
  enum Field: Int, CaseIterable { case streamArn, shardId, shardIteratorType, sequenceNumber }

  static let input = Structure("GetShardIteratorInput", of: Field.self) { field in
    switch field {
    case .streamArn: .streamArn
    case .shardId: .shardId
    case .shardIteratorType:
      Member(
        "ShardIteratorType", .string, .required,
        [.oneOf(["AFTER_SEQUENCE_NUMBER", "LATEST", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"])])
    case .sequenceNumber: Member("SequenceNumber", .string, .optional, [.lengthMin(21), .lengthMax(40)])
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request {
    var request = Request()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .streamArn: request.streamArn = try wire.string(members)
      case .shardId: _ = try wire.string(members)
      case .shardIteratorType: _ = try wire.string(members)
      case .sequenceNumber: _ = try wire.string(members)
      }
    }
    return request
  }
}
