package import DynamoModel

/// Builds conditions and updates that were not written as expressions: what another language's statement
/// says, put into the one form that is evaluated.
///
/// Names and values are given as they are, so there are no placeholders and no reserved words. Errors are the
/// bare reasons, without the name of an expression parameter in front.
package struct ExpressionBuilder {
  /// One element of a document path.
  package enum Step {
    case name(String)
    case index(Int)
  }

  private var tree = SyntaxTreeBuilder(text: [])
  private var values: [[UInt8]] = []
  private var actions: [UpdateSyntax.Action] = []

  package init() {}

  /// A document path: a node that is it as an operand, and its place among the paths.
  package mutating func path(_ steps: [Step]) -> (node: Int, path: Int) {
    tree.paths.append(Run(start: Int32(tree.steps.count), count: Int32(steps.count)))
    for step in steps {
      switch step {
      case .index(let index):
        tree.steps.append(PathStep(kind: .index, offset: Int32(index)))
      case .name(let name):
        let start = tree.text.count
        tree.text.append(contentsOf: name.utf8)
        tree.steps.append(
          PathStep(kind: .name, offset: Int32(start), length: Int32(tree.text.count - start)))
      }
    }
    let path = tree.paths.count - 1
    return (tree.add(.path(path), over: []), path)
  }

  /// A node for a value.
  package mutating func value(_ value: EncodedValue) -> Int {
    values.append(value.bytes)
    return tree.add(.value(values.count - 1), over: [])
  }

  /// A node for a string.
  package mutating func value(_ text: String) -> Int {
    value(EncodedValue(string: text))
  }

  /// A node above others.
  package mutating func node(_ kind: SyntaxNode.Kind, over operands: [Int]) -> Int {
    tree.add(kind, over: operands)
  }

  /// A node that joins others by `AND` or `OR`, half on each side, so that its depth stays small however many
  /// there are.
  package mutating func joined(_ nodes: [Int], by kind: SyntaxNode.Kind) -> Int {
    joined(nodes[...], by: kind)
  }

  private mutating func joined(_ nodes: ArraySlice<Int>, by kind: SyntaxNode.Kind) -> Int {
    guard nodes.count > 1 else { return nodes[nodes.startIndex] }
    let middle = nodes.startIndex + nodes.count / 2
    let left = joined(nodes[..<middle], by: kind)
    let right = joined(nodes[middle...], by: kind)
    return tree.add(kind, over: [left, right])
  }

  /// Adds an action to the update.
  package mutating func act(_ verb: UpdateVerb, on path: Int, with value: Int?) {
    actions.append(UpdateSyntax.Action(verb: verb, path: path, value: value))
  }

  /// The condition that a node states.
  package func condition(root: Int) throws(ExpressionError) -> Condition {
    let condition = Condition(
      syntax: ConditionSyntax(tree: tree.finished(), root: root), bindings: bindings())
    if let problem = ConditionChecks.problem(in: condition.syntax, boundTo: condition.bindings) {
      throw ExpressionError(problem)
    }
    return condition
  }

  /// The update that the actions state.
  package func update() throws(ExpressionError) -> Update {
    let update = Update(
      syntax: UpdateSyntax(tree: tree.finished(), actions: actions), bindings: bindings(),
      typeMismatch: UpdateFailure.operandType)
    if let problem = UpdateChecks.problem(in: update) { throw ExpressionError(problem) }
    return update
  }

  private func bindings() -> Bindings {
    var buffer = tree.text
    let slices = values.map { bytes in
      let start = buffer.count
      buffer.append(contentsOf: bytes)
      return Bindings.Slice(start: start, end: buffer.count)
    }
    return Bindings(buffer: buffer, steps: tree.steps, values: slices)
  }
}
