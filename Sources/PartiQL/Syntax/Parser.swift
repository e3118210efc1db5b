/// Reads statements: recursive descent over the tokens.
///
/// Its errors are those of the service's parser, named by what it missed or met. It knows nothing of what
/// statements mean; what it takes and the service refuses after reading, as an alias, it notes for the
/// checker.
struct Parser {
  let tokens: [Token]
  private var position = 0
  private(set) var parameterCount = 0
  private var depth = 0

  /// Reads one statement to its end.
  static func parse(_ text: String) throws(StatementError) -> (statement: SyntaxStatement, parameters: Int) {
    guard text.utf8.count <= StatementLimits.statementBytesMax else {
      throw .notWellFormed("Statement is too long")
    }
    var lexer = Lexer(text)
    var parser = Parser(tokens: try lexer.tokens())
    let statement = try parser.parseStatement()
    if parser.current.isSign(";") { parser.advance() }
    guard parser.current.kind == .end else { throw .notWellFormed("Unexpected token after expression") }
    return (statement, parser.parameterCount)
  }

  private init(tokens: [Token]) {
    self.tokens = tokens
  }

  // MARK: - Tokens

  /// Where in the tokens the parser stands.
  var tokenIndex: Int { position }

  var current: Token { tokens[position] }
  var next: Token { tokens[min(position + 1, tokens.count - 1)] }

  @discardableResult
  mutating func advance() -> Token {
    let token = tokens[position]
    if position < tokens.count - 1 { position += 1 }
    return token
  }

  mutating func take(sign: String) -> Bool {
    guard current.isSign(sign) else { return false }
    advance()
    return true
  }

  mutating func take(keyword: String) -> Bool {
    guard current.isKeyword(keyword) else { return false }
    advance()
    return true
  }

  mutating func expect(sign: String, _ name: String) throws(StatementError) {
    guard take(sign: sign) else { throw .notWellFormed("Expected \(name)") }
  }

  /// Whether nothing is left but the semicolon.
  var isAtEnd: Bool { current.kind == .end || current.isSign(";") }

  mutating func nextParameter() -> Int {
    parameterCount += 1
    return parameterCount - 1
  }

  /// Runs a part of the parser one level deeper.
  mutating func descend<Result>(
    _ body: (inout Parser) throws(StatementError) -> Result
  ) throws(StatementError) -> Result {
    depth += 1
    defer { depth -= 1 }
    guard depth <= StatementLimits.nestingLevelsMax else {
      throw .notWellFormed("Expression is nested too deeply")
    }
    return try body(&self)
  }

  // MARK: - Statements

  private mutating func parseStatement() throws(StatementError) -> SyntaxStatement {
    guard current.kind == .keyword else {
      throw .notWellFormed(isAtEnd ? "Unexpected term" : "Expected data manipulation")
    }
    switch current.text {
    case "select": return .select(try parseSelect())
    case "insert": return .insert(try parseInsert())
    case "update":
      advance()
      return .update(try parseUpdate())
    case "from":
      advance()
      return .update(try parseFromFirstUpdate())
    case "delete": return .delete(try parseDelete())
    case "exists" where next.isSign("("):
      advance()
      advance()
      guard current.isKeyword("select") else { throw .notWellFormed("Expected data manipulation") }
      let select = try parseSelect()
      try expect(sign: ")", "RIGHT_PAREN")
      return .exists(select)
    default: throw .notWellFormed("Expected data manipulation")
    }
  }

  private mutating func parseSelect() throws(StatementError) -> SyntaxStatement.Select {
    advance()
    var refused: StatementError?
    if current.isKeyword("distinct") {
      refused = .at(advance().span, "Unsupported clause: DISTINCT")
    } else {
      _ = take(keyword: "all")
    }
    if current.isKeyword("value") || current.isKeyword("pivot") {
      advance()
      refused = StatementError("Select projection doesn't support value or pivot keywords")
    }
    let projection = try parseProjection(&refused)
    guard take(keyword: "from") else { throw .notWellFormed("Expected FROM after SELECT list") }
    guard current.isIdentifier else { throw unexpectedTerm() }
    let source = try parsePath()
    try skipAlias(&refused)
    if current.isSign(",") || ["join", "inner", "left", "right", "full", "cross", "outer"].contains(keyword) {
      throw StatementError("Only select from a single table or index is supported.")
    }
    let condition = try parseOptionalWhere()
    let ordering = try parseOptionalOrderBy()
    if let clause = unsupportedClause {
      refused = refused ?? .at(clause.span, "Unsupported clause: \(clause.name)")
    }
    return SyntaxStatement.Select(
      projection: projection, refused: refused, source: source, condition: condition, ordering: ordering)
  }

  private var keyword: String { current.kind == .keyword ? current.text : "" }

  /// A clause of PartiQL that the service does not run; the rest of the statement is not looked at.
  private var unsupportedClause: (name: String, span: SourceSpan)? {
    mutating get {
      guard ["limit", "group", "having"].contains(keyword) else { return nil }
      let token = current
      position = tokens.count - 1
      return (token.text.uppercased(), token.span)
    }
  }

  private mutating func parseProjection(
    _ refused: inout StatementError?
  ) throws(StatementError) -> SyntaxStatement.Select.Projection {
    if current.isKeyword("from") { throw .notWellFormed("Cannot have empty SELECT list") }
    var items: [SyntaxNode] = []
    var hasStar = false
    repeat {
      if take(sign: "*") {
        hasStar = true
        continue
      }
      items.append(try parseExpression())
      try skipAlias(&refused)
    } while take(sign: ",")
    guard hasStar else { return .items(items) }
    guard items.isEmpty else {
      throw .notWellFormed(
        "Other expressions may not be present in the select list when '*' is used without dot notation.")
    }
    return .all
  }

