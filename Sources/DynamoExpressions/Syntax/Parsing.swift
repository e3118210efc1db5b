extension ConditionSyntax {
  /// Parses a condition, a filter or a key condition.
  ///
  /// - Throws: `Rejection` with what is wrong, the grammar before anything else.
  package init(parsing text: String) throws(Rejection) {
    try checkSize(text)
    var parser = ExpressionParser(text, grammar: .condition)
    let root = try parser.parse()
    if let problem = parser.problems.first(in: .condition) { throw Rejection(reason: problem) }
    self.init(tree: parser.tree.finished(), root: root)
  }
}

extension ProjectionSyntax {
  /// Parses `path, path, …`.
  package init(parsing text: String) throws(Rejection) {
    try checkSize(text)
    var parser = ExpressionParser(text, grammar: .projection)
    _ = try parser.parsePath()
    while parser.lexer.current.kind == .comma {
      parser.lexer.advance()
      _ = try parser.parsePath()
    }
    guard parser.lexer.current.kind == .end else { throw parser.unexpected() }
    if let problem = parser.problems.first(in: .projection) { throw Rejection(reason: problem) }
    self.init(tree: parser.tree.finished())
  }
}

extension UpdateSyntax {
  /// Parses the sections of an update, each a verb and its actions.
  package init(parsing text: String) throws(Rejection) {
    try checkSize(text)
    var parser = ExpressionParser(text, grammar: .update)
    var actions: [Action] = []
    var seen: Set<UpdateVerb> = []
    repeat {
      let verb = try parser.parseVerb()
      if !seen.insert(verb).inserted { parser.problems.noteRepeatedSection(verb.name) }
      try parser.parseActions(of: verb, into: &actions)
    } while parser.lexer.current.kind != .end
    if let problem = parser.problems.first(in: .update) { throw Rejection(reason: problem) }
    self.init(tree: parser.tree.finished(), actions: actions)
  }
}

extension ExpressionParser {
  fileprivate mutating func parseVerb() throws(Rejection) -> UpdateVerb {
    let verb: UpdateVerb
    switch lexer.current.kind {
    case .set: verb = .set
    case .remove: verb = .remove
    case .add: verb = .add
    case .delete: verb = .delete
    default: throw unexpected()
    }
    lexer.advance()
    return verb
  }

  fileprivate mutating func parseActions(
    of verb: UpdateVerb, into actions: inout [UpdateSyntax.Action]
  ) throws(Rejection) {
    while true {
      let path = try parsePath()
      var value: Int?
      switch verb {
      case .set:
        guard lexer.current.kind == .equal else { throw unexpected() }
        lexer.advance()
        value = try parse()
      case .add, .delete:
        guard lexer.current.kind == .valuePlaceholder else { throw unexpected() }
        value = parseValue()
      case .remove:
        break
      }
      actions.append(UpdateSyntax.Action(verb: verb, path: path, value: value))
      switch lexer.current.kind {
      case .comma: lexer.advance()
      case .end, .set, .remove, .add, .delete: return
      default: throw unexpected()
      }
    }
  }
}

private func checkSize(_ text: String) throws(Rejection) {
  let bytes = text.utf8.count
  guard bytes > 0 else { throw Rejection(reason: Reason.empty) }
  guard bytes <= ExpressionLimits.expressionBytesMax else {
    throw Rejection(reason: Reason.expressionTooLong(bytes))
  }
}
