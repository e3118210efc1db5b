import DynamoExpressions

extension Interruption {
  /// An expression's error, which is always the request's fault.
  init(_ error: ExpressionError) {
    self = .validation(error.message)
  }
}

extension Condition {
  /// The condition that `QueryFilter` or `ScanFilter` states; nil if there is none or it names no attribute.
  init?(
    _ filter: [(name: String, condition: LegacyCondition)]?, _ conditionalOperator: ConditionalOperator?
  ) throws(ExpressionError) {
    guard let filter, !filter.isEmpty else { return nil }
    try self.init(filter: filter, conditionalOperator: conditionalOperator)
  }

  /// The condition that `Expected` states; nil if there is none or it names no attribute.
  init?(
    _ expected: [(name: String, condition: ExpectedCondition)]?, _ conditionalOperator: ConditionalOperator?
  ) throws(ExpressionError) {
    guard let expected, !expected.isEmpty else { return nil }
    try self.init(expected: expected, conditionalOperator: conditionalOperator)
  }
}
