public import DynamoModel

/// The comparison operators of the parameters that came before expressions.
public enum ComparisonOperator: String, Sendable, Hashable, CaseIterable {
  case equal = "EQ"
  case notEqual = "NE"
  case `in` = "IN"
  case lessOrEqual = "LE"
  case less = "LT"
  case greaterOrEqual = "GE"
  case greater = "GT"
  case between = "BETWEEN"
  case notNull = "NOT_NULL"
  case null = "NULL"
  case contains = "CONTAINS"
  case notContains = "NOT_CONTAINS"
  case beginsWith = "BEGINS_WITH"
}

/// How the conditions of `Expected`, `QueryFilter` and `ScanFilter` are joined. `AND` unless said otherwise.
public enum ConditionalOperator: String, Sendable, Hashable {
  case and = "AND"
  case or = "OR"
}

/// One attribute's condition in `QueryFilter`, `ScanFilter` or `KeyConditions`.
public struct LegacyCondition: Sendable, Hashable {
  public var comparisonOperator: ComparisonOperator
  /// Nil if the request has none.
  public var attributeValueList: [EncodedValue]?

  public init(_ comparisonOperator: ComparisonOperator, _ attributeValueList: [EncodedValue]? = nil) {
    self.comparisonOperator = comparisonOperator
    self.attributeValueList = attributeValueList
  }
}

/// One attribute's condition in `Expected`: a comparison, or a value it must have, or that it must not exist.
public struct ExpectedCondition: Sendable, Hashable {
  public var value: EncodedValue?
  public var exists: Bool?
  public var comparisonOperator: ComparisonOperator?
  public var attributeValueList: [EncodedValue]?

  public init(
    value: EncodedValue? = nil, exists: Bool? = nil, comparisonOperator: ComparisonOperator? = nil,
    attributeValueList: [EncodedValue]? = nil
  ) {
    self.value = value
    self.exists = exists
    self.comparisonOperator = comparisonOperator
    self.attributeValueList = attributeValueList
  }
}

/// What `AttributeUpdates` does to one attribute.
public enum LegacyUpdateAction: String, Sendable, Hashable {
  case put = "PUT"
  case add = "ADD"
  case delete = "DELETE"
}

/// One attribute's entry in `AttributeUpdates`.
public struct LegacyAttributeUpdate: Sendable, Hashable {
  /// `PUT` if nil.
  public var action: LegacyUpdateAction?
  public var value: EncodedValue?

  public init(action: LegacyUpdateAction? = nil, value: EncodedValue? = nil) {
    self.action = action
    self.value = value
  }
}
