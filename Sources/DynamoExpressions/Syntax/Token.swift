/// One token of an expression: its kind and which bytes of the text it is.
package struct Token: Sendable {
  package enum Kind: UInt8, Sendable {
    case end
    /// `[A-Za-z][A-Za-z0-9_]*`
    case name
    /// `#` and a name's characters
    case namePlaceholder
    /// `:` and a name's characters
    case valuePlaceholder
    case integer

    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    case plus, minus
    case openParenthesis, closeParenthesis, openBracket, closeBracket
    case dot, comma

    /// Keywords of the condition grammar.
    case and, or, not, between, `in`
    /// Keywords of the update grammar.
    case set, remove, add, delete

    /// A character that starts no token, such as `!`, or a `#` or `:` with nothing after it.
    case unknown
  }

  package var kind: Kind
  package var start: Int
  package var end: Int
}

/// Which words are keywords. In a condition `SET` is an attribute name, and in an update `AND` is.
package enum Grammar: Sendable {
  case condition, update, projection
}
