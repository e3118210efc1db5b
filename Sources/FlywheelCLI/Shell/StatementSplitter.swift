/// Cuts what is typed or piped in into statements, which end with a semicolon.
///
/// A semicolon in quotes or in a comment ends nothing. Text comes in pieces of any size; what is left over begins the
/// next statement. Every scalar is looked at once, with what the statement's own lexer makes of it: whether a statement
/// has begun is known from the steps, not from looking at the text again.
///
/// What is kept is bounded: comments and blank lines before a statement are not kept, and of a statement no more than the
/// service takes. One that is longer most likely lacks a quote or a semicolon, so what comes behind it is not looked at.
package struct StatementSplitter {
  /// The longest statement that the service takes.
  package static let statementBytesMax = 8_192

  private enum Place {
    case plain, text, name, lineComment, blockComment
  }

  private var place = Place.plain
  private var current = ""
  /// What came before in the same place; a blank at its beginning.
  private var previous: Unicode.Scalar = " "
  /// Whether there is something in `current` that is neither blank nor of a comment.
  private var hasContent = false

  /// The failure of a statement that is longer than `statementBytesMax`; once there is one, no text is taken in.
  package private(set) var failure: ShellFailure?

  package init() {}

  /// Whether a statement has begun that is not at its end; or a comment, which may hide one.
  package var isInside: Bool { hasContent || isUndecided || place == .blockComment }

  /// Whether the last scalar is half of what begins a comment, or an operator.
  private var isUndecided: Bool { place == .plain && (previous == "-" || previous == "/") }

  /// Takes text in.
  ///
  /// - Returns: the statements that it ends, without their semicolons; blank ones are left out.
  package mutating func add(_ text: String) -> [String] {
    var ended: [String] = []
    for scalar in text.unicodeScalars where failure == nil {
      if place == .plain, scalar == ";" {
        if let statement = finish() { ended.append(statement) }
        continue
      }
      let wasPlain = place == .plain
      step(scalar)
      if hasContent || wasPlain { current.unicodeScalars.append(scalar) }
      // Nothing but comments and blanks so far.
      if !isInside, !wasPlain || scalar == "\n" { current = "" }
      if current.utf8.count > Self.statementBytesMax { failure = Self.tooLong(current) }
    }
    return ended
  }

  /// What is left at the end of the input, nil if that is nothing: a last statement needs no semicolon.
  package mutating func finish() -> String? {
    defer { self = StatementSplitter() }
    return isInside ? current : nil
  }

  private mutating func step(_ scalar: Unicode.Scalar) {
    switch place {
    case .plain:
      switch scalar {
      case "'": enter(.text)
      case "\"": enter(.name)
      case "-" where previous == "-": enter(.lineComment)
      case "*" where previous == "/": enter(.blockComment)
      default:
        hasContent =
          hasContent || isUndecided || !(scalar.properties.isWhitespace || scalar == "-" || scalar == "/")
        previous = scalar
      }
    case .text: if scalar == "'" { enter(.plain) }
    case .name: if scalar == "\"" { enter(.plain) }
    case .lineComment: if scalar == "\n" || scalar == "\r" { enter(.plain) }
    case .blockComment: if scalar == "/", previous == "*" { enter(.plain) } else { previous = scalar }
    }
  }

  private static func tooLong(_ statement: String) -> ShellFailure {
    let beginning = DisplayText.cut(DisplayText.printable(statement), to: 40)
    return ShellFailure(
      "a statement may have at most \(statementBytesMax) bytes; this one has more: \(beginning)",
      kind: .script)
  }

  private mutating func enter(_ place: Place) {
    self.place = place
    previous = " "
    if place == .text || place == .name { hasContent = true }
  }
}
