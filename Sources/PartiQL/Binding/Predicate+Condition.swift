package import DynamoExpressions
import DynamoModel

extension Predicate {
  /// The condition that is asked of items. Parameters must be bound.
  ///
  /// - Throws: a ``StatementError`` with the service's text for operands a function or comparison can't take.
  package func condition() throws(StatementError) -> Condition {
    var builder = ExpressionBuilder()
    let root = node(in: &builder)
    do throws(ExpressionError) {
      return try builder.condition(root: root)
    } catch {
      throw StatementError(error.message)
    }
  }

  private func node(in builder: inout ExpressionBuilder) -> Int {
    switch self {
    case .and(let parts):
      return builder.joined(parts.map { $0.node(in: &builder) }, by: .and)
    case .or(let parts):
      return builder.joined(parts.map { $0.node(in: &builder) }, by: .or)
    case .not(let part):
      return builder.node(.not, over: [part.node(in: &builder)])
    case .comparison(let comparator, let left, let right):
      return builder.node(.comparison(comparator), over: [left, right].map { $0.node(in: &builder) })
    case .between(let value, let lower, let upper):
      return builder.node(.between, over: [value, lower, upper].map { $0.node(in: &builder) })
    case .membership(let value, let list):
      return builder.node(.membership, over: ([value] + list).map { $0.node(in: &builder) })
    case .isMissing(let path):
      return builder.node(.call(.attributeNotExists), over: [builder.path(path.expressionSteps).node])
    case .isType(let path, let type):
      let name = builder.value(type.descriptor)
      return builder.node(.call(.attributeType), over: [builder.path(path.expressionSteps).node, name])
    case .call(let function, let operands):
      return builder.node(.call(function), over: operands.map { $0.node(in: &builder) })
    case .constant(let value):
      let one = builder.value(EncodedValue(bool: true))
      let other = builder.value(EncodedValue(bool: value))
      return builder.node(.comparison(.equal), over: [one, other])
    }
  }
}

extension Operand {
  /// The node that the operand is in an expression.
  func node(in builder: inout ExpressionBuilder) -> Int {
    switch self {
    case .path(let path): builder.path(path.expressionSteps).node
    case .value(let value): builder.value(value)
    case .size(let operand): builder.node(.call(.size), over: [operand.node(in: &builder)])
    case .parameter: preconditionFailure("a parameter that is not bound")
    }
  }
}

extension DocumentPath {
  var expressionSteps: [ExpressionBuilder.Step] {
    steps.map { step in
      switch step {
      case .name(let name): .name(name)
      case .index(let index): .index(index)
      }
    }
  }
}
