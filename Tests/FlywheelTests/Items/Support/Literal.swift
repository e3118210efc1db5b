import DynamoModel

/// A value as transcripts write it.
///
///     "text"   "x"*2048   -12.5   x"00ff"   true   null   [1, "a"]   {name: 1, #n: "b"}
///     <"a", "b">   ALL_OLD
///
/// The angle brackets are a set; a word that is none of true, false and null stands for itself.
indirect enum Literal {
  case string(String)
  case number(String)
  case binary([UInt8])
  case bool(Bool)
  case null
  case word(String)
  case list([Literal])
  case map([(name: String, value: Literal)])
  case set([Literal])

  var text: String {
    switch self {
    case .string(let text), .word(let text), .number(let text): text
    default: preconditionFailure("not a text: \(self)")
    }
  }

  var entries: [(name: String, value: Literal)] {
    guard case .map(let entries) = self else { preconditionFailure("not a map: \(self)") }
    return entries
  }

  var elements: [Literal] {
    guard case .list(let elements) = self else { preconditionFailure("not a list: \(self)") }
    return elements
  }

  var flag: Bool {
    guard case .bool(let flag) = self else { preconditionFailure("not true or false: \(self)") }
    return flag
  }

  var integer: Int { Int(text)! }

  subscript(name: String) -> Literal? {
    entries.first { $0.name == name }?.value
  }

  /// The value this stands for in an item.
  func value() throws -> AttributeValue {
    switch self {
    case .string(let text): .string(text)
    case .number(let text): .number(try DynamoNumber(text: text))
    case .binary(let bytes): .binary(bytes)
    case .bool(let flag): .bool(flag)
    case .null: .null
    case .word(let word): preconditionFailure("\(word) is no value")
    case .list(let elements): .list(try elements.map { try $0.value() })
    case .map(let entries):
      .map(Dictionary(uniqueKeysWithValues: try entries.map { ($0.name, try $0.value.value()) }))
    case .set(let elements): try Self.set(of: elements)
    }
  }

  private static func set(of elements: [Literal]) throws -> AttributeValue {
    switch elements.first {
    case .string: .stringSet(elements.map(\.text))
    case .number: .numberSet(try elements.map { try DynamoNumber(text: $0.text) })
    case .binary:
      .binarySet(
        elements.map { element in
          guard case .binary(let bytes) = element else { preconditionFailure("a set of several types") }
          return bytes
        })
    default: preconditionFailure("a set of \(elements)")
    }
  }

  func item() throws -> Item {
    try Item(Dictionary(uniqueKeysWithValues: entries.map { ($0.name, try $0.value.value()) }))
  }

  func encoded() throws -> EncodedValue { try EncodedValue(value()) }
}

/// Reads literals from the text of a transcript.
struct LiteralReader {
  private let characters: [Character]
  private var position = 0

  init(_ text: String) {
    characters = Array(text)
  }

  /// Whether only blanks are left.
  mutating func isAtEnd() -> Bool {
    skipBlanks()
    return position == characters.count
  }

  /// The next word: letters, digits, and the signs that names and placeholders have.
  mutating func word() -> String {
    skipBlanks()
    var word = ""
    if let sign = peek(), sign == "#" || sign == ":" { word.append(take()) }
    while let next = peek(), next.isLetter || next.isNumber || "_-.".contains(next) { word.append(take()) }
    precondition(!word.isEmpty, "a word was expected at: \(rest)")
    return word
  }

  mutating func expect(_ character: Character) {
    skipBlanks()
    precondition(peek() == character, "\(character) was expected at: \(rest)")
    position += 1
  }

  mutating func literal() -> Literal {
    skipBlanks()
    switch peek() {
    case "\"": return quoted()
    case "[": return .list(sequence("[", "]") { $0.literal() })
    case "<": return .set(sequence("<", ">") { $0.literal() })
    case "{":
      return .map(
        sequence("{", "}") { reader in
          let name = reader.peekIs("\"") ? reader.quoted().text : reader.word()
          reader.expect(":")
          return (name, reader.literal())
        })
    case let sign? where sign == "-" || sign.isNumber: return .number(word())
    default: return wordLiteral()
    }
  }

  private mutating func wordLiteral() -> Literal {
    if peek() == "x", position + 1 < characters.count, characters[position + 1] == "\"" {
      position += 1
      let digits = Array(quoted().text)
      return .binary(
        stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16)! })
    }
    switch word() {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    case let word: return .word(word)
    }
  }

  private mutating func quoted() -> Literal {
    expect("\"")
    var text = ""
    while peek() != "\"" {
      if peek() == "\\" { position += 1 }
      text.append(take())
    }
    position += 1
    guard peek() == "*" else { return .string(text) }
    position += 1
    return .string(String(repeating: text, count: Int(word())!))
  }

  private mutating func sequence<Element>(
    _ opening: Character, _ closing: Character, _ element: (inout LiteralReader) -> Element
  ) -> [Element] {
    expect(opening)
    var elements: [Element] = []
    while !peekIs(closing) {
      elements.append(element(&self))
      if peekIs(",") { position += 1 }
    }
    expect(closing)
    return elements
  }

  private mutating func peekIs(_ character: Character) -> Bool {
    skipBlanks()
    return peek() == character
  }

  private func peek() -> Character? {
    position < characters.count ? characters[position] : nil
  }

  private mutating func take() -> Character {
    defer { position += 1 }
    return characters[position]
  }

  private mutating func skipBlanks() {
    while let next = peek(), next.isWhitespace { position += 1 }
  }

  private var rest: String { String(characters[position...].prefix(40)) }
}

/// Writes values as `LiteralReader` reads them.
enum LiteralWriter {
  static func text(_ item: Item) -> String {
    text(.map(item.attributes))
  }

  static func text(_ value: AttributeValue) -> String {
    switch value {
    case .string(let text): quoted(text)
    case .number(let number): number.description
    case .binary(let bytes): "x\"\(bytes.map { hex($0) }.joined())\""
    case .bool(let flag): "\(flag)"
    case .null: "null"
    case .list(let elements): "[\(elements.map(text).joined(separator: ", "))]"
    case .map(let entries):
      "{\(entries.sorted { $0.key < $1.key }.map { "\($0.key): \(text($0.value))" }.joined(separator: ", "))}"
    case .stringSet(let elements): "<\(elements.map(quoted).joined(separator: ", "))>"
    case .numberSet(let elements): "<\(elements.map(\.description).joined(separator: ", "))>"
    case .binarySet(let elements): "<\(elements.map { text(.binary($0)) }.joined(separator: ", "))>"
    }
  }

  private static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  private static func quoted(_ text: String) -> String {
    if text.count > 40, Set(text).count == 1 { return "\"\(text.first!)\"*\(text.count)" }
    return "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }
}
