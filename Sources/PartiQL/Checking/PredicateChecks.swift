import DynamoExpressions
import DynamoModel

/// Makes conditions of the expressions behind `WHERE`.
enum PredicateChecks {
  /// The condition of a `WHERE` clause.
  static func condition(_ node: SyntaxNode) throws(StatementError) -> Predicate {
    guard let predicate = try predicate(node) else { throw Refusals.whereClause }
    return predicate
  }

  /// What an expression says as a condition; nil if it is an operand.
  private static func predicate(_ node: SyntaxNode) throws(StatementError) -> Predicate? {
    switch node {
    case .and(let nodes, _): return .and(try operands(of: nodes))
    case .or(let nodes, _): return .or(try operands(of: nodes))
    case .not(let node, _):
      guard let negated = try predicate(node) else { throw Refusals.negationOperand }
      return .not(negated)
    case .binary(let sign, let left, let right, _): return try comparison(sign, left, right)
    case .between(let value, let lower, let upper, _):
      return .between(try operand(value), try operand(lower), try operand(upper))
    case .membership(let value, let members, _): return try membership(value, members)
    case .isType(let value, let type, _): return try typeTest(value, type)
    case .call(let name, let arguments, let span): return try call(name, arguments, span)
    case .missing: throw Refusals.misplacedMissing
    default: return nil
    }
  }

  private static func operands(of nodes: [SyntaxNode]) throws(StatementError) -> [Predicate] {
    var operands: [Predicate] = []
    for node in nodes {
      guard let operand = try predicate(node) else { throw Refusals.conjunctionOperand }
      operands.append(operand)
    }
    return operands
  }

  // MARK: - Operators

  private static func comparison(
    _ sign: String, _ left: SyntaxNode, _ right: SyntaxNode
  ) throws(StatementError) -> Predicate {
    guard let comparator = Comparator(sign: sign) else { throw Refusals.conditionOperator(sign) }
    switch (try side(left), try side(right)) {
    case (.operand(let left), .operand(let right)):
      return .comparison(comparator, left, right)
    case (.predicate(let predicate), .operand(let operand)),
      (.operand(let operand), .predicate(let predicate)):
      let isEqual = try equality(predicate, operand, comparator)
      return comparator == .equal ? isEqual : .not(isEqual)
    case (.predicate(let left), .predicate(let right)):
      try checkIsEquality(comparator)
      guard left.isLeaf, right.isLeaf else { throw Refusals.conditionOperator(sign) }
      let isEqual = Predicate.or([.and([left, right]), .and([.not(left), .not(right)])])
      return comparator == .equal ? isEqual : .not(isEqual)
    }
  }

  private enum Side {
    case operand(Operand)
    case predicate(Predicate)
  }

  /// A side of a comparison: conditions may be compared too, with Booleans.
  private static func side(_ node: SyntaxNode) throws(StatementError) -> Side {
    switch node {
    case .call("size", _, _): return .operand(try operand(node))
    case .and, .or, .not, .binary, .between, .membership, .isType, .call:
      guard let predicate = try predicate(node) else { return .operand(try operand(node)) }
      return .predicate(predicate)
    default: return .operand(try operand(node))
    }
  }

  /// That a condition's outcome equals a value.
  private static func equality(
    _ predicate: Predicate, _ operand: Operand, _ comparator: Comparator
  ) throws(StatementError) -> Predicate {
    try checkIsEquality(comparator)
    if let value = operand.value {
      guard value.type == .bool else { return .constant(false) }
      return value.view.bool ? predicate : .not(predicate)
    }
    // Said twice, so only of what is small.
    guard predicate.isLeaf else { throw Refusals.conditionOperator(comparator.symbol) }
    return .or([
      .and([predicate, .comparison(.equal, operand, .true)]),
      .and([.not(predicate), .comparison(.equal, operand, .false)]),
    ])
  }

  private static func checkIsEquality(_ comparator: Comparator) throws(StatementError) {
    guard comparator == .equal || comparator == .notEqual else {
      throw StatementError(Reason.operandType(comparator.symbol, AttributeType.bool.descriptor))
    }
  }

