import DynamoExpressions

/// Prints a parsed condition with no more parentheses than it needs.
struct SyntaxPrinter {
  let tree: SyntaxTree

  func text(_ node: Int, within precedence: Int = 0) -> String {
    let operands = (0..<Int(tree.nodes[node].operands.count)).map { tree.operand($0, of: node) }
    func tight(_ node: Int) -> String { text(node, within: 3) }
    switch tree.nodes[node].kind {
    case .or: return grouped(0, precedence, "\(text(operands[0])) OR \(text(operands[1], within: 1))")
    case .and:
      return grouped(1, precedence, "\(text(operands[0], within: 1)) AND \(text(operands[1], within: 2))")
    case .not: return grouped(2, precedence, "NOT \(text(operands[0], within: 2))")
    case .comparison(let comparator):
      return "\(tight(operands[0])) \(comparator.symbol) \(tight(operands[1]))"
    case .between: return "\(tight(operands[0])) BETWEEN \(tight(operands[1])) AND \(tight(operands[2]))"
    case .membership:
      return "\(tight(operands[0])) IN (\(operands.dropFirst().map(tight).joined(separator: ", ")))"
    case .call(let function): return "\(function.name)(\(operands.map(tight).joined(separator: ", ")))"
    case .path(let path): return self.path(tree.paths[path])
    case .value(let slot): return tree.valuePlaceholders[slot]
    case .plus: return "\(tight(operands[0])) + \(tight(operands[1]))"
    case .minus: return "\(tight(operands[0])) - \(tight(operands[1]))"
    }
  }

  private func grouped(_ own: Int, _ outer: Int, _ text: String) -> String {
    own < outer ? "(\(text))" : text
  }

  private func path(_ path: Run) -> String {
    var text = ""
    for step in tree.steps[path.indices] {
      switch step.kind {
      case .index: text += "[\(step.offset)]"
      case .name: text += (text.isEmpty ? "" : ".") + tree.string(step)
      case .placeholder: text += (text.isEmpty ? "" : ".") + tree.namePlaceholders[Int(step.offset)]
      }
    }
    return text
  }
}
