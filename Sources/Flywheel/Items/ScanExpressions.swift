import DynamoExpressions
import DynamoModel

/// The expressions of a scan and the part of the table it is about, checked as far as they can be without the
/// table.
struct ScanExpressions {
  let segment: ScanSegment
  let filter: Condition?
  let projection: AttributeProjection?

  /// Reads and checks the expressions, and which parameters stand beside each other, in the service's order.
  init(_ request: ScanRequest) throws(Interruption) {
    try Self.checkMix(request)
    let attributesToGet: AttributeProjection?
    let legacyFilter: Condition?
    do throws(ExpressionError) {
      attributesToGet = try request.attributesToGet.map { names throws(ExpressionError) in
        try AttributeProjection(attributesToGet: names)
      }
      legacyFilter = try Condition(request.scanFilter, request.conditionalOperator)
    } catch {
      throw Interruption(error)
    }
    segment = try ScanSegment(request.segment, of: request.totalSegments)
    do throws(ExpressionError) {
      var placeholders = try ExpressionPlaceholders(
        names: request.expressionAttributeNames, values: request.expressionAttributeValues)
      filter =
        if let expression = request.filterExpression {
          try Condition(expression, as: .filter, placeholders: &placeholders)
        } else {
          legacyFilter
        }
      projection =
        if let expression = request.projectionExpression {
          try AttributeProjection(expression, placeholders: &placeholders)
        } else {
          attributesToGet
        }
      try placeholders.checkAllUsed()
    } catch {
      throw Interruption(error)
    }
    try SelectRules(
      select: request.select, hasProjectionExpression: request.projectionExpression != nil,
      hasAttributesToGet: request.attributesToGet != nil, indexName: request.indexName
    ).check()
  }

  private static func checkMix(_ request: ScanRequest) throws(Interruption) {
    do throws(ExpressionError) {
      try ExpressionParameters.check(
        expressions: [
          ("ProjectionExpression", request.projectionExpression != nil),
          ("FilterExpression", request.filterExpression != nil),
        ],
        legacy: [
          ("AttributesToGet", request.attributesToGet != nil), ("ScanFilter", request.scanFilter != nil),
          ("ConditionalOperator", request.conditionalOperator != nil),
        ],
        hasNames: request.expressionAttributeNames != nil, hasValues: request.expressionAttributeValues != nil
      )
      try ExpressionParameters.checkConditionalOperator(
        isPresent: request.conditionalOperator != nil, hasFilterOrExpected: request.scanFilter != nil)
    } catch {
      throw Interruption(error)
    }
  }

  /// Checks what the filter and the projection say of keys, and whether the index holds what they need.
  /// Unlike a query's, a scan's filter may name key attributes, and attributes that the index does not hold.
  func checkFit(to target: ReadTarget) throws(Interruption) {
    try KeyChecks.checkScalar(nestedNames: projection?.nestedAttributeNames ?? [], of: target.table)
    try KeyChecks.checkScalar(nestedNames: filter?.nestedAttributeNames ?? [], of: target.table)
    try target.checkProjection(projection)
  }
}
