import DynamoModel

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
