package import DynamoModel

/// What can be told of an update's targets without an item.
extension Update {
  /// The top-level attributes whose value, or what is added to or deleted from it, stands in the request,
  /// with the type that has and whether it is an empty text or binary; in the order of the actions.
  package var givenValues: [(name: String, type: AttributeType, isEmpty: Bool)] {
    syntax.actions.compactMap { action in
      let path = syntax.tree.paths[action.path]
      guard path.count == 1, let node = action.value, case .value(let slot) = syntax.tree.nodes[node].kind
      else {
        return nil
      }
      let value = bindings.value(slot)
      let isEmpty = (value.type == .string || value.type == .binary) && value.payload.byteCount == 0
      return (bindings.topLevelNames(of: CollectionOfOne(path))[0], value.type, isEmpty)
    }
  }

  /// How many of its actions write a value (`SET`, `ADD`) and how many take one away (`REMOVE`, `DELETE`).
  package var actionCounts: (writing: Int, removing: Int) {
    let writing = syntax.actions.count { $0.verb == .set || $0.verb == .add }
    return (writing, syntax.actions.count - writing)
  }

  /// Names of the top-level attributes that it writes to or into, those that it only takes away from left
  /// out.
  package var writtenNames: [String] {
    let writing = syntax.actions.lazy.filter { $0.verb == .set || $0.verb == .add }
    return bindings.topLevelNames(of: writing.map { syntax.tree.paths[$0.path] })
  }
}
