import DynamoModel

extension Condition {
  /// The condition that `Expected` and `ConditionalOperator` state.
  ///
  /// - Parameters:
  ///   - expected: attributes and their conditions, at least one, in the order of the request.
  ///   - conditionalOperator: how they are joined; nil if the request does not say.
  /// - Throws: an `ExpressionError` for parts that do not go together or arguments an operator can't take.
  public init(
    expected: [(name: String, condition: ExpectedCondition)], conditionalOperator: ConditionalOperator?
  ) throws(ExpressionError) {
    try LegacyChecks.check(conditionalOperator, joining: expected.count)
    var builder = LegacyBuilder()
    var nodes: [Int] = []
    for (name, condition) in expected {
      let (comparison, arguments) = try condition.checked(name)
      nodes.append(builder.condition(name, comparison, arguments))
    }
    self.init(builder: &builder, nodes, conditionalOperator)
  }

  /// The condition that `QueryFilter` or `ScanFilter` and `ConditionalOperator` state.
  ///
  /// - Parameters:
  ///   - filter: attributes and their conditions, at least one, in the order of the request.
  ///   - conditionalOperator: how they are joined; nil if the request does not say.
  /// - Throws: an `ExpressionError` for arguments an operator can't take.
  public init(
    filter: [(name: String, condition: LegacyCondition)], conditionalOperator: ConditionalOperator?
  ) throws(ExpressionError) {
    try LegacyChecks.check(conditionalOperator, joining: filter.count)
    var builder = LegacyBuilder()
    var nodes: [Int] = []
    for (name, condition) in filter {
      let arguments = condition.attributeValueList ?? []
      try LegacyChecks.check(arguments, of: condition.comparisonOperator)
      nodes.append(builder.condition(name, condition.comparisonOperator, arguments))
    }
    self.init(builder: &builder, nodes, conditionalOperator)
  }

  private init(builder: inout LegacyBuilder, _ nodes: [Int], _ conditionalOperator: ConditionalOperator?) {
    precondition(!nodes.isEmpty, "a condition on nothing")
    let root = builder.joined(nodes[...], by: conditionalOperator ?? .and)
    self.init(
      syntax: ConditionSyntax(tree: builder.tree.finished(), root: root), bindings: builder.bindings())
  }
}

extension ExpectedCondition {
  /// The comparison this states, as an operator and its arguments.
  fileprivate func checked(_ name: String) throws(ExpressionError) -> (ComparisonOperator, [EncodedValue]) {
    if attributeValueList != nil, value != nil {
      throw LegacyChecks.invalid(
        "Value and AttributeValueList cannot be used together for Attribute: \(name)")
    }
    guard let comparisonOperator else { return try checkedWithoutOperator(name) }
    if exists != nil {
      throw LegacyChecks.invalid(
        "Exists and ComparisonOperator cannot be used together for Attribute: \(name)")
    }
    let isUnary = comparisonOperator == .null || comparisonOperator == .notNull
    if !isUnary, attributeValueList == nil, value == nil {
      throw LegacyChecks.invalid(
        "Value or AttributeValueList must be used with ComparisonOperator: \(comparisonOperator.rawValue) "
          + "for Attribute: \(name)")
    }
    let arguments = attributeValueList ?? (value.map { [$0] } ?? [])
    try LegacyChecks.check(arguments, of: comparisonOperator)
    return (comparisonOperator, arguments)
  }

  private func checkedWithoutOperator(
    _ name: String
  ) throws(ExpressionError) -> (ComparisonOperator, [EncodedValue]) {
    if attributeValueList != nil {
      throw LegacyChecks.invalid(
        "AttributeValueList can only be used with a ComparisonOperator for Attribute: \(name)")
    }
    guard exists ?? true else {
      guard value == nil else {
        throw LegacyChecks.invalid("Value cannot be used when Exists is false for Attribute: \(name)")
      }
      return (.null, [])
    }
    guard let value else {
      throw LegacyChecks.invalid(
        "Value must be provided when Exists is \(exists.map(String.init) ?? "null") for Attribute: \(name)")
    }
    return (.equal, [value])
  }
}
