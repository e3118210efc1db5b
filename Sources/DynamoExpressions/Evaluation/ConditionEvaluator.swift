package import DynamoModel

/// The evaluator: a walk down the tree that reads, of the item, the attributes it comes to.
///
/// The walk's depth is bounded by the number of operators an expression may have. Comparisons are of encoded bytes;
/// values of two types are never equal and never ordered.
///
/// It works on spans of the condition's arrays, and not on the arrays, since a filter is asked of every item of a page
/// and passing arrays about counts references: half of an evaluation's time, as measured.
package struct ConditionEvaluator: ~Escapable {
  private let nodes: Span<SyntaxNode>
  private let children: Span<Int32>
  private let paths: Span<Run>
  private let steps: Span<PathStep>
  private let slices: Span<Bindings.Slice>
  private let buffer: RawSpan
  private let root: Int

  /// The evaluator of a condition, which it borrows from.
  @_lifetime(borrow condition)
  package init(_ condition: borrowing Condition) {
    // The tree is shared and immutable, so its arrays stay where they are for as long as the condition holds it; the
    // compiler can't see that through the class.
    let nodes = condition.syntax.tree.nodes
    let children = condition.syntax.tree.children
    let paths = condition.syntax.tree.paths
    self.nodes = _overrideLifetime(nodes.span, borrowing: condition)
    self.children = _overrideLifetime(children.span, borrowing: condition)
    self.paths = _overrideLifetime(paths.span, borrowing: condition)
    steps = condition.bindings.steps.span
    slices = condition.bindings.values.span
    buffer = condition.bindings.buffer.span.bytes
    root = condition.syntax.root
  }

  /// Whether the condition holds for an item.
  package func matches(_ item: borrowing ItemView) -> Bool { holds(root, for: copy item) }

  /// Whether the condition at a node holds for an item.
  private func holds(_ node: Int, for item: ItemView) -> Bool {
    switch nodes[node].kind {
    case .and:
      return holds(child(0, of: node), for: item) && holds(child(1, of: node), for: item)
    case .or:
      return holds(child(0, of: node), for: item) || holds(child(1, of: node), for: item)
    case .not:
      return !holds(child(0, of: node), for: item)
    case .comparison(let comparator):
      return comparator.holds(operand(0, of: node, in: item), operand(1, of: node, in: item))
    case .between:
      let value = operand(0, of: node, in: item)
      return Comparator.greaterOrEqual.holds(value, operand(1, of: node, in: item))
        && Comparator.lessOrEqual.holds(value, operand(2, of: node, in: item))
    case .membership:
      let value = operand(0, of: node, in: item)
      for position in 1..<Int(nodes[node].operands.count) {
        if Comparator.equal.holds(value, operand(position, of: node, in: item)) { return true }
      }
      return false
    case .call(let function):
      return holds(function, node, for: item)
    case .path, .value, .plus, .minus:
      preconditionFailure("an operand where the parser allows only conditions")
    }
  }

  private func holds(_ function: Function, _ node: Int, for item: ItemView) -> Bool {
    let first = operand(0, of: node, in: item)
    switch function {
    case .attributeExists:
      return !first.isAbsent
    case .attributeNotExists:
      return first.isAbsent
    case .attributeType:
      guard case .value(let value) = first, case .value(let name) = operand(1, of: node, in: item) else {
        return false
      }
      return AttributeType(descriptor: name.payload) == value.type
    case .beginsWith:
      guard case .value(let value) = first, case .value(let prefix) = operand(1, of: node, in: item) else {
        return false
      }
      return value.beginsWith(prefix)
    case .contains:
      guard case .value(let value) = first else { return false }
      return switch operand(1, of: node, in: item) {
      case .value(let part): value.contains(part)
      case .size(let size): value.contains(size: size)
      case .absent: false
      }
    case .size, .ifNotExists, .listAppend:
      preconditionFailure("\(function.name) where the parser allows only conditions")
    }
  }
}

// MARK: - Operands

extension ConditionEvaluator {
  private func child(_ position: Int, of node: Int) -> Int {
    Int(children[Int(nodes[node].operands.start) + position])
  }

  /// What one of a node's operands is for an item.
  @_lifetime(copy self, copy item)
  private func operand(_ position: Int, of node: Int, in item: ItemView) -> OperandValue {
    let operand = child(position, of: node)
    switch nodes[operand].kind {
    case .path(let path):
      guard let value = value(at: paths[path], in: item) else { return .absent }
      return .value(value)
    case .value(let slot):
      let slice = slices[slot]
      return .value(ValueView(trusting: buffer.extracting(slice.start..<slice.end)))
    case .call(.size):
      guard case .value(let value) = self.operand(0, of: operand, in: item), value.type.hasSize else {
        return .absent
      }
      return .size(value.expressionSize)
    default:
      preconditionFailure("a condition where the parser allows only operands")
    }
  }

  /// What a path leads to in an item; nil if there is nothing.
  @_lifetime(copy item)
  private func value(at path: Run, in item: ItemView) -> ValueView? {
    var next = Int(path.start)
    let end = next + Int(path.count)
    guard var found = item.attribute(named: name(steps[next])) else { return nil }
    next += 1
    while next < end {
      guard let inner = found.value(at: steps[next], named: name(steps[next])) else { return nil }
      found = inner
      next += 1
    }
    return found
  }

  @_lifetime(copy self)
  private func name(_ step: PathStep) -> RawSpan {
    guard step.kind == .name else { return RawSpan() }
    return buffer.extracting(Int(step.offset)..<Int(step.offset + step.length))
  }
}
