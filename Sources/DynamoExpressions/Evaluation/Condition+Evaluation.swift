import DynamoModel

/// The evaluator: a walk down the tree that reads, of the item, the attributes it comes to.
///
/// The walk's depth is bounded by the number of operators an expression may have. Comparisons are of encoded
/// bytes; values of two types are never equal and never ordered.
extension Condition {
  func holds(_ node: Int, for item: borrowing ItemView) -> Bool {
    let tree = syntax.tree
    switch tree.nodes[node].kind {
    case .and:
      return holds(tree.operand(0, of: node), for: item) && holds(tree.operand(1, of: node), for: item)
    case .or:
      return holds(tree.operand(0, of: node), for: item) || holds(tree.operand(1, of: node), for: item)
    case .not:
      return !holds(tree.operand(0, of: node), for: item)
    case .comparison(let comparator):
      let left = operand(tree.operand(0, of: node), in: item)
      return comparator.holds(left, operand(tree.operand(1, of: node), in: item))
    case .between:
      let value = operand(tree.operand(0, of: node), in: item)
      return Comparator.greaterOrEqual.holds(value, operand(tree.operand(1, of: node), in: item))
        && Comparator.lessOrEqual.holds(value, operand(tree.operand(2, of: node), in: item))
    case .membership:
      let value = operand(tree.operand(0, of: node), in: item)
      for position in 1..<Int(tree.nodes[node].operands.count) {
        if Comparator.equal.holds(value, operand(tree.operand(position, of: node), in: item)) { return true }
      }
      return false
    case .call(let function):
      return holds(function, node, for: item)
    case .path, .value, .plus, .minus:
      preconditionFailure("an operand where the parser allows only conditions")
    }
  }

  private func holds(_ function: Function, _ node: Int, for item: borrowing ItemView) -> Bool {
    let tree = syntax.tree
    let first = operand(tree.operand(0, of: node), in: item)
    switch function {
    case .attributeExists:
      return !first.isAbsent
    case .attributeNotExists:
      return first.isAbsent
    case .attributeType:
      let wanted = operand(tree.operand(1, of: node), in: item)
      guard case .value(let value) = first, case .value(let name) = wanted else { return false }
      return AttributeType(descriptor: name.payload) == value.type
    case .beginsWith:
      guard case .value(let value) = first,
        case .value(let prefix) = operand(tree.operand(1, of: node), in: item)
      else { return false }
      return value.beginsWith(prefix)
    case .contains:
      guard case .value(let value) = first,
        case .value(let part) = operand(tree.operand(1, of: node), in: item)
      else { return false }
      return value.contains(part)
    case .size, .ifNotExists, .listAppend:
      preconditionFailure("\(function.name) where the parser allows only conditions")
    }
  }

  /// What an operand is for an item.
  @_lifetime(copy item, borrow self)
  private func operand(_ node: Int, in item: borrowing ItemView) -> OperandValue {
    let tree = syntax.tree
    switch tree.nodes[node].kind {
    case .path(let path):
      guard let value = bindings.value(at: tree.paths[path], in: item) else { return .absent }
      return .value(value)
    case .value(let slot):
      return .value(bindings.value(slot))
    case .call(.size):
      guard case .value(let value) = operand(tree.operand(0, of: node), in: item), value.type.hasSize else {
        return .absent
      }
      return .size(value.expressionSize)
    default:
      preconditionFailure("a condition where the parser allows only operands")
    }
  }
}

/// What an operand is: a value in the item or in the bindings, or the result of `size`.
enum OperandValue: ~Escapable {
  case absent
  case value(ValueView)
  case size(Int)

  var isAbsent: Bool { if case .absent = self { true } else { false } }
}

extension Comparator {
  /// Whether a comparison holds. Something absent differs from everything, and is neither less nor greater.
  func holds(_ left: OperandValue, _ right: OperandValue) -> Bool {
    switch self {
    case .equal: left.equals(right)
    case .notEqual: !left.equals(right)
    case .less: left.order(comparedTo: right).map { $0 < 0 } ?? false
    case .lessOrEqual: left.order(comparedTo: right).map { $0 <= 0 } ?? false
    case .greater: left.order(comparedTo: right).map { $0 > 0 } ?? false
    case .greaterOrEqual: left.order(comparedTo: right).map { $0 >= 0 } ?? false
    }
  }
}

extension OperandValue {
  fileprivate func equals(_ other: OperandValue) -> Bool {
    if case .value(let left) = self, case .value(let right) = other { return left == right }
    return order(comparedTo: other) == 0
  }

  /// Negative, zero or positive; nil for operands that have no order.
  fileprivate func order(comparedTo other: OperandValue) -> Int? {
    switch self {
    case .absent:
      return nil
    case .value(let left):
      switch other {
      case .absent: return nil
      case .value(let right): return left.order(comparedTo: right)
      case .size(let right): return left.order(comparedTo: right)
      }
    case .size(let left):
      switch other {
      case .absent: return nil
      case .value(let right): return right.order(comparedTo: left).map { -$0 }
      case .size(let right): return left - right
      }
    }
  }
}
