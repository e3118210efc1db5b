/// Cuts an expression's bytes into tokens, and words the syntax errors.
///
/// It holds the token before the current one because the service's syntax error quotes the text from the
/// previous token's start to the next one's end: `token: "1", near: ", 1)"`.
package struct Lexer: ~Copyable {
  let text: [UInt8]
  let grammar: Grammar
  private(set) var previous: Token
  private(set) var current: Token

  init(_ text: [UInt8], grammar: Grammar) {
    self.text = text
    self.grammar = grammar
    previous = Token(kind: .end, start: 0, end: 0)
    current = Token(kind: .end, start: 0, end: 0)
    current = token(from: 0)
    previous = Token(kind: .end, start: current.start, end: current.start)
  }

  /// Moves to the next token, and returns the one left behind.
  @discardableResult
  mutating func advance() -> Token {
    previous = current
    current = token(from: current.end)
    return previous
  }

  /// The token after the current one, without moving.
  var next: Token {
    token(from: current.end)
  }

  /// The text of a token, as it was written.
  func string(_ token: Token) -> String {
    String(decoding: text[token.start..<token.end], as: UTF8.self)
  }

  /// The syntax error for meeting the current token where it can't be.
  func syntaxError() -> String {
    let following = next
    let end =
      current.kind == .end ? previous.end : following.kind == .end ? current.end : following.end
    return Reason.syntax(
      token: current.kind == .end ? "<EOF>" : string(current),
      near: String(decoding: text[previous.start..<end], as: UTF8.self))
  }

  private func token(from offset: Int) -> Token {
    var start = offset
    while start < text.count, isWhitespace(text[start]) { start += 1 }
    guard start < text.count else { return Token(kind: .end, start: text.count, end: text.count) }

    switch text[start] {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
      let end = endOfName(from: start + 1)
      return Token(kind: keyword(start, end), start: start, end: end)
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      var end = start + 1
      while end < text.count, isDigit(text[end]) { end += 1 }
      return Token(kind: .integer, start: start, end: end)
    case UInt8(ascii: "#"):
      return placeholder(.namePlaceholder, start)
    case UInt8(ascii: ":"):
      return placeholder(.valuePlaceholder, start)
    default:
      return symbol(start)
    }
  }

  private func placeholder(_ kind: Token.Kind, _ start: Int) -> Token {
    let end = endOfName(from: start + 1)
    return Token(kind: end == start + 1 ? .unknown : kind, start: start, end: end)
  }

  private func symbol(_ start: Int) -> Token {
    let second = start + 1 < text.count ? text[start + 1] : 0
    let kind: Token.Kind
    var length = 1
    switch (text[start], second) {
    case (UInt8(ascii: "<"), UInt8(ascii: ">")): (kind, length) = (.notEqual, 2)
    case (UInt8(ascii: "<"), UInt8(ascii: "=")): (kind, length) = (.lessOrEqual, 2)
    case (UInt8(ascii: ">"), UInt8(ascii: "=")): (kind, length) = (.greaterOrEqual, 2)
    case (UInt8(ascii: "<"), _): kind = .less
    case (UInt8(ascii: ">"), _): kind = .greater
    case (UInt8(ascii: "="), _): kind = .equal
    case (UInt8(ascii: "+"), _): kind = .plus
    case (UInt8(ascii: "-"), _): kind = .minus
    case (UInt8(ascii: "("), _): kind = .openParenthesis
    case (UInt8(ascii: ")"), _): kind = .closeParenthesis
    case (UInt8(ascii: "["), _): kind = .openBracket
    case (UInt8(ascii: "]"), _): kind = .closeBracket
    case (UInt8(ascii: "."), _): kind = .dot
    case (UInt8(ascii: ","), _): kind = .comma
    default: (kind, length) = (.unknown, lengthOfCharacter(at: start))
    }
    return Token(kind: kind, start: start, end: start + length)
  }

  private func endOfName(from offset: Int) -> Int {
    var end = offset
    while end < text.count, isNameByte(text[end]) { end += 1 }
    return end
  }

  private func keyword(_ start: Int, _ end: Int) -> Token.Kind {
    func spells(_ word: StaticString) -> Bool {
      guard end - start == word.utf8CodeUnitCount else { return false }
      return word.withUTF8Buffer { letters in
        for offset in 0..<letters.count where text[start + offset] & 0xDF != letters[offset] { return false }
        return true
      }
    }
    switch grammar {
    case .condition:
      if spells("AND") { return .and }
      if spells("OR") { return .or }
      if spells("NOT") { return .not }
      if spells("IN") { return .in }
      if spells("BETWEEN") { return .between }
    case .update:
      if spells("SET") { return .set }
      if spells("ADD") { return .add }
      if spells("REMOVE") { return .remove }
      if spells("DELETE") { return .delete }
    case .projection:
      break
    }
    return .name
  }

  /// Bytes of the UTF-8 character at `start`, so that a syntax error quotes a whole one.
  private func lengthOfCharacter(at start: Int) -> Int {
    var end = start + 1
    while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
    return end - start
  }
}

private func isWhitespace(_ byte: UInt8) -> Bool {
  byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
}

private func isDigit(_ byte: UInt8) -> Bool {
  byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
}

/// What a name has after its first character, and a placeholder after its sign.
package func isNameByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"): true
  default: isDigit(byte)
  }
}