  /// Reads `AS t`, `t`, `AT t` or `BY t` behind a source or a projected expression.
  private mutating func skipAlias(_ refused: inout StatementError?) throws(StatementError) {
    let alias = StatementError("Aliasing is not supported")
    if current.isIdentifier {
      advance()
      refused = refused ?? alias
    }
    while ["as", "at", "by"].contains(keyword) {
      advance()
      guard current.isIdentifier else { throw .notWellFormed("Expected identifier for alias") }
      advance()
      refused = refused ?? alias
    }
  }

  private mutating func parseOptionalWhere() throws(StatementError) -> SyntaxNode? {
    take(keyword: "where") ? try parseExpression() : nil
  }

  private mutating func parseOptionalOrderBy() throws(StatementError) -> [(
    key: SyntaxNode, isDescending: Bool
  )] {
    guard take(keyword: "order") else { return [] }
    guard take(keyword: "by") else { throw .notWellFormed("Expected BY") }
    var ordering: [(key: SyntaxNode, isDescending: Bool)] = []
    repeat {
      let key = try parseExpression()
      let isDescending = take(keyword: "desc")
      if !isDescending { _ = take(keyword: "asc") }
      ordering.append((key, isDescending))
    } while take(sign: ",")
    return ordering
  }

  // MARK: - Statements that write

  private mutating func parseInsert() throws(StatementError) -> SyntaxStatement.Insert {
    advance()
    guard take(keyword: "into") else { throw .notWellFormed("Unexpected keyword") }
    let source = try parseTarget()
    guard take(keyword: "value") else {
      let value = try parseExpression()
      return SyntaxStatement.Insert(
        source: source,
        refused: StatementError(
          "Unsupported operation: Inserting multiple items in a single statement is not supported, "
            + "use \"INSERT INTO tableName VALUE item\" instead"),
        value: value)
    }
    let value = try parseExpression()
    var refused: StatementError?
    if take(keyword: "at") {
      _ = try parseExpression()
      refused = StatementError("AT is not supported in insert statements.")
    }
    if try parseOptionalReturning() != nil {
      refused = refused ?? StatementError("RETURNING is not supported in INSERT")
    }
    return SyntaxStatement.Insert(source: source, refused: refused, value: value)
  }

  private mutating func parseUpdate() throws(StatementError) -> SyntaxStatement.Update {
    let source = try parseTarget()
    var refused: StatementError?
    try skipAlias(&refused)
    let actions = try parseActions()
    let condition = try parseOptionalWhere()
    let returning = try parseOptionalReturning()
    return SyntaxStatement.Update(
      source: source, refused: refused, actions: actions, condition: condition, returning: returning)
  }

  /// `FROM t WHERE … SET …`: the older order of an update.
  private mutating func parseFromFirstUpdate() throws(StatementError) -> SyntaxStatement.Update {
    guard current.isIdentifier else { throw unexpectedTerm() }
    let source = try parsePath()
    var refused: StatementError?
    try skipAlias(&refused)
    let condition = try parseOptionalWhere()
    let actions = try parseActions()
    let returning = try parseOptionalReturning()
    return SyntaxStatement.Update(
      source: source, refused: refused, actions: actions, condition: condition, returning: returning)
  }

  private mutating func parseDelete() throws(StatementError) -> SyntaxStatement.Delete {
    advance()
    guard take(keyword: "from") else { throw .notWellFormed("Expected FROM after DELETE") }
    let source = try parseTarget()
    var refused: StatementError?
    try skipAlias(&refused)
    let condition = try parseOptionalWhere()
    let returning = try parseOptionalReturning()
    return SyntaxStatement.Delete(
      source: source, refused: refused, condition: condition, returning: returning)
  }

  /// The path of a table that is written to, or of an attribute.
  private mutating func parseTarget() throws(StatementError) -> SyntaxPath {
    guard current.isIdentifier else { throw .notWellFormed("Expected identifier for simple path") }
    return try parsePath()
  }

  private mutating func parseActions() throws(StatementError) -> [SyntaxStatement.Update.Action] {
    var actions: [SyntaxStatement.Update.Action] = []
    while true {
      if take(keyword: "set") {
        repeat {
          let path = try parseTarget()
          guard take(sign: "=") else { throw .notWellFormed("Expected assignment for SET") }
          actions.append(.set(path, try parseExpression()))
        } while take(sign: ",")
      } else if take(keyword: "remove") {
        actions.append(.remove(try parseTarget()))
      } else {
        guard !actions.isEmpty else { throw .notWellFormed("Expected data manipulation") }
        return actions
      }
    }
  }

  /// `RETURNING (ALL | MODIFIED) (OLD | NEW) *`
  private mutating func parseOptionalReturning() throws(StatementError) -> SyntaxStatement.Returning? {
    guard take(keyword: "returning") else { return nil }
    guard ["all", "modified"].contains(keyword) else {
      throw .notWellFormed("Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element.")
    }
    let scope = advance().text
    guard ["old", "new"].contains(keyword) else {
      throw .notWellFormed("Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element.")
    }
    let image = advance().text
    guard take(sign: "*") else {
      throw StatementError("Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause")
    }
    guard !current.isSign(",") else {
      throw StatementError("Invalid syntax with multiple returning elements in RETURNING clause")
    }
    return SyntaxStatement.Returning(scope: scope, image: image)
  }
}
