package import DynamoModel

/// One attribute of a key: what it is called and what it has to be.
package struct KeyPart: Sendable, Hashable {
  package let name: String
  package let type: KeyType

  package init(name: String, type: KeyType) {
    self.name = name
    self.type = type
  }
}

/// Which attributes make up a key, in the order in which they stand in it.
///
/// A table's key and a local index's have one partition attribute and at most one sort attribute; a global
/// index's has up to four of each.
package struct KeyShape: Sendable, Hashable {
  /// Attributes that together choose the partition.
  package let partition: [KeyPart]
  /// Attributes that order items within it; empty if the key has none.
  package let sort: [KeyPart]

  package init(partition: [KeyPart], sort: [KeyPart]) {
    self.partition = partition
    self.sort = sort
  }

  /// The shape that a key schema and the types of its attributes give. An attribute without a type counts as
  /// a string, which the checks of CreateTable rule out.
  package init(_ schema: [KeySchemaElement], types: [AttributeDefinition]) {
    func parts(_ role: KeyRole) -> [KeyPart] {
      schema.filter { $0.keyType == role }.map { element in
        let type =
          types.first { $0.attributeName.isSame(as: element.attributeName) }?.attributeType ?? .string
        return KeyPart(name: element.attributeName, type: type.keyType)
      }
    }
    self.init(partition: parts(.hash), sort: parts(.range))
  }

  /// The same in arrays and strings of its own, of which nobody else counts references.
  func copy() -> KeyShape {
    func copies(_ parts: [KeyPart]) -> [KeyPart] {
      parts.map { KeyPart(name: $0.name.copy(), type: $0.type) }
    }
    return KeyShape(partition: copies(partition), sort: copies(sort))
  }

  /// All attributes, partition first.
  package var parts: [KeyPart] { partition + sort }

  /// Whether an attribute of this name is part of the key.
  package func contains(_ name: String) -> Bool {
    partition.contains { $0.name.isSame(as: name) } || sort.contains { $0.name.isSame(as: name) }
  }
}

extension ScalarAttributeType {
  /// The same as the type of a part of a key.
  package var keyType: KeyType {
    switch self {
    case .string: .string
    case .number: .number
    case .binary: .binary
    }
  }
}

extension String {
  /// The same text in memory of its own, unless it is so short that it needs none.
  func copy() -> String { String(decoding: utf8, as: UTF8.self) }
}
