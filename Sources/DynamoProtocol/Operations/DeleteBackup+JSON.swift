import Flywheel

extension DeleteBackup: WireOperation {
  enum Field: Int, CaseIterable { case backupArn }

  static let input = Structure("DeleteBackupInput", of: Field.self) { _ in
    Member("BackupArn", .string, .required)
  }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request {
    var request = Request()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .backupArn: request.backupArn = try wire.string(members)
      }
    }
    return request
  }
}
