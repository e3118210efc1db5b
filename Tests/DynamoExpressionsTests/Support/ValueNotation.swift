import DynamoModel

/// A short notation for attribute values, for transcripts: `"text"`, `12.5`, `b"00ff"`, `true`, `null`, `[1, 2]`,
/// `{a: 1, "odd name": 2}`, and sets as `<1, 2>`, `<"a">`, `<b"00">`.
struct ValueNotation {
  struct Malformed: Error, CustomStringConvertible {
    var description: String
  }

  private let text: [Character]
  private var position = 0

  static func value(_ text: String) throws -> AttributeValue {
    var reader = ValueNotation(text: Array(text))
    let value = try reader.value()
    guard reader.peek() == nil else { throw Malformed(description: "after a value: \(text)") }
    return value
  }

  static func map(_ text: String) throws -> [String: AttributeValue] {
    guard case .map(let entries) = try value(text) else { throw Malformed(description: "not a map: \(text)") }
    return entries
  }

  private init(text: [Character]) {
    self.text = text
  }

  private mutating func peek() -> Character? {
    while position < text.count, text[position] == " " { position += 1 }
    return position < text.count ? text[position] : nil
  }

  private mutating func take(_ character: Character) throws {
    guard peek() == character else {
      throw Malformed(description: "no '\(character)' at \(position) of \(String(text))")
    }
    position += 1
  }

  private mutating func word() -> String {
    _ = peek()
    let start = position
    // A colon ends a name, but `:v` begins with one.
    while position < text.count, !" ,[]{}<>\":".contains(text[position]) || position == start {
      position += 1
    }
    return String(text[start..<position])
  }

  private mutating func quoted() throws -> String {
    try take("\"")
    var result = ""
    while position < text.count, text[position] != "\"" {
      result.append(text[position])
      position += 1
    }
    try take("\"")
    return result
  }

  private mutating func value() throws -> AttributeValue {
    switch peek() {
    case "\"":
      return .string(try quoted())
    case "[":
      return .list(try list("[", "]"))
    case "{":
      return .map(try entries())
    case "<":
      return try set(list("<", ">"))
    default:
      return try scalar(word())
    }
  }

  private mutating func scalar(_ word: String) throws -> AttributeValue {
    switch word {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    case "b":
      let digits = Array(try quoted())
      return .binary(
        stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16)! })
    default:
      return .number(try DynamoNumber(text: word))
    }
  }

  private mutating func list(_ open: Character, _ close: Character) throws -> [AttributeValue] {
    try take(open)
    var values: [AttributeValue] = []
    while peek() != close {
      if !values.isEmpty { try take(",") }
      values.append(try value())
    }
    try take(close)
    return values
  }

  private mutating func entries() throws -> [String: AttributeValue] {
    try take("{")
    var entries: [String: AttributeValue] = [:]
    while peek() != "}" {
      if !entries.isEmpty { try take(",") }
      let name = peek() == "\"" ? try quoted() : word()
      try take(":")
      entries[name] = try value()
    }
    try take("}")
    return entries
  }

  private func set(_ values: [AttributeValue]) throws -> AttributeValue {
    switch values.first {
    case .string: .stringSet(values.map { if case .string(let text) = $0 { text } else { "" } })
    case .number: .numberSet(values.map { if case .number(let number) = $0 { number } else { 0 } })
    default: .binarySet(values.map { if case .binary(let bytes) = $0 { bytes } else { [] } })
    }
  }
}

extension ValueNotation {
  static func text(_ value: AttributeValue) -> String {
    switch value {
    case .string(let text): "\"\(text)\""
    case .number(let number): number.description
    case .binary(let bytes): "b\"\(bytes.map { hex($0) }.joined())\""
    case .bool(let bool): "\(bool)"
    case .null: "null"
    case .list(let values): "[\(values.map(text).joined(separator: ", "))]"
    case .map(let entries): text(entries)
    case .stringSet(let values): "<\(values.sorted().map { "\"\($0)\"" }.joined(separator: ", "))>"
    case .numberSet(let values): "<\(values.sorted().map(\.description).joined(separator: ", "))>"
    case .binarySet(let values): "<\(values.map { text(.binary($0)) }.sorted().joined(separator: ", "))>"
    }
  }

  static func text(_ entries: [String: AttributeValue]) -> String {
    "{\(entries.sorted { $0.key < $1.key }.map { "\(name($0.key)): \(text($0.value))" }.joined(separator: ", "))}"
  }

  private static func name(_ name: String) -> String {
    name.allSatisfy { $0.isLetter || $0.isNumber || "#:_".contains($0) } ? name : "\"\(name)\""
  }

  private static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}
