import DynamoModel

extension Update {
  /// The update that `AttributeUpdates` states. Without entries it changes nothing.
  ///
  /// - Throws: an `ExpressionError` for an action without the value it needs, or with one of a type it can't take.
  public init(attributeUpdates: [(name: String, update: LegacyAttributeUpdate)]) throws(ExpressionError) {
    var builder = LegacyBuilder()
    var actions: [UpdateSyntax.Action] = []
    for (name, update) in attributeUpdates {
      let verb = try update.checkedVerb()
      let path = builder.path(name)
      actions.append(
        UpdateSyntax.Action(verb: verb, path: path, value: update.value.map { builder.value($0) }))
    }
    self.init(
      syntax: UpdateSyntax(tree: builder.tree.finished(), actions: actions), bindings: builder.bindings(),
      typeMismatch: UpdateFailure.legacyTypeMismatch)
  }
}

extension LegacyAttributeUpdate {
  fileprivate func checkedVerb() throws(ExpressionError) -> UpdateVerb {
    let action = action ?? .put
    guard let type = value?.type else {
      guard action == .delete else {
        throw LegacyChecks.invalid("Only DELETE action is allowed when no attribute value is specified")
      }
      return .remove
    }
    switch action {
    case .put:
      return .set
    case .delete:
      guard type.isSet else {
        throw LegacyChecks.invalid(
          "DELETE action with value is not supported for the type \(type.descriptor)")
      }
      return .delete
    case .add:
      guard type.isSet || type == .number || type == .list else {
        throw LegacyChecks.invalid("ADD action is not supported for the type \(type.descriptor)")
      }
      return .add
    }
  }
}
