/// Parses conditions, and the right-hand sides of an update's `SET`.
///
/// It is an operator-precedence parser with its stacks in arrays. Recursive descent would be shorter, but an
/// expression of 4 KB can open 4,000 parentheses, or 600 calls of `size`, before anything is wrong with it, and
/// the service's answer to those is a particular error and not a depth limit of our own. Here they cost array
/// elements, and the thread's stack never depends on a request.
///
/// Conditions and operands share one stack, since `(a)` may begin either. What a finished part is (`Shape`)
/// says which operator may follow it, so an error is noticed at the very token at which a predictive parser,
/// like the service's, notices it.
struct ExpressionParser: ~Copyable {
  var lexer: Lexer
  var tree: SyntaxTreeBuilder
  var problems = StaticProblems()
  private let grammar: Grammar
  private var frames: [Frame] = []
  private var operands: [Operand] = []

  /// Something begun and not finished.
  private enum Frame {
    /// A parenthesis, and whether operators may stand directly in it.
    case group(allowsOperators: Bool)
    /// A function's parenthesis; its operands are those above `firstOperand`.
    case call(Function, firstOperand: Int)
    /// The list of an `IN`, whose left operand is just below `firstOperand`.
    case list(firstOperand: Int)
    case comparison(Comparator)
    case betweenLower, betweenUpper
    case not, and, or
    case arithmetic(SyntaxNode.Kind)

    var isNot: Bool { if case .not = self { true } else { false } }
    var isAnd: Bool { if case .and = self { true } else { false } }
    var isOr: Bool { if case .or = self { true } else { false } }
    var isLogical: Bool { isNot || isAnd || isOr }
  }

  private struct Operand {
    var node: Int
    var shape: Shape
    /// Whether it is exactly one parenthesised group, so that another around it would be redundant.
    var isGroup = false
  }

  private enum Shape {
    /// A path or a value.
    case operand
    /// A call may be either, by the grammar.
    case call
    case condition
    case arithmetic

    var mayBeOperand: Bool { self == .operand || self == .call }
    var mayBeCondition: Bool { self == .condition || self == .call }
  }

  init(_ text: String, grammar: Grammar) {
    let bytes = Array(text.utf8)
    self.grammar = grammar
    lexer = Lexer(bytes, grammar: grammar)
    tree = SyntaxTreeBuilder(text: bytes)
  }

  /// Parses up to the end of the text or, in an update, to the comma or keyword that ends a value.
  mutating func parse() throws(Rejection) -> Int {
    frames.removeAll(keepingCapacity: true)
    operands.removeAll(keepingCapacity: true)
    try parseOperand()
    while try parseContinuation() {}
    return operands[0].node
  }

  func unexpected() -> Rejection {
    Rejection(reason: lexer.syntaxError())
  }
}

// MARK: - Where an operand is expected

extension ExpressionParser {
  private mutating func parseOperand() throws(Rejection) {
    while true {
      switch lexer.current.kind {
      case .openParenthesis:
        lexer.advance()
        frames.append(.group(allowsOperators: allowsOperators))
      case .not where grammar == .condition && allowsOperators:
        lexer.advance()
        frames.append(.not)
      case .name where lexer.next.kind == .openParenthesis:
        beginCall()
      case .name, .namePlaceholder:
        let path = try parsePath()
        operands.append(Operand(node: tree.add(.path(path), over: []), shape: .operand))
        return
      case .valuePlaceholder:
        operands.append(Operand(node: parseValue(), shape: .operand))
        return
      default:
        throw unexpected()
      }
    }
  }

  private mutating func beginCall() {
    let name = lexer.string(lexer.advance())
    lexer.advance()
    problems.countOperator()
    let function = Function(name: name)
    if let function, function.isForUpdates != (grammar == .update) {
      problems.noteFunction(Reason.functionNotAllowed(name, inUpdate: grammar == .update))
    } else if function == nil {
      problems.noteFunction(Reason.unknownFunction(name))
    }
    // With an unknown name the text is refused once it has proved grammatical; until then any function does.
    frames.append(.call(function ?? .size, firstOperand: operands.count))
  }

  /// Takes the current `:value`.
  mutating func parseValue() -> Int {
    let placeholder = lexer.string(lexer.advance())
    return tree.add(.value(tree.slot(forValue: placeholder)), over: [])
  }

  /// Whether an operator of this grammar may stand directly in what is open.
  private var allowsOperators: Bool {
    switch frames.last {
    case nil: true
    case .group(let allowed): allowed
    case .not, .and, .or: true
    case .call, .list, .comparison, .betweenLower, .betweenUpper, .arithmetic: false
    }
  }
}

// MARK: - After an operand

extension ExpressionParser {
  /// Takes the operator, comma or closing parenthesis after a finished part, and the operand after that.
  /// False at the end of the expression.
  private mutating func parseContinuation() throws(Rejection) -> Bool {
    switch lexer.current.kind {
    case .equal: try beginComparison(.equal)
    case .notEqual: try beginComparison(.notEqual)
    case .less: try beginComparison(.less)
    case .lessOrEqual: try beginComparison(.lessOrEqual)
    case .greater: try beginComparison(.greater)
    case .greaterOrEqual: try beginComparison(.greaterOrEqual)
    case .between: try beginTight(.betweenLower)
    case .in:
      try beginMembership()
    case .and:
      try beginConjunction()
    case .or:
      try begin(.or, above: \.isLogical)
    case .plus: try beginArithmetic(.plus)
    case .minus: try beginArithmetic(.minus)
    case .closeParenthesis:
      try close()
      return true
    case .comma where isInList:
      guard operands[operands.count - 1].shape.mayBeOperand else { throw unexpected() }
      lexer.advance()
    case .dot, .openBracket:
      try extendGroupedPath()
      return true
    case .end, .comma, .set, .remove, .add, .delete:
      try finish()
      return false
    default:
      throw unexpected()
    }
    try parseOperand()
    return true
  }

