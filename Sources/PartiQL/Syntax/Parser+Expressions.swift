/// Reads expressions: precedence climbing, each operator's right side read at the level above its own.
extension Parser {
  /// From the loosest on. `NOT` stands between `AND` and the comparisons.
  private enum Level: Int {
    case or, and, not, comparison, sum, product, term
  }

  mutating func parseExpression() throws(StatementError) -> SyntaxNode {
    try parseExpression(.or)
  }

  private mutating func parseExpression(_ level: Level) throws(StatementError) -> SyntaxNode {
    try descend { parser throws(StatementError) in try parser.parseOperators(level) }
  }

  private mutating func parseOperators(_ level: Level) throws(StatementError) -> SyntaxNode {
    var left = try parsePrefix()
    // Each turn puts what was read one level deeper; a chain of AND or of OR is one turn.
    var turns = 0
    while let found = infixLevel, found.rawValue >= level.rawValue {
      turns += 1
      guard turns <= StatementLimits.nestingLevelsMax else {
        throw .notWellFormed("Expression is nested too deeply")
      }
      left = try parseInfix(left, found)
    }
    return left
  }

  /// The level of the operator that stands here; nil if none does.
  private var infixLevel: Level? {
    switch current.kind {
    case .sign:
      switch current.text {
      case "=", "<>", "!=", "<", "<=", ">", ">=": .comparison
      case "+", "-", "||": .sum
      case "*", "/", "%": .product
      default: nil
      }
    case .keyword:
      switch current.text {
      case "or": .or
      case "and": .and
      case "in", "is", "like", "between": .comparison
      case "not" where ["in", "like", "between"].contains(next.text) && next.kind == .keyword: .comparison
      default: nil
      }
    default: nil
    }
  }

  private mutating func parseInfix(_ left: SyntaxNode, _ level: Level) throws(StatementError) -> SyntaxNode {
    let token = advance()
    if token.isKeyword("not") {
      return .not(try parseInfix(left, level), token.span)
    }
    switch token.text {
    case "or", "and":
      var operands = [left, try parseRight(Level(rawValue: level.rawValue + 1)!)]
      while take(keyword: token.text) {
        operands.append(try parseRight(Level(rawValue: level.rawValue + 1)!))
      }
      return token.text == "or" ? .or(operands, token.span) : .and(operands, token.span)
    case "is":
      let isNegated = take(keyword: "not")
      let node = SyntaxNode.isType(left, try parseTypeName(), token.span)
      return isNegated ? .not(node, token.span) : node
    case "between":
      let lower = try parseRight(.sum)
      guard take(keyword: "and") else { throw .notWellFormed("Expected AND after BETWEEN") }
      return .between(left, lower, try parseRight(.sum), token.span)
    case "in":
      return .membership(left, try parseMembers(), token.span)
    default:
      let sign = token.text == "!=" ? "<>" : token.text.uppercased()
      return .binary(sign, left, try parseRight(Level(rawValue: level.rawValue + 1)!), token.span)
    }
  }

  /// Behind `IN`, parentheses make a list even around one member.
  private mutating func parseMembers() throws(StatementError) -> SyntaxNode {
    guard current.isSign("(") else { return try parseRight(.sum) }
    let span = advance().span
    return .list(try parseList(until: ")", "RIGHT_PAREN", mayBeEmpty: false), span)
  }

  private mutating func parseRight(_ level: Level) throws(StatementError) -> SyntaxNode {
    guard !isAtEnd else { throw .notWellFormed("Missing right-hand side expression of infix operator") }
    return try parseExpression(level)
  }

  private mutating func parseTypeName() throws(StatementError) -> String {
    var name = current.text.lowercased()
    guard current.kind == .keyword || current.kind == .identifier else {
      throw .notWellFormed("Expected type name")
    }
    let pair = name + " " + next.text.lowercased()
    if Keywords.typeNames.contains(pair) {
      name = pair
      advance()
    }
    guard Keywords.typeNames.contains(name) else { throw .notWellFormed("Expected type name") }
    advance()
    return name
  }

  // MARK: - Terms

  private mutating func parsePrefix() throws(StatementError) -> SyntaxNode {
    if current.isKeyword("not") {
      let token = advance()
      return .not(try parseExpression(.comparison), token.span)
    }
    if current.isSign("-") || current.isSign("+") {
      let token = advance()
      let operand = try parseExpression(.term)
      guard case .number(let text, _) = operand else { return .signed(token.text, operand, token.span) }
      return .number(token.text == "-" ? negated(text) : text, token.span)
    }
    return try parseTerm()
  }

  private func negated(_ number: String) -> String {
    number.hasPrefix("-") ? String(number.dropFirst()) : "-" + number
  }

