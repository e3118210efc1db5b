import DynamoModel

/// What key schemas and attribute definitions must be like, in the service's words.
///
/// Texts and order are those of the live service, as recorded by public test suites that run against it. In
/// the order of checks a request's first fault is the one that is answered.
package enum KeySchemaRules {
  /// Attributes that a table's key or a local index's may have, and those of each role that a global index's
  /// may.
  package static let tableKeyAttributesMax = 2
  package static let globalIndexKeyAttributesMax = 4

  static let invalid = "One or more parameter values were invalid: "

  /// Checks the definitions and the key of a table.
  package static func checkTable(
    _ schema: [KeySchemaElement], _ definitions: [AttributeDefinition]
  ) throws(ServiceError) {
    try checkLength(schema, member: "keySchema")
    try checkDuplicates(definitions)
    guard schema.count <= definitions.count else {
      throw .validation("Invalid KeySchema: Some index key attribute have no definition")
    }
    try checkDefined(schema, definitions)
    try checkTwoElements(schema)
  }

  /// Checks the length of a key that has at most two attributes, in the words of the request's model.
  package static func checkLength(_ schema: [KeySchemaElement], member: String) throws(ServiceError) {
    if schema.isEmpty {
      throw .validation(
        "1 validation error detected: Value '[]' at '\(member)' failed to satisfy constraint: "
          + "Member must have length greater than or equal to 1")
    }
    if schema.count > tableKeyAttributesMax {
      let elements = schema.map {
        "KeySchemaElement(attributeName=\($0.attributeName), keyType=\($0.keyType.rawValue))"
      }
      throw .validation(
        "1 validation error detected: Value '[\(elements.joined(separator: ", "))]' at '\(member)' failed to "
          + "satisfy constraint: Member must have length less than or equal to 2")
    }
  }

  /// Checks that no attribute is defined twice.
  package static func checkDuplicates(_ definitions: [AttributeDefinition]) throws(ServiceError) {
    var seen: Set<ByteText> = []
    for definition in definitions where !seen.insert(ByteText(definition.attributeName)).inserted {
      throw .validation("Attribute Name is duplicated: \(definition.attributeName)")
    }
  }

  /// Checks that every attribute of a key has a type.
  package static func checkDefined(
    _ schema: [KeySchemaElement], _ definitions: [AttributeDefinition]
  ) throws(ServiceError) {
    let defined = Set(definitions.map { ByteText($0.attributeName) })
    guard schema.allSatisfy({ defined.contains(ByteText($0.attributeName)) }) else {
      let keys = ServiceSet.printed(schema.map(\.attributeName))
      throw .validation(
        invalid + "Some index key attributes are not defined in AttributeDefinitions. "
          + "Keys: \(keys), AttributeDefinitions: \(ServiceSet.printedSized(definitions.map(\.attributeName)))"
      )
    }
  }

  /// Checks the order and the names of a key of one or two attributes.
  package static func checkTwoElements(_ schema: [KeySchemaElement]) throws(ServiceError) {
    if schema.count == 2, schema[0].attributeName.isSame(as: schema[1].attributeName) {
      throw .validation("Both the Hash Key and the Range Key element in the KeySchema have the same name")
    }
    guard schema[0].keyType == .hash else {
      throw .validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
    }
    if schema.count == 2, schema[1].keyType != .range {
      throw .validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
    }
  }

  /// Checks the key of a global index: one to four partition attributes, then up to four sort attributes.
  package static func checkGlobalIndex(_ schema: [KeySchemaElement]) throws(ServiceError) {
    guard schema.first?.keyType == .hash else {
      throw .validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
    }
    for role in KeyRole.allCases
    where schema.count(where: { $0.keyType == role }) > globalIndexKeyAttributesMax {
      throw .validation(
        invalid + "The KeySchema exceeds the maximum allowed number of \(role.rawValue) key attributes")
    }
    if let firstRange = schema.firstIndex(where: { $0.keyType == .range }),
      schema[firstRange...].contains(where: { $0.keyType == .hash })
    {
      throw .validation(
        invalid + "All HASH key attributes must precede RANGE key attributes in the KeySchema")
    }
    guard Set(schema.map { ByteText($0.attributeName) }).count == schema.count else {
      throw .validation("The KeySchema contains multiple key attributes with the same name")
    }
  }

  /// Checks that every defined attribute is part of a key: of the table's, or of an index's in `indexKeys`.
  package static func checkAllUsed(
    _ definitions: [AttributeDefinition], _ schema: [KeySchemaElement], indexKeys: [[KeySchemaElement]]
  ) throws(ServiceError) {
    var used = schema.map(\.attributeName)
    for key in indexKeys {
      for element in key where !used.hasSame(element.attributeName) { used.append(element.attributeName) }
    }
    guard definitions.contains(where: { !used.hasSame($0.attributeName) }) else { return }
    if indexKeys.isEmpty {
      throw .validation(
        invalid + "Number of attributes in KeySchema does not exactly match number of attributes defined in "
          + "AttributeDefinitions")
    }
    throw .validation(
      invalid + "Some AttributeDefinitions are not used. AttributeDefinitions: "
        + "\(ServiceSet.printedSized(definitions.map(\.attributeName))), keys used: \(ServiceSet.printed(used))"
    )
  }
}