  private var isInList: Bool {
    switch frames.last {
    case .call, .list: true
    default: false
    }
  }

  private mutating func beginComparison(_ comparator: Comparator) throws(Rejection) {
    try beginTight(.comparison(comparator))
  }

  /// Begins an operator that takes operands: no condition may be on its left, and none may be begun in it.
  private mutating func beginTight(_ frame: Frame) throws(Rejection) {
    guard grammar == .condition, allowsOperators, operands[operands.count - 1].shape.mayBeOperand else {
      throw unexpected()
    }
    lexer.advance()
    frames.append(frame)
  }

  private mutating func beginMembership() throws(Rejection) {
    try beginTight(.list(firstOperand: operands.count))
    guard lexer.current.kind == .openParenthesis else { throw unexpected() }
    lexer.advance()
  }

  private mutating func beginArithmetic(_ kind: SyntaxNode.Kind) throws(Rejection) {
    guard grammar == .update, allowsOperators, operands[operands.count - 1].shape.mayBeOperand else {
      throw unexpected()
    }
    lexer.advance()
    frames.append(.arithmetic(kind))
  }

  /// `AND` joins conditions, or a `BETWEEN`'s bounds.
  private mutating func beginConjunction() throws(Rejection) {
    if case .betweenLower = frames.last {
      lexer.advance()
      frames[frames.count - 1] = .betweenUpper
      return
    }
    try begin(.and, above: { $0.isNot || $0.isAnd })
  }

  /// Begins `AND` or `OR`, once the operators that bind tighter are finished.
  private mutating func begin(_ frame: Frame, above bindsTighter: (Frame) -> Bool) throws(Rejection) {
    reduceTight()
    guard allowsOperators, operands[operands.count - 1].shape.mayBeCondition else { throw unexpected() }
    while let last = frames.last, bindsTighter(last) { reduceLogical() }
    lexer.advance()
    frames.append(frame)
  }

  /// Continues `(a.b)` with `.c` or `[0]`. Only a condition's paths may be in parentheses.
  private mutating func extendGroupedPath() throws(Rejection) {
    let last = operands.count - 1
    guard grammar == .condition, operands[last].isGroup,
      case .path(let path) = tree.nodes[operands[last].node].kind
    else { throw unexpected() }
    try parseSteps(of: path)
    operands[last].isGroup = false
  }
}

// MARK: - Finishing parts

extension ExpressionParser {
  private mutating func close() throws(Rejection) {
    try reduceAll()
    switch frames.popLast() {
    case .group:
      let last = operands.count - 1
      if operands[last].isGroup { problems.noteRedundantParentheses() }
      operands[last].isGroup = true
    case .call(let function, let first):
      reduce(.call(function), from: first, shape: .call)
    case .list(let first):
      reduce(.membership, from: first - 1, shape: .condition)
      problems.countOperator()
    default:
      throw unexpected()
    }
    lexer.advance()
  }

  private mutating func finish() throws(Rejection) {
    let isEnd = lexer.current.kind == .end
    guard isEnd || grammar == .update else { throw unexpected() }
    try reduceAll()
    let shape = operands[operands.count - 1].shape
    guard frames.isEmpty, grammar == .update || shape.mayBeCondition else { throw unexpected() }
    if grammar == .condition { checkUsedAsCondition(operands[0]) }
  }

  /// Finishes every operator above the innermost parenthesis.
  private mutating func reduceAll() throws(Rejection) {
    reduceTight()
    if case .betweenLower = frames.last { throw unexpected() }
    while let last = frames.last, last.isLogical {
      guard operands[operands.count - 1].shape.mayBeCondition else { throw unexpected() }
      reduceLogical()
    }
  }

  /// Finishes the comparison, `BETWEEN` or sum that the last operand completes.
  private mutating func reduceTight() {
    switch frames.last {
    case .comparison(let comparator):
      reduce(.comparison(comparator), from: operands.count - 2, shape: .condition)
    case .betweenUpper:
      reduce(.between, from: operands.count - 3, shape: .condition)
    case .arithmetic(let kind):
      reduce(kind, from: operands.count - 2, shape: .arithmetic)
    default:
      return
    }
    frames.removeLast()
    problems.countOperator()
  }

  private mutating func reduceLogical() {
    let frame = frames.removeLast()
    let first = operands.count - (frame.isNot ? 1 : 2)
    for operand in operands[first...] { checkUsedAsCondition(operand) }
    combine(frame.isNot ? .not : frame.isAnd ? .and : .or, from: first, shape: .condition)
    problems.countOperator()
  }

  /// Makes a node of the last operands, which it uses as operands.
  private mutating func reduce(_ kind: SyntaxNode.Kind, from first: Int, shape: Shape) {
    if grammar == .condition {
      for operand in operands[first...] {
        if case .call(let function) = tree.nodes[operand.node].kind, function != .size {
          problems.noteMisuse(of: function.name)
        }
      }
    }
    combine(kind, from: first, shape: shape)
  }

  private mutating func combine(_ kind: SyntaxNode.Kind, from first: Int, shape: Shape) {
    let node = tree.add(kind, over: operands[first...].lazy.map(\.node))
    operands.removeSubrange(first...)
    operands.append(Operand(node: node, shape: shape))
  }

  private mutating func checkUsedAsCondition(_ operand: Operand) {
    if case .call(.size) = tree.nodes[operand.node].kind { problems.noteMisuse(of: Function.size.name) }
  }
}
