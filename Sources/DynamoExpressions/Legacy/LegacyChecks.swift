import DynamoModel

/// The checks that the legacy parameters share, with the service's words.
enum LegacyChecks {
  static func invalid(_ reason: String) -> ExpressionError {
    ExpressionError("One or more parameter values were invalid: \(reason)")
  }

  /// Refuses arguments an operator can't take: a wrong number, several types, a type that is not for it, or bounds
  /// the wrong way round.
  static func check(_ values: [EncodedValue], of comparison: ComparisonOperator) throws(ExpressionError) {
    guard comparison.takes(values.count) else {
      throw invalid("Invalid number of argument(s) for the \(comparison.rawValue) ComparisonOperator")
    }
    guard let type = values.first?.type else { return }
    guard values.allSatisfy({ $0.type == type }) else {
      throw invalid("AttributeValues inside AttributeValueList must be of same type")
    }
    guard comparison.takes(type) else {
      throw invalid(
        "ComparisonOperator \(comparison.rawValue) is not valid for \(type.descriptor) AttributeValue type")
    }
    if comparison == .between, !isOrdered(values[0], noLaterThan: values[1]) {
      throw ExpressionError(
        "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound")
    }
  }

  private static func isOrdered(_ lower: EncodedValue, noLaterThan upper: EncodedValue) -> Bool {
    let bound = lower.view
    return (bound.order(comparedTo: upper.view) ?? 0) <= 0
  }

  /// Refuses a `ConditionalOperator` that has nothing to join.
  static func check(_ conditionalOperator: ConditionalOperator?, joining count: Int) throws(ExpressionError) {
    guard conditionalOperator == nil || count > 1 else {
      throw ExpressionError(
        "ConditionalOperator can only be used when Filter or Expected has two or more elements")
    }
  }
}

extension ExpressionParameters {
  /// Refuses a `ConditionalOperator` in a request that has neither `Expected` nor a filter.
  ///
  /// - Throws: "ConditionalOperator cannot be used without Filter or Expected".
  public static func checkConditionalOperator(
    isPresent: Bool, hasFilterOrExpected: Bool
  ) throws(ExpressionError) {
    guard !isPresent || hasFilterOrExpected else {
      throw ExpressionError("ConditionalOperator cannot be used without Filter or Expected")
    }
  }
}

extension ComparisonOperator {
  fileprivate func takes(_ count: Int) -> Bool {
    switch self {
    case .null, .notNull: count == 0
    case .between: count == 2
    case .in: count > 0
    default: count == 1
    }
  }

  fileprivate func takes(_ type: AttributeType) -> Bool {
    switch self {
    case .equal, .notEqual, .null, .notNull: true
    case .less, .lessOrEqual, .greater, .greaterOrEqual, .in, .between: type.isOrdered
    case .contains, .notContains: !type.isSet && type != .list && type != .map
    case .beginsWith: type == .string || type == .binary
    }
  }
}
