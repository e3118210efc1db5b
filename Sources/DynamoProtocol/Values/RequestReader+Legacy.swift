import DynamoExpressions
import DynamoModel

// Reads the legacy forms of conditions and updates: maps from attribute names to structures that hold values.

extension RequestReader {
  /// Reads an `Expected` member.
  @_lifetime(self: copy self)
  mutating func expected(
    _ cursor: MemberCursor
  ) throws(SerializationFault) -> [(name: String, condition: ExpectedCondition)] {
    let member = cursor.index
    let entries = try map(cursor) { wire, _ throws(SerializationFault) in
      var condition = ExpectedCondition()
      var members = try wire.begin(LegacyShapes.expected, at: .element)
      while let field = try wire.next(&members, as: LegacyShapes.ExpectedField.self) {
        switch field {
        case .attributeValueList: condition.attributeValueList = try wire.values(members, of: member)
        case .comparisonOperator: condition.comparisonOperator = try wire.word(members)
        case .exists: condition.exists = try wire.bool()
        case .value: condition.value = try wire.valueElement(of: member, at: .member)
        }
      }
      return condition
    }
    return entries.map { (name: $0.name, condition: $0.value) }
  }

  /// Reads a `KeyConditions`, `QueryFilter` or `ScanFilter` member.
  @_lifetime(self: copy self)
  mutating func conditions(
    _ cursor: MemberCursor
  ) throws(SerializationFault) -> [(name: String, condition: LegacyCondition)] {
    let member = cursor.index
    let entries = try map(cursor) { wire, _ throws(SerializationFault) in
      // A condition without an operator has been noted as such.
      var condition = LegacyCondition(.equal)
      var members = try wire.begin(LegacyShapes.condition, at: .element)
      while let field = try wire.next(&members, as: LegacyShapes.ConditionField.self) {
        switch field {
        case .attributeValueList: condition.attributeValueList = try wire.values(members, of: member)
        case .comparisonOperator: condition.comparisonOperator = try wire.word(members) ?? .equal
        }
      }
      return condition
    }
    return entries.map { (name: $0.name, condition: $0.value) }
  }

  /// Reads an `AttributeUpdates` member.
  @_lifetime(self: copy self)
  mutating func attributeUpdates(
    _ cursor: MemberCursor
  ) throws(SerializationFault) -> [(name: String, update: LegacyAttributeUpdate)] {
    let member = cursor.index
    let entries = try map(cursor) { wire, _ throws(SerializationFault) in
      var update = LegacyAttributeUpdate()
      var members = try wire.begin(LegacyShapes.update, at: .element)
      while let field = try wire.next(&members, as: LegacyShapes.UpdateField.self) {
        switch field {
        case .action: update.action = try wire.word(members)
        case .value: update.value = try wire.valueElement(of: member, at: .member)
        }
      }
      return update
    }
    return entries.map { (name: $0.name, update: $0.value) }
  }

  /// Reads a list of values.
  @_lifetime(self: copy self)
  private mutating func values(
    _ cursor: MemberCursor, of member: Int
  ) throws(SerializationFault) -> [EncodedValue] {
    try list(cursor) { wire throws(SerializationFault) in try wire.valueElement(of: member) }
  }
}
