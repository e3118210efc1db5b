import DynamoModel

/// Checks a bound condition as the service does: one comparison or function at a time from the left, and in each
/// its placeholders before its number of operands, that before repeated operands, and those before types.
struct ConditionChecks {
  private let types: OperandTypes
  private var undefined: String?
  private var operandCount: String?
  private var repeatedPath: String?
  private var wrongType: String?

  private var tree: SyntaxTree { types.tree }

  /// What is wrong with a condition, in the service's words; nil if nothing is.
  static func problem(in syntax: ConditionSyntax, boundTo bindings: Bindings) -> String? {
    var checks = ConditionChecks(types: OperandTypes(tree: syntax.tree, bindings: bindings))
    for node in syntax.tree.nodes.indices {
      checks.check(node)
      if checks.isWholeCondition(node), let problem = checks.firstProblem { return problem }
    }
    return nil
  }

  private init(types: OperandTypes) {
    self.types = types
  }

  private var firstProblem: String? {
    undefined ?? operandCount ?? repeatedPath ?? wrongType
  }

  private func isWholeCondition(_ node: Int) -> Bool {
    switch tree.nodes[node].kind {
    case .comparison, .between, .membership: true
    case .call(let function): function != .size
    default: false
    }
  }

  private mutating func check(_ node: Int) {
    switch tree.nodes[node].kind {
    case .path(let path):
      undefined = undefined ?? types.bindings.problem(in: tree.paths[path], of: tree)
    case .value(let slot):
      guard !types.bindings.values[slot].isDefined else { return }
      undefined = undefined ?? Reason.undefinedValue(tree.valuePlaceholders[slot])
    case .comparison(let comparator):
      repeatedPath = repeatedPath ?? types.problemOfRepeatedPath(node, comparator.symbol)
      guard comparator != .equal, comparator != .notEqual else { return }
      wrongType = wrongType ?? types.problemOfTypes(node, comparator.symbol, allowed: \.isOrdered)
    case .between:
      repeatedPath = repeatedPath ?? types.problemOfRepeatedPath(node, "BETWEEN")
      wrongType =
        wrongType ?? types.problemOfTypes(node, "BETWEEN", allowed: \.isOrdered) ?? problemOfBounds(node)
    case .membership:
      repeatedPath = repeatedPath ?? types.problemOfRepeatedPath(node, "IN")
      let listed = Int(tree.nodes[node].operands.count) - 1
      guard listed > ExpressionLimits.membershipOperandsMax else { return }
      wrongType = wrongType ?? Reason.tooManyMembershipOperands(listed)
    case .call(let function):
      checkCall(of: function, node)
    case .and, .or, .not, .plus, .minus:
      return
    }
  }

  private mutating func checkCall(of function: Function, _ node: Int) {
    let count = Int(tree.nodes[node].operands.count)
    guard count == function.operandCount else {
      operandCount = operandCount ?? Reason.operandCount(function.name, count)
      return
    }
    repeatedPath = repeatedPath ?? types.problemOfRepeatedPath(node, function.name)
    wrongType = wrongType ?? problemOfOperands(of: function, node)
  }

  private func problemOfOperands(of function: Function, _ node: Int) -> String? {
    switch function {
    case .attributeExists, .attributeNotExists:
      problemOfMissingPath(function, node)
    case .attributeType:
      problemOfMissingPath(function, node) ?? problemOfTypeName(node)
    case .beginsWith:
      types.problemOfTypes(node, function.name) { $0 == .string || $0 == .binary }
    case .size:
      types.problemOfTypes(node, function.name, allowed: \.hasSize)
    case .contains, .ifNotExists, .listAppend:
      nil
    }
  }

  private func problemOfMissingPath(_ function: Function, _ node: Int) -> String? {
    types.path(tree.operand(0, of: node)) == nil ? Reason.needsDocumentPath(function.name) : nil
  }

  /// `attribute_type` wants a value that is the name of a type.
  private func problemOfTypeName(_ node: Int) -> String? {
    let name = Function.attributeType.name
    let operand = tree.operand(1, of: node)
    guard case .value(let slot) = tree.nodes[operand].kind else {
      return Reason.operandType(
        name, types.type(of: operand)?.descriptor ?? "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}")
    }
    guard let type = types.bindings.type(ofValue: slot) else { return nil }
    guard type == .string else { return Reason.operandType(name, type.descriptor) }
    let wanted = types.bindings.string(ofValue: slot)
    return AttributeType(descriptor: wanted) == nil ? Reason.unknownTypeName(wanted) : nil
  }

  /// Bounds that are both values must be of one type, and in order.
  private func problemOfBounds(_ node: Int) -> String? {
    guard case .value(let lower) = tree.nodes[tree.operand(1, of: node)].kind,
      case .value(let upper) = tree.nodes[tree.operand(2, of: node)].kind,
      types.bindings.values[lower].isDefined, types.bindings.values[upper].isDefined
    else { return nil }
    guard types.bindings.type(ofValue: lower) == types.bindings.type(ofValue: upper) else {
      return Reason.boundsOfDifferentTypes(
        lower: types.bindings.description(ofValue: lower), upper: types.bindings.description(ofValue: upper))
    }
    return types.bindings.isOrdered(lower, noLaterThan: upper)
      ? nil
      : Reason.boundsOutOfOrder(
        lower: types.bindings.description(ofValue: lower), upper: types.bindings.description(ofValue: upper))
  }
}
