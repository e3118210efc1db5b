public import DynamoModel

/// One action of a ``TransactWriteItemsRequest``.
public enum TransactWriteItem: Sendable {
  /// Puts an item in the place of the one with its key.
  case put(Put)
  /// Changes attributes of an item, or makes it.
  case update(Update)
  /// Deletes an item, if there is one.
  case delete(Delete)
  /// Changes nothing: the transaction happens only if the condition holds.
  case conditionCheck(ConditionCheck)

  /// What to put, and when.
  public struct Put: Sendable {
    /// The whole item, its key attributes included; at most 400 KB.
    public var item: Item
    /// The table, by name or by ARN.
    public var tableName: String
    /// What must hold of the item as it stands.
    public var conditionExpression: String?
    /// What the `#name` placeholders stand for; nil and empty differ.
    public var expressionAttributeNames: [String: String]?
    /// What the `:value` placeholders stand for; nil and empty differ.
    public var expressionAttributeValues: [String: EncodedValue]?
    /// Whether the reason of a failed condition carries the item; nil means `.none`.
    public var returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure?

    public init(
      tableName: String, item: Item, conditionExpression: String? = nil,
      expressionAttributeNames: [String: String]? = nil,
      expressionAttributeValues: [String: EncodedValue]? = nil,
      returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure? = nil
    ) {
      self.item = item
      self.tableName = tableName
      self.conditionExpression = conditionExpression
      self.expressionAttributeNames = expressionAttributeNames
      self.expressionAttributeValues = expressionAttributeValues
      self.returnValuesOnConditionCheckFailure = returnValuesOnConditionCheckFailure
    }
  }

  /// What to change, and when.
  public struct Update: Sendable {
    /// The primary key: exactly the key attributes of the table.
    public var key: Item
    /// What to change.
    public var updateExpression: String
    /// The table, by name or by ARN.
    public var tableName: String
    /// What must hold of the item as it stands.
    public var conditionExpression: String?
    /// What the `#name` placeholders stand for; nil and empty differ.
    public var expressionAttributeNames: [String: String]?
    /// What the `:value` placeholders stand for; nil and empty differ.
    public var expressionAttributeValues: [String: EncodedValue]?
    /// Whether the reason of a failed condition carries the item; nil means `.none`.
    public var returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure?

    public init(
      tableName: String, key: Item, updateExpression: String, conditionExpression: String? = nil,
      expressionAttributeNames: [String: String]? = nil,
      expressionAttributeValues: [String: EncodedValue]? = nil,
      returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure? = nil
    ) {
      self.key = key
      self.updateExpression = updateExpression
      self.tableName = tableName
      self.conditionExpression = conditionExpression
      self.expressionAttributeNames = expressionAttributeNames
      self.expressionAttributeValues = expressionAttributeValues
      self.returnValuesOnConditionCheckFailure = returnValuesOnConditionCheckFailure
    }
  }

  /// What to delete, and when.
  public struct Delete: Sendable {
    /// The primary key: exactly the key attributes of the table.
    public var key: Item
    /// The table, by name or by ARN.
    public var tableName: String
    /// What must hold of the item as it stands.
    public var conditionExpression: String?
    /// What the `#name` placeholders stand for; nil and empty differ.
    public var expressionAttributeNames: [String: String]?
    /// What the `:value` placeholders stand for; nil and empty differ.
    public var expressionAttributeValues: [String: EncodedValue]?
    /// Whether the reason of a failed condition carries the item; nil means `.none`.
    public var returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure?

    public init(
      tableName: String, key: Item, conditionExpression: String? = nil,
      expressionAttributeNames: [String: String]? = nil,
      expressionAttributeValues: [String: EncodedValue]? = nil,
      returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure? = nil
    ) {
      self.key = key
      self.tableName = tableName
      self.conditionExpression = conditionExpression
      self.expressionAttributeNames = expressionAttributeNames
      self.expressionAttributeValues = expressionAttributeValues
      self.returnValuesOnConditionCheckFailure = returnValuesOnConditionCheckFailure
    }
  }

  /// What must hold of an item that the transaction does not change.
  public struct ConditionCheck: Sendable {
    /// The primary key: exactly the key attributes of the table.
    public var key: Item
    /// The table, by name or by ARN.
    public var tableName: String
    /// What must hold of the item as it stands.
    public var conditionExpression: String
    /// What the `#name` placeholders stand for; nil and empty differ.
    public var expressionAttributeNames: [String: String]?
    /// What the `:value` placeholders stand for; nil and empty differ.
    public var expressionAttributeValues: [String: EncodedValue]?
    /// Whether the reason of a failed condition carries the item; nil means `.none`.
    public var returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure?

    public init(
      tableName: String, key: Item, conditionExpression: String,
      expressionAttributeNames: [String: String]? = nil,
      expressionAttributeValues: [String: EncodedValue]? = nil,
      returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure? = nil
    ) {
      self.key = key
      self.tableName = tableName
      self.conditionExpression = conditionExpression
      self.expressionAttributeNames = expressionAttributeNames
      self.expressionAttributeValues = expressionAttributeValues
      self.returnValuesOnConditionCheckFailure = returnValuesOnConditionCheckFailure
    }
  }
}
