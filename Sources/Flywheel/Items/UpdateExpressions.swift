import DynamoExpressions
import DynamoModel

/// The expressions of an update, checked as far as they can be without its table.
struct UpdateExpressions {
  /// What to change; nil for a request that only makes sure that the item is there.
  let update: Update?
  let condition: Condition?

  /// Reads and checks the expressions, and which parameters stand beside each other, in the service's order.
  init(_ request: UpdateItemRequest) throws(Interruption) {
    try Self.checkMix(request)
    do throws(ExpressionError) {
      let legacyUpdate: Update? =
        if let updates = request.attributeUpdates, !updates.isEmpty {
          try Update(attributeUpdates: updates)
        } else {
          nil
        }
      let legacyCondition = try Condition(request.expected, request.conditionalOperator)
      var placeholders = try ExpressionPlaceholders(
        names: request.expressionAttributeNames, values: request.expressionAttributeValues)
      update =
        if let expression = request.updateExpression {
          try Update(expression, placeholders: &placeholders)
        } else {
          legacyUpdate
        }
      condition =
        if let expression = request.conditionExpression {
          try Condition(expression, placeholders: &placeholders)
        } else {
          legacyCondition
        }
      try placeholders.checkAllUsed()
    } catch {
      throw Interruption(error)
    }
  }

  private static func checkMix(_ request: UpdateItemRequest) throws(Interruption) {
    // Nothing of the old kind, and an expression that whatever placeholders there are may be for: as nearly always.
    if request.updateExpression != nil, request.attributeUpdates == nil, request.expected == nil,
      request.conditionalOperator == nil
    {
      return
    }
    do throws(ExpressionError) {
      try ExpressionParameters.check(
        expressions: [
          ("UpdateExpression", request.updateExpression != nil),
          ("ConditionExpression", request.conditionExpression != nil),
        ],
        legacy: [
          ("AttributeUpdates", request.attributeUpdates != nil), ("Expected", request.expected != nil),
          ("ConditionalOperator", request.conditionalOperator != nil),
        ],
        hasNames: request.expressionAttributeNames != nil, hasValues: request.expressionAttributeValues != nil
      )
      try ExpressionParameters.checkConditionalOperator(
        isPresent: request.conditionalOperator != nil, hasFilterOrExpected: request.expected != nil)
    } catch {
      throw Interruption(error)
    }
  }
}
