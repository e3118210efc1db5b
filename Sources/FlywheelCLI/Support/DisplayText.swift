package import Flywheel

/// Values as a terminal shows them: in the language's own literals, in one line, and harmless.
package enum DisplayText {
  /// A value in a cell of its own: a text without its quotes.
  package static func cell(_ value: AttributeValue) -> String {
    if case .string(let text) = value { return printable(text) }
    return literal(value)
  }

  /// A value inside another one.
  private static func literal(_ value: AttributeValue) -> String {
    switch value {
    case .string(let text): "'\(printable(text.replacing("'", with: "''")))'"
    case .number(let number): number.description
    case .binary(let bytes): hex(bytes)
    case .bool(let flag): "\(flag)"
    case .null: "null"
    case .list(let values): "[\(values.map(literal).joined(separator: ", "))]"
    case .map(let entries):
      "{\(entries.sorted { $0.key < $1.key }.map { "'\(printable($0.key))': \(literal($0.value))" }.joined(separator: ", "))}"
    case .stringSet(let texts): "<<\(texts.map { literal(.string($0)) }.joined(separator: ", "))>>"
    case .numberSet(let numbers): "<<\(numbers.map(\.description).joined(separator: ", "))>>"
    case .binarySet(let values): "<<\(values.map(hex).joined(separator: ", "))>>"
    }
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    "x'" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "'"
  }

  /// Text whose control characters are escaped: data must not steer the terminal.
  package static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var printable = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": printable += "\\n"
      case "\r": printable += "\\r"
      case "\t": printable += "\\t"
      case _ where isControl(scalar): printable += "\\u{\(String(scalar.value, radix: 16))}"
      default: printable.unicodeScalars.append(scalar)
      }
    }
    return printable
  }

  /// JSON without the characters that steer a terminal: the same values, with escapes where it has them.
  ///
  /// Line feeds stay: JSON has them between values, and none in its strings.
  package static func printableJSON(_ json: String) -> String {
    guard json.unicodeScalars.contains(where: { isControl($0) && $0 != "\n" }) else { return json }
    var printable = ""
    for scalar in json.unicodeScalars {
      guard isControl(scalar), scalar != "\n" else {
        printable.unicodeScalars.append(scalar)
        continue
      }
      // All of them are in the basic plane.
      let hex = String(scalar.value, radix: 16)
      printable += "\\u" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
    }
    return printable
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    // Marks that turn the direction of what follows.
    case .format:
      scalar.value == 0x061C || (0x200E...0x200F).contains(scalar.value)
        || (0x202A...0x202E).contains(scalar.value)
        || (0x2066...0x2069).contains(scalar.value)
    default: false
    }
  }

  // MARK: - Width

  /// How many columns a text takes on a terminal.
  package static func width(_ text: String) -> Int {
    text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
      ? text.utf8.count : text.reduce(0) { $0 + width($1) }
  }

  /// Of a character: none, one or two columns.
  private static func width(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if character.unicodeScalars.count > 1, character.unicodeScalars.contains("\u{FE0F}") { return 2 }
    return isWide(first.value) ? 2 : 1
  }

  /// East Asian wide characters and emoji. Source: Unicode Standard Annex 11.
  private static func isWide(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
      0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }

  /// A text in exactly so many columns: blanks behind it, or an ellipsis where it is cut.
  package static func fitted(_ text: String, to columns: Int) -> String {
    let width = width(text)
    if width <= columns { return text + String(repeating: " ", count: columns - width) }
    var fitted = ""
    var used = 0
    for character in text {
      let next = Self.width(character)
      guard used + next <= columns - 1 else { break }
      fitted.append(character)
      used += next
    }
    return fitted + "…" + String(repeating: " ", count: max(0, columns - used - 1))
  }

  /// A text in at most so many columns.
  package static func cut(_ text: String, to columns: Int) -> String {
    width(text) <= columns ? text : fitted(text, to: columns)
  }

  /// A text at the right end of so many columns; in more of them if it is wider.
  package static func flushRight(_ text: String, to columns: Int) -> String {
    String(repeating: " ", count: max(0, columns - width(text))) + text
  }
}
