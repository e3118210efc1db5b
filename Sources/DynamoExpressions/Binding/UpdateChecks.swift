import DynamoModel

/// Checks a bound update in the service's order: names, values, paths that collide, the types of what is added
/// or deleted, and then functions.
struct UpdateChecks {
  /// One reference: the checks hold no copy of what the update is made of.
  private let update: Update

  /// What is wrong with an update, in the service's words; nil if nothing is.
  static func problem(in update: Update) -> String? {
    let checks = UpdateChecks(update: update)
    return checks.undefinedName ?? checks.undefinedValue ?? checks.collision ?? checks.sectionOperand
      ?? checks.operand
  }

  private var syntax: UpdateSyntax { update.syntax }
  private var tree: SyntaxTree { update.syntax.tree }
  private var bindings: Bindings { update.bindings }
  private var types: OperandTypes { OperandTypes(tree: tree, bindings: bindings) }

  /// The tree has its paths in the order they are written.
  private var undefinedName: String? {
    tree.paths.lazy.compactMap { bindings.problem(in: $0, of: tree) }.first
  }

  private var undefinedValue: String? {
    guard let slot = bindings.values.firstIndex(where: { !$0.isDefined }) else { return nil }
    return Reason.undefinedValue(tree.valuePlaceholders[slot])
  }

  private var collision: String? {
    guard syntax.actions.count > 1 else { return nil }
    return PathOverlap.problem(among: syntax.actionPaths, sorted: update.sorted.paths, in: bindings)
  }

  private var sectionOperand: String? {
    for action in syntax.actions where action.verb == .add || action.verb == .delete {
      guard let value = action.value, let type = types.type(of: value) else { continue }
      if type.isSet || (type == .number && action.verb == .add) { continue }
      return Reason.sectionOperandType(action.verb.name, type.longName)
    }
    return nil
  }

  private var operand: String? {
    for node in tree.nodes.indices {
      switch tree.nodes[node].kind {
      case .call(let function):
        if let problem = problem(inCallOf: function, node) { return problem }
      case .plus:
        if let problem = types.problemOfTypes(node, "+", allowed: { $0 == .number }) { return problem }
      case .minus:
        if let problem = types.problemOfTypes(node, "-", allowed: { $0 == .number }) { return problem }
      default:
        continue
      }
    }
    return nil
  }

  private func problem(inCallOf function: Function, _ node: Int) -> String? {
    let count = Int(tree.nodes[node].operands.count)
    guard count == function.operandCount else { return Reason.operandCount(function.name, count) }
    guard function == .ifNotExists else {
      return types.problemOfTypes(node, function.name) { $0 == .list }
    }
    guard types.path(tree.operand(0, of: node)) != nil else { return Reason.needsDocumentPath(function.name) }
    return types.problemOfRepeatedPath(node, function.name)
  }
}

extension AttributeType {
  /// The name `ADD` and `DELETE` have for a type in their errors.
  fileprivate var longName: String {
    switch self {
    case .string: "STRING"
    case .number: "NUMBER"
    case .binary: "BINARY"
    case .bool: "BOOLEAN"
    case .null: "NULL"
    case .list: "LIST"
    case .map: "MAP"
    case .stringSet: "STRING_SET"
    case .numberSet: "NUMBER_SET"
    case .binarySet: "BINARY_SET"
    }
  }
}
