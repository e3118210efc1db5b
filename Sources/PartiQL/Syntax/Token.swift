/// A word, a literal or a sign of a statement.
struct Token {
  enum Kind: Equatable {
    /// A name as it stands, and one in double quotes, which may be a keyword.
    case identifier, quotedIdentifier
    /// A word that is no name unless quoted; its text is in lower case.
    case keyword
    /// A string without its quotes.
    case string
    /// A number as it is written.
    case number
    /// `?`
    case parameter
    /// An operator or punctuation.
    case sign
    case end
  }

  var kind: Kind
  var text: String
  var span: SourceSpan

  func isSign(_ sign: String) -> Bool { kind == .sign && text == sign }
  func isKeyword(_ keyword: String) -> Bool { kind == .keyword && text == keyword }

  var isIdentifier: Bool { kind == .identifier || kind == .quotedIdentifier }

  /// Whether this may not begin a term because it joins two.
  var isOperator: Bool {
    switch kind {
    case .sign: ["=", "<>", "!=", "<", "<=", ">", ">=", "+", "-", "/", "%", "||"].contains(text)
    case .keyword:
      ["and", "or", "in", "is", "like", "between", "union", "intersect", "except"].contains(text)
    default: false
    }
  }
}
