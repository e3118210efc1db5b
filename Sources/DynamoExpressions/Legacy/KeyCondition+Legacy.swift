import DynamoModel

extension KeyCondition {
  /// The key condition that `KeyConditions` states.
  ///
  /// - Parameter keyConditions: attributes and their conditions, in the order of the request.
  /// - Throws: an `ExpressionError` for arguments an operator can't take.
  public init(
    keyConditions: [(name: String, condition: LegacyCondition)]
  ) throws(ExpressionError) {
    var terms: [Term] = []
    for (name, condition) in keyConditions {
      let values = condition.attributeValueList ?? []
      try LegacyChecks.check(values, of: condition.comparisonOperator)
      terms.append(Term(name: name, operation: condition.comparisonOperator.keyOperation, values: values))
    }
    self.init(terms: terms)
  }
}

extension ComparisonOperator {
  fileprivate var keyOperation: KeyCondition.Term.Operation {
    switch self {
    case .equal: .comparison(.equal)
    case .less: .comparison(.less)
    case .lessOrEqual: .comparison(.lessOrEqual)
    case .greater: .comparison(.greater)
    case .greaterOrEqual: .comparison(.greaterOrEqual)
    case .between: .between
    case .beginsWith: .beginsWith
    case .notEqual, .in, .null, .notNull, .contains, .notContains: .notIndexable
    }
  }
}
