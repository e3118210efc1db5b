import DynamoModel

extension Projection {
  /// The projection that `AttributesToGet` states.
  ///
  /// - Throws: "One or more parameter values were invalid: Duplicate value in attribute name: a".
  public init(attributesToGet names: [String]) throws(ExpressionError) {
    var builder = LegacyBuilder()
    var seen: Set<ByteText> = []
    for name in names {
      guard seen.insert(ByteText(name)).inserted else {
        throw LegacyChecks.invalid("Duplicate value in attribute name: \(name)")
      }
      _ = builder.path(name)
    }
    self.init(paths: builder.tree.paths, bindings: builder.bindings())
  }
}
