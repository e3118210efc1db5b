/// Document paths: `a.b[0].#c`.
extension ExpressionParser {
  /// Parses a path and returns its place in the tree.
  mutating func parsePath() throws(Rejection) -> Int {
    tree.paths.append(Run(start: Int32(tree.steps.count), count: 0))
    let path = tree.paths.count - 1
    try parseNameStep(of: path)
    try parseSteps(of: path)
    return path
  }

  /// Parses what may follow a path's element. The path must be the last that was begun.
  mutating func parseSteps(of path: Int) throws(Rejection) {
    while true {
      switch lexer.current.kind {
      case .dot:
        lexer.advance()
        try parseNameStep(of: path)
      case .openBracket:
        lexer.advance()
        try parseIndexStep(of: path)
      default:
        return
      }
    }
  }

  private mutating func parseNameStep(of path: Int) throws(Rejection) {
    let token = lexer.current
    switch token.kind {
    case .name:
      let name = lexer.string(token)
      if ReservedWords.contains(name) { problems.noteReservedWord(name) }
      append(
        PathStep(kind: .name, offset: Int32(token.start), length: Int32(token.end - token.start)), to: path)
    case .namePlaceholder:
      append(PathStep(kind: .placeholder, offset: Int32(tree.slot(forName: lexer.string(token)))), to: path)
    default:
      throw unexpected()
    }
    lexer.advance()
  }

  private mutating func parseIndexStep(of path: Int) throws(Rejection) {
    guard lexer.current.kind == .integer else { throw unexpected() }
    let digits = lexer.string(lexer.advance())
    if digits.utf8.count > 10 || Int(digits)! > ExpressionLimits.listIndexMax {
      problems.noteListIndex(digits)
      append(PathStep(kind: .index, offset: 0), to: path)
    } else {
      append(PathStep(kind: .index, offset: Int32(Int(digits)!)), to: path)
    }
    guard lexer.current.kind == .closeBracket else { throw unexpected() }
    lexer.advance()
  }

  private mutating func append(_ step: PathStep, to path: Int) {
    tree.steps.append(step)
    tree.paths[path].count += 1
  }
}
