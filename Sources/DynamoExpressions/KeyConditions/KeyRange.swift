public import DynamoModel

/// An attribute of a table's or an index's key, as key conditions are checked against it.
public struct KeyConditionAttribute: Sendable, Hashable {
  public var name: String
  /// S, N or B.
  public var type: AttributeType

  public init(name: String, type: AttributeType) {
    self.name = name
    self.type = type
  }
}

/// What a query reads: one value of the partition key, and a range of the sort key under it.
public struct KeyRange: Sendable, Hashable {
  /// One value for each partition key attribute, in the key's order.
  public var partition: [EncodedValue]
  /// Values that the leading sort key attributes must equal, in the key's order. A simple sort key with `=` has
  /// one here, and no `sortRange`.
  public var sortEquals: [EncodedValue]
  /// The range of the sort key attribute after those in `sortEquals`; nil for all of it.
  public var sortRange: SortRange?
}

/// A range of one sort key attribute.
public enum SortRange: Sendable, Hashable {
  case lessThan(EncodedValue)
  case lessThanOrEqual(EncodedValue)
  case greaterThan(EncodedValue)
  case greaterThanOrEqual(EncodedValue)
  /// Both bounds are in the range.
  case between(EncodedValue, EncodedValue)
  /// Values that begin with this one; it is S or B.
  case beginsWith(EncodedValue)
}