  private mutating func parseTerm() throws(StatementError) -> SyntaxNode {
    let token = current
    switch token.kind {
    case .string:
      advance()
      return .string(token.text, token.span)
    case .number:
      advance()
      return .number(token.text, token.span)
    case .parameter:
      advance()
      return .parameter(nextParameter(), token.span)
    case .identifier, .quotedIdentifier:
      return next.isSign("(") ? try parseCall() : .path(try parsePath())
    case .keyword:
      return try parseKeywordTerm()
    case .sign:
      return try parseConstructor()
    case .end:
      throw unexpectedTerm()
    }
  }

  private mutating func parseKeywordTerm() throws(StatementError) -> SyntaxNode {
    let token = current
    switch token.text {
    case "true", "false":
      advance()
      return .bool(token.text == "true", token.span)
    case "null":
      advance()
      return .null(token.span)
    case "missing":
      advance()
      return .missing(token.span)
    default:
      guard next.isSign("("), Keywords.functions.contains(token.text) else { throw unexpectedTerm() }
      return try parseCall()
    }
  }

  /// What stands where a term should.
  func unexpectedTerm() -> StatementError {
    if current.isOperator { return .notWellFormed("Unexpected operator") }
    return .notWellFormed(current.kind == .keyword ? "Unexpected keyword" : "Unexpected term")
  }

  private mutating func parseCall() throws(StatementError) -> SyntaxNode {
    let token = advance()
    advance()
    let arguments = try parseList(until: ")", "RIGHT_PAREN")
    return .call(token.text.lowercased(), arguments, token.span)
  }

  /// A list, a bag, a map or something in parentheses.
  private mutating func parseConstructor() throws(StatementError) -> SyntaxNode {
    let token = current
    switch token.text {
    case "(":
      advance()
      let items = try parseList(until: ")", "RIGHT_PAREN", mayBeEmpty: false)
      return items.count == 1 ? items[0] : .list(items, token.span)
    case "[":
      advance()
      return .list(try parseList(until: "]", "RIGHT_BRACKET"), token.span)
    case "<<":
      advance()
      return .bag(try parseList(until: ">>", "RIGHT_DOUBLE_ANGLE_BRACKET"), token.span)
    case "<>":
      // What the lexer took for "differs" is a bag without elements where a term should stand.
      throw unexpectedTerm()
    case "{":
      advance()
      return .map(try parseEntries(), token.span)
    default:
      throw unexpectedTerm()
    }
  }

  private mutating func parseList(
    until sign: String, _ name: String, mayBeEmpty: Bool = true
  ) throws(StatementError) -> [SyntaxNode] {
    if mayBeEmpty, take(sign: sign) { return [] }
    var items: [SyntaxNode] = []
    repeat { items.append(try parseExpression()) } while take(sign: ",")
    try expect(sign: sign, name)
    return items
  }

  private mutating func parseEntries() throws(StatementError) -> [(key: SyntaxNode, value: SyntaxNode)] {
    if take(sign: "}") { return [] }
    var entries: [(key: SyntaxNode, value: SyntaxNode)] = []
    repeat {
      let key = try parseExpression()
      try expect(sign: ":", "COLON")
      entries.append((key, try parseExpression()))
    } while take(sign: ",")
    try expect(sign: "}", "RIGHT_CURLY")
    return entries
  }

  // MARK: - Paths

  /// A name, then `.name` and `[…]` as often as they follow.
  mutating func parsePath() throws(StatementError) -> SyntaxPath {
    let first = advance()
    var path = SyntaxPath(steps: [.name(first.text, first.span)], span: first.span)
    while true {
      if take(sign: ".") {
        path.steps.append(try parseDotStep())
      } else if take(sign: "[") {
        path.steps.append(try parseBracketStep())
      } else {
        return path
      }
    }
  }

  private mutating func parseDotStep() throws(StatementError) -> SyntaxPath.Step {
    let token = current
    guard token.isIdentifier || token.isSign("*") else { throw .notWellFormed("Invalid path dot component") }
    advance()
    return token.isIdentifier ? .name(token.text, token.span) : .wildcard(isIndex: false, token.span)
  }

  private mutating func parseBracketStep() throws(StatementError) -> SyntaxPath.Step {
    let start = current
    if start.isSign("*"), next.isSign("]") {
      advance()
      advance()
      return .wildcard(isIndex: true, start.span)
    }
    let isSigned = start.isSign("-") || start.isSign("+")
    let inner = try parseExpression()
    // A negative index is reported where its digits stand.
    let span = isSigned ? tokens[tokenIndex - 1].span : start.span
    try expect(sign: "]", "RIGHT_BRACKET")
    switch inner {
    case .number(let text, _): return .index(text, span)
    case .string(let text, _): return .name(text, span)
    default: return .other(inner.span)
    }
  }
}
