import DynamoExpressions
import DynamoModel

/// What PutItem and DeleteItem say must hold of the item as it stands, as the request gives it.
struct WriteCondition {
  var expression: String?
  var names: [String: String]?
  var values: [String: EncodedValue]?
  var expected: [(name: String, condition: ExpectedCondition)]?
  var conditionalOperator: ConditionalOperator?

  /// Whether the request says nothing: then there is nothing to check, which is how most writes are.
  private var isEmpty: Bool {
    expression == nil && names == nil && values == nil && expected == nil && conditionalOperator == nil
  }

  /// Refuses parameters of the old and of the new kind side by side, and placeholders that nothing uses.
  func checkMix() throws(Interruption) {
    if isEmpty || expression != nil && expected == nil && conditionalOperator == nil { return }
    do throws(ExpressionError) {
      try ExpressionParameters.check(
        expressions: [("ConditionExpression", expression != nil)],
        legacy: [("Expected", expected != nil), ("ConditionalOperator", conditionalOperator != nil)],
        hasNames: names != nil, hasValues: values != nil)
      try ExpressionParameters.checkConditionalOperator(
        isPresent: conditionalOperator != nil, hasFilterOrExpected: expected != nil)
    } catch {
      throw Interruption(error)
    }
  }

  /// The condition, checked; nil if the request has none.
  func condition() throws(Interruption) -> Condition? {
    if isEmpty { return nil }
    do throws(ExpressionError) {
      if let expected { return try Condition(expected, conditionalOperator) }
      var placeholders = try ExpressionPlaceholders(names: names, values: values)
      let condition = try expression.map { text throws(ExpressionError) in
        try Condition(text, placeholders: &placeholders)
      }
      try placeholders.checkAllUsed()
      return condition
    } catch {
      throw Interruption(error)
    }
  }

  /// Refuses what only an update can return.
  static func check(_ returnValues: ReturnValues?) throws(Interruption) {
    switch returnValues {
    case nil, .some(.none), .allOld: return
    default: throw .validation("ReturnValues can only be ALL_OLD or NONE")
    }
  }
}
