import DynamoModel

/// Takes a checked condition apart into one term for each key attribute, refusing what a key can't answer.
struct KeyTermReader {
  private let condition: Condition
  private(set) var terms: [KeyCondition.Term] = []

  init(_ condition: Condition) {
    self.condition = condition
  }

  private var tree: SyntaxTree { condition.syntax.tree }

  /// Reads the condition at a node. Its depth is bounded by the number of operators.
  mutating func read(_ node: Int) throws(ExpressionError) {
    let kind = tree.nodes[node].kind
    switch kind {
    case .or: throw invalidOperator("OR")
    case .not: throw invalidOperator("NOT")
    case .membership: throw invalidOperator("IN")
    case .comparison(.notEqual): throw invalidOperator(Comparator.notEqual.symbol)
    case .call(.size): throw Self.nestedOperation
    case .call(let function) where function != .beginsWith: throw invalidOperator(function.name)
    case .between where path(tree.operand(0, of: node)) == nil: throw keyNotFirst("BETWEEN")
    case .call(let function) where path(tree.operand(0, of: node)) == nil: throw keyNotFirst(function.name)
    case .and:
      try read(tree.operand(0, of: node))
      try read(tree.operand(1, of: node))
    default:
      try readTerm(node, kind)
    }
  }

  private mutating func readTerm(_ node: Int, _ kind: SyntaxNode.Kind) throws(ExpressionError) {
    var name: String?
    var namePosition = 0
    var values: [Int] = []
    for position in 0..<Int(tree.nodes[node].operands.count) {
      let operand = tree.operand(position, of: node)
      if let path = path(operand) {
        guard name == nil else { throw invalidCondition("Multiple attribute names used in one condition") }
        guard path.count == 1 else {
          throw ExpressionError("KeyConditionExpressions cannot have conditions on nested attributes")
        }
        name = condition.bindings.name(condition.bindings.steps[Int(path.start)])
        namePosition = position
      } else if case .value(let slot) = tree.nodes[operand].kind {
        values.append(slot)
      } else {
        throw Self.nestedOperation
      }
    }
    guard let name else { throw invalidCondition("No key attribute specified") }
    guard !terms.contains(where: { $0.name.isSame(as: name) }) else {
      throw ExpressionError("KeyConditionExpressions must only contain one condition per key")
    }
    terms.append(
      KeyCondition.Term(
        name: name, operation: operation(kind, isMirrored: namePosition > 0),
        values: values.map(condition.bindings.encodedValue)))
  }

  private func operation(_ kind: SyntaxNode.Kind, isMirrored: Bool) -> KeyCondition.Term.Operation {
    switch kind {
    case .comparison(let comparator): .comparison(isMirrored ? comparator.mirrored : comparator)
    case .between: .between
    default: .beginsWith
    }
  }

  private func path(_ node: Int) -> Run? {
    guard case .path(let path) = tree.nodes[node].kind else { return nil }
    return tree.paths[path]
  }

  private static let nestedOperation = ExpressionError(
    "KeyConditionExpressions cannot contain nested operations")

  private func invalidOperator(_ name: String) -> ExpressionError {
    ExpressionError("Invalid operator used in KeyConditionExpression: \(name)")
  }

  private func invalidCondition(_ reason: String) -> ExpressionError {
    ExpressionError("Invalid condition in KeyConditionExpression: \(reason)")
  }

  private func keyNotFirst(_ name: String) -> ExpressionError {
    invalidCondition("\(name) operator must have the key attribute as its first operand")
  }
}
