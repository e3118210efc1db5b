/// A JSON value of a policy: members in the order of the text, since what is shown of a policy keeps some orders.
indirect enum PolicyValue: Hashable {
  case null
  case bool(Bool)
  /// As it stands in the text.
  case number(String)
  case string(String)
  case list([PolicyValue])
  case object([Member])

  struct Member: Hashable {
    var name: String
    var value: PolicyValue
  }

  /// A member of an object; nil if there is none, or if this is no object.
  subscript(name: String) -> PolicyValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  /// The one string that this is, or the strings of a list of nothing else; nil for anything else.
  var strings: [String]? {
    switch self {
    case .string(let text): return [text]
    case .list(let elements):
      var texts: [String] = []
      for element in elements {
        guard case .string(let text) = element else { return nil }
        texts.append(text)
      }
      return texts
    default: return nil
    }
  }

  /// The same without the brackets around a single element.
  var unwrapped: PolicyValue {
    if case .list(let elements) = self, elements.count == 1 { return elements[0] }
    return self
  }

  /// Adds the value as text without spaces.
  func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let digits): text += digits
    case .string(let value): Self.write(value, to: &text)
    case .list(let elements):
      text += "["
      for (position, element) in elements.enumerated() {
        if position > 0 { text += "," }
        element.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (position, member) in members.enumerated() {
        if position > 0 { text += "," }
        Self.write(member.name, to: &text)
        text += ":"
        member.value.write(to: &text)
      }
      text += "}"
    }
  }

  private static func write(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16, uppercase: true)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