  private static func membership(
    _ value: SyntaxNode, _ members: SyntaxNode
  ) throws(StatementError) -> Predicate {
    guard case .list(let nodes, _) = members, !nodes.isEmpty else { throw Refusals.membership }
    var list: [Operand] = []
    for node in nodes { list.append(try operand(node)) }
    switch try side(value) {
    case .operand(let operand):
      return .membership(operand, list)
    case .predicate(let predicate):
      var alternatives: [Predicate] = []
      for member in list { alternatives.append(try equality(predicate, member, .equal)) }
      guard predicate.isLeaf || alternatives.count == 1 else { throw Refusals.membership }
      return .or(alternatives)
    }
  }

  private static func typeTest(_ value: SyntaxNode, _ name: String) throws(StatementError) -> Predicate {
    guard case .path(let written) = value else { throw Refusals.isOperand }
    let path = try PathChecks.documentPath(written)
    switch name {
    case "missing": return .isMissing(path)
    case "null": return .isType(path, .null)
    case "bool", "boolean": return .isType(path, .bool)
    case "blob": return .isType(path, .binary)
    case "string": return .isType(path, .string)
    case "numeric": return .isType(path, .number)
    case "struct", "tuple": return .isType(path, .map)
    case "list": return .isType(path, .list)
    default:
      throw StatementError(
        "Unsupported data type for IS operator: \(name.uppercased()). Supported data types are "
          + "[MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]")
    }
  }

  // MARK: - Functions and operands

  private static func call(
    _ name: String, _ arguments: [SyntaxNode], _ span: SourceSpan
  ) throws(StatementError) -> Predicate? {
    guard let function = Function(name: name), !function.isForUpdates else {
      throw Refusals.unknownFunction(name, span)
    }
    guard function != .size else { return nil }
    return .call(function, try checkedArguments(of: function, arguments))
  }

  private static func checkedArguments(
    of function: Function, _ arguments: [SyntaxNode]
  ) throws(StatementError) -> [Operand] {
    guard arguments.count == function.operandCount else {
      throw StatementError(Reason.operandCount(function.name, arguments.count))
    }
    var operands: [Operand] = []
    for argument in arguments { operands.append(try operand(argument)) }
    return operands
  }

  static func operand(_ node: SyntaxNode) throws(StatementError) -> Operand {
    switch node {
    case .path(let path): return .path(try PathChecks.documentPath(path))
    case .parameter(let index, _): return .parameter(index)
    case .missing: throw Refusals.misplacedMissing
    case .string, .number, .bool, .null, .list, .bag, .map: return .value(try LiteralEncoder.encode(node))
    case .call("size", let arguments, _): return .size(try checkedArguments(of: .size, arguments)[0])
    case .call(let name, _, let span):
      guard let function = Function(name: name), !function.isForUpdates else {
        throw Refusals.unknownFunction(name, span)
      }
      throw StatementError(Reason.misusedFunction(function.name))
    case .binary(let sign, _, _, _), .signed(let sign, _, _): throw Refusals.conditionOperator(sign)
    case .and: throw Refusals.conditionOperator("AND")
    case .or: throw Refusals.conditionOperator("OR")
    case .not: throw Refusals.conditionOperator("NOT")
    case .between: throw Refusals.conditionOperator("BETWEEN")
    case .membership: throw Refusals.conditionOperator("IN")
    case .isType: throw Refusals.conditionOperator("IS")
    }
  }
}

extension Predicate {
  /// Whether it is one test and not a combination.
  fileprivate var isLeaf: Bool {
    switch self {
    case .and, .or, .not: false
    case .comparison, .between, .membership, .isMissing, .isType, .call, .constant: true
    }
  }
}

extension Operand {
  fileprivate static var `true`: Operand { .value(EncodedValue(bool: true)) }
  fileprivate static var `false`: Operand { .value(EncodedValue(bool: false)) }
}

extension Comparator {
  fileprivate init?(sign: String) {
    switch sign {
    case "=": self = .equal
    case "<>": self = .notEqual
    case "<": self = .less
    case "<=": self = .lessOrEqual
    case ">": self = .greater
    case ">=": self = .greaterOrEqual
    default: return nil
    }
  }
}
