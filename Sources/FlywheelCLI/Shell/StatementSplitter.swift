/// Cuts what is typed or piped in into statements, which end with a semicolon.
///
/// A semicolon in quotes or in a comment ends nothing. Text comes in pieces, a line at a time as a rule; what
/// is left over begins the next statement.
package struct StatementSplitter {
  private enum Place {
    case plain, text, name, lineComment, blockComment
  }

  private var place = Place.plain
  private var current = ""
  private var previous: Character = " "

  package init() {}

  /// Whether a statement has begun that is not at its end.
  package var isInside: Bool { place == .text || place == .name || !Self.isBlank(current) }

  /// Takes text in.
  ///
  /// - Returns: the statements that it ends, without their semicolons; blank ones are left out.
  package mutating func add(_ text: String) -> [String] {
    var ended: [String] = []
    for character in text {
      if place == .plain, character == ";" {
        if !Self.isBlank(current) { ended.append(current) }
        current = ""
        previous = " "
        continue
      }
      step(character)
      current.append(character)
      previous = character
    }
    return ended
  }

  /// What is left at the end of the input, nil if that is nothing: a last statement needs no semicolon.
  package mutating func finish() -> String? {
    defer { self = StatementSplitter() }
    return Self.isBlank(current) ? nil : current
  }

  private mutating func step(_ character: Character) {
    switch place {
    case .plain:
      switch character {
      case "'": place = .text
      case "\"": place = .name
      case "-" where previous == "-": place = .lineComment
      case "*" where previous == "/": place = .blockComment
      default: break
      }
    case .text where character == "'": place = .plain
    case .name where character == "\"": place = .plain
    case .lineComment where character.isNewline: place = .plain
    case .blockComment where character == "/" && previous == "*": place = .plain
    default: break
    }
  }

  /// Whether there is nothing in a text but blanks and comments of one line.
  private static func isBlank(_ text: String) -> Bool {
    text.split(whereSeparator: \.isNewline).allSatisfy { line in
      let line = line.drop(while: \.isWhitespace)
      return line.isEmpty || line.hasPrefix("--")
    }
  }
}
