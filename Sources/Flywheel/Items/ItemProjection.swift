import DynamoExpressions

/// Reads what GetItem and BatchGetItem say of the attributes they want.
enum ItemProjection {
  /// The projection of a request, or nil if it wants whole items.
  static func read(
    expression: String?, names: [String: String]?, attributesToGet: [String]?
  ) throws(Interruption) -> AttributeProjection? {
    if expression == nil, names == nil, attributesToGet == nil { return nil }
    do throws(ExpressionError) {
      try ExpressionParameters.check(
        expressions: [("ProjectionExpression", expression != nil)],
        legacy: [("AttributesToGet", attributesToGet != nil)], hasNames: names != nil, hasValues: false)
      if let attributesToGet { return try AttributeProjection(attributesToGet: attributesToGet) }
      var placeholders = try ExpressionPlaceholders(names: names, values: nil)
      let projection = try expression.map { text throws(ExpressionError) in
        try AttributeProjection(text, placeholders: &placeholders)
      }
      try placeholders.checkAllUsed()
      return projection
    } catch {
      throw Interruption(error)
    }
  }
}
