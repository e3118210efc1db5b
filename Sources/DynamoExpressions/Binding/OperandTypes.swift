import DynamoModel

/// What is known of operands before any item is read: the types of values and of functions' results.
struct OperandTypes {
  let tree: SyntaxTree
  let bindings: Bindings

  /// The type of a node's result where it does not depend on an item; nil where it does, and for a value that
  /// is not defined.
  func type(of node: Int) -> AttributeType? {
    switch tree.nodes[node].kind {
    case .value(let slot): bindings.type(ofValue: slot)
    case .call(.size), .plus, .minus: .number
    case .call(.listAppend): .list
    default: nil
    }
  }

  /// The path a node is, if it is one.
  func path(_ node: Int) -> Run? {
    guard case .path(let path) = tree.nodes[node].kind else { return nil }
    return tree.paths[path]
  }

  /// "The first operand must be distinct …" if an operation's first operand is a path that is there again.
  func problemOfRepeatedPath(_ node: Int, _ name: String) -> String? {
    guard let first = path(tree.operand(0, of: node)) else { return nil }
    for position in 1..<max(1, Int(tree.nodes[node].operands.count)) {
      guard let other = path(tree.operand(position, of: node)) else { continue }
      if bindings.areEqual(first, other) {
        return Reason.operandsNotDistinct(name, first: bindings.description(of: first))
      }
    }
    return nil
  }

  /// "Incorrect operand type …" if an operand is known to be none of the allowed types.
  func problemOfTypes(_ node: Int, _ name: String, allowed: (AttributeType) -> Bool) -> String? {
    for position in 0..<Int(tree.nodes[node].operands.count) {
      guard let type = type(of: tree.operand(position, of: node)), !allowed(type) else { continue }
      return Reason.operandType(name, type.descriptor)
    }
    return nil
  }
}

extension AttributeType {
  /// Whether `<` and its kin order values of this type: S, N and B.
  var isOrdered: Bool { self == .string || self == .number || self == .binary }

  /// Whether values of this type have a `size`.
  var hasSize: Bool { self != .number && self != .bool && self != .null }
}
