/// The type an attribute must have to be part of a key.
public enum ScalarAttributeType: String, Sendable, Hashable, CaseIterable {
  case string = "S"
  case number = "N"
  case binary = "B"
}

/// An attribute's part in a key: it chooses the partition, or the order within one.
public enum KeyRole: String, Sendable, Hashable, CaseIterable {
  /// The partition key; the service's older word for it is hash key.
  case hash = "HASH"
  /// The sort key; the service's older word for it is range key.
  case range = "RANGE"
}

/// One attribute of a key and its part in it.
public struct KeySchemaElement: Sendable, Hashable {
  /// The attribute's name, 1 to 255 bytes of UTF-8.
  public var attributeName: String
  public var keyType: KeyRole

  public init(_ attributeName: String, _ keyType: KeyRole) {
    self.attributeName = attributeName
    self.keyType = keyType
  }
}

/// The type of an attribute that is part of the table's key or of an index's.
public struct AttributeDefinition: Sendable, Hashable {
  /// The attribute's name, 1 to 255 bytes of UTF-8.
  public var attributeName: String
  public var attributeType: ScalarAttributeType

  public init(_ attributeName: String, _ attributeType: ScalarAttributeType) {
    self.attributeName = attributeName
    self.attributeType = attributeType
  }
}
