import Flywheel

extension ListBackups: WireOperation {
  enum Field: Int, CaseIterable {
    case tableName, limit, timeRangeLowerBound, timeRangeUpperBound, exclusiveStartBackupArn, backupType
  }

  static let input = Structure("ListBackupsInput", of: Field.self) { field in
    switch field {
    case .tableName: .optionalTableName
    case .limit: Member("Limit", .integer, .optional, [.valueMin(1), .valueMax(100)])
    case .timeRangeLowerBound: Member("TimeRangeLowerBound", .long)
    case .timeRangeUpperBound: Member("TimeRangeUpperBound", .long)
    case .exclusiveStartBackupArn:
      Member("ExclusiveStartBackupArn", .string, .optional, [.lengthMin(37), .lengthMax(1_024)])
    case .backupType:
      Member("BackupType", .string, .optional, [.oneOf(["USER", "SYSTEM", "AWS_BACKUP", "ALL"])])
    }
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request {
    var request = Request()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .tableName: _ = try wire.string(members)
      case .limit: _ = try wire.integer(members)
      case .timeRangeLowerBound: request.lowerBound = try wire.integer(members)
      case .timeRangeUpperBound: request.upperBound = try wire.integer(members)
      case .exclusiveStartBackupArn: _ = try wire.string(members)
      case .backupType: _ = try wire.string(members)
      }
    }
    return request
  }

  static func write(_ response: Response, to json: inout JSONWriter) {
    json.strings([], named: "BackupSummaries")
  }
}
