import Flywheel

extension DescribeStream: WireOperation {
  enum Field: Int, CaseIterable { case streamArn, limit, exclusiveStartShardId }

  static let input = Structure("DescribeStreamInput", of: Field.self) { field in
    switch field {
    case .streamArn: .streamArn
    case .limit: .limit
    case .exclusiveStartShardId: Member("ExclusiveStartShardId", .string, .optional, Member.shardId.rules)
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request {
    var request = Request()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .streamArn: request.streamArn = try wire.string(members)
      case .limit: _ = try wire.integer(members)
      case .exclusiveStartShardId: _ = try wire.string(members)
      }
    }
    return request
  }
}
