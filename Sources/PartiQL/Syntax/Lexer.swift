/// Cuts a statement into tokens.
///
/// What it can't read, as a string without an end or a sign of no meaning, is refused with nothing behind the
/// colon, as the service does.
struct Lexer {
  private let scalars: [Unicode.Scalar]
  private var offset = 0
  private var line = 1
  private var lineStart = 0

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  /// All tokens, and one at the end.
  mutating func tokens() throws(StatementError) -> [Token] {
    var tokens: [Token] = []
    while true {
      try skipBlank()
      let token = try nextToken()
      tokens.append(token)
      if token.kind == .end { return tokens }
    }
  }

  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    offset + ahead < scalars.count ? scalars[offset + ahead] : nil
  }

  private mutating func advance() {
    if scalars[offset] == "\n" {
      line += 1
      lineStart = offset + 1
    }
    offset += 1
  }

  private mutating func skipBlank() throws(StatementError) {
    while let scalar = peek() {
      if scalar == "-", peek(1) == "-" {
        while let next = peek(), next != "\n", next != "\r" { advance() }
      } else if scalar == "/", peek(1) == "*" {
        try skipBlockComment()
      } else if scalar.properties.isWhitespace {
        advance()
      } else {
        return
      }
    }
  }

  private mutating func skipBlockComment() throws(StatementError) {
    advance()
    advance()
    while peek() != "*" || peek(1) != "/" {
      guard peek() != nil else { throw .notWellFormed() }
      advance()
    }
    advance()
    advance()
  }

  private mutating func nextToken() throws(StatementError) -> Token {
    let start = (offset: offset, line: line, column: offset - lineStart + 1)
    let (kind, text) = try scan()
    return Token(
      kind: kind, text: text,
      span: SourceSpan(line: start.line, column: start.column, length: offset - start.offset))
  }

  private mutating func scan() throws(StatementError) -> (Token.Kind, String) {
    guard let scalar = peek() else { return (.end, "") }
    switch scalar {
    case "'": return (.string, try scanQuoted("'"))
    case "\"": return (.quotedIdentifier, try scanQuoted("\""))
    case "?":
      advance()
      return (.parameter, "?")
    case "0"..."9": return (.number, try scanNumber())
    case "." where peek(1).map { ("0"..."9").contains($0) } == true: return (.number, try scanNumber())
    case _ where Lexer.beginsName(scalar): return scanWord()
    default: return (.sign, try scanSign())
    }
  }

  /// Text in quotes; a quote is written twice in it.
  private mutating func scanQuoted(_ quote: Unicode.Scalar) throws(StatementError) -> String {
    var text = String.UnicodeScalarView()
    advance()
    while true {
      guard let scalar = peek() else { throw .notWellFormed() }
      advance()
      if scalar == quote {
        guard peek() == quote else { return String(text) }
        advance()
      }
      text.append(scalar)
    }
  }

  /// Digits, a point, digits, an exponent. An exponent must fit 32 bits, and so must the scale it leaves: the
  /// digits behind the point less the exponent.
  private mutating func scanNumber() throws(StatementError) -> String {
    let start = offset
    scanDigits()
    var fractionDigits = 0
    if peek() == "." {
      advance()
      let fraction = offset
      scanDigits()
      fractionDigits = offset - fraction
    }
    if let scalar = peek(), scalar == "e" || scalar == "E" {
      advance()
      let exponentStart = offset
      if peek() == "+" || peek() == "-" { advance() }
      scanDigits()
      guard let exponent = Int32(text(exponentStart..<offset)),
        Int32(exactly: fractionDigits - Int(exponent)) != nil
      else { throw .notWellFormed() }
    }
    if let scalar = peek(), Lexer.beginsName(scalar) { throw .notWellFormed() }
    return text(start..<offset)
  }

  private mutating func scanDigits() {
    while let scalar = peek(), ("0"..."9").contains(scalar) { advance() }
  }

  private mutating func scanWord() -> (Token.Kind, String) {
    let start = offset
    while let scalar = peek(), Lexer.beginsName(scalar) || ("0"..."9").contains(scalar) { advance() }
    let word = text(start..<offset)
    let lowercased = word.lowercased()
    return Keywords.contains(lowercased) ? (.keyword, lowercased) : (.identifier, word)
  }

  private mutating func scanSign() throws(StatementError) -> String {
    if offset + 1 < scalars.count {
      let pair = text(offset..<offset + 2)
      if ["<<", ">>", "<=", ">=", "<>", "!=", "||"].contains(pair) {
        offset += 2
        return pair
      }
    }
    let sign = text(offset..<offset + 1)
    guard "()[]{},.:;=<>+-*/%".unicodeScalars.contains(scalars[offset]) else { throw .notWellFormed() }
    advance()
    return sign
  }

  private func text(_ range: Range<Int>) -> String {
    String(String.UnicodeScalarView(scalars[range]))
  }

  private static func beginsName(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar == "$" || scalar.properties.isAlphabetic
  }
}
