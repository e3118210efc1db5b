import DynamoModel

extension RequestReader {
  /// The current member's text, checked against the member's rules.
  @_lifetime(self: copy self)
  mutating func string(_ cursor: MemberCursor) throws(SerializationFault) -> String {
    let kind = try json.kind()
    guard kind == .string else { throw try wrongType(kind, .string, at: .member) }
    let string = try json.readString()
    let text = json.text(of: string)
    if !cursor.member.rules.isEmpty, !cursor.member.admitsPlainName(json.bytes(of: string)) {
      check(text, cursor)
    }
    return text
  }

  /// The current member's word as one of an enumeration's; nil, and noted, if it is not one.
  @_lifetime(self: copy self)
  mutating func word<Word: RawRepresentable>(
    _ cursor: MemberCursor, as type: Word.Type = Word.self
  ) throws(SerializationFault) -> Word? where Word.RawValue == String {
    let text = try plainString(at: .member)
    if let word = Word(rawValue: text), word.rawValue.isSame(as: text) { return word }
    check(text, cursor)
    return nil
  }

  /// A text that no rules are asked of.
  @_lifetime(self: copy self)
  mutating func plainString(at position: ShapePosition) throws(SerializationFault) -> String {
    let kind = try json.kind()
    guard kind == .string else { throw try wrongType(kind, .string, at: position) }
    let string = try json.readString()
    return json.text(of: string)
  }

  /// The current member's integer, checked against the member's rules.
  @_lifetime(self: copy self)
  mutating func integer(_ cursor: MemberCursor) throws(SerializationFault) -> Int {
    let kind = try json.kind()
    guard kind == .number else { throw try wrongType(kind, cursor.member.shape, at: .member) }
    let number = try json.readNumber()
    var value = json.integer(number)
    if case .integer = cursor.member.shape { value = Int(Int32(clamping: value)) }
    for rule in cursor.member.rules where !rule.holds(of: value) {
      note("'\(value)'", rule.statement, at: .member(cursor.structure, cursor.index))
    }
    return value
  }

  /// The current member's number, whole or not.
  @_lifetime(self: copy self)
  mutating func double(_ cursor: MemberCursor) throws(SerializationFault) -> Double {
    let kind = try json.kind()
    guard kind == .number else { throw try wrongType(kind, .double, at: .member) }
    let number = try json.readNumber()
    return Double(json.text(of: number)) ?? .infinity
  }

  /// A truth value. The service takes a few words for one, too.
  @_lifetime(self: copy self)
  mutating func bool() throws(SerializationFault) -> Bool {
    let kind = try json.kind()
    switch kind {
    case .true:
      try json.readLiteral("true")
      return true
    case .false:
      try json.readLiteral("false")
      return false
    case .string:
      let string = try json.readString()
      switch json.text(of: string).lowercased() {
      case "true", "yes", "1": return true
      case "false", "no", "0": return false
      default: throw .wrongType(.string, isDecimal: false, expected: .boolean, at: .member)
      }
    default:
      throw try wrongType(kind, .boolean, at: .member)
    }
  }
}
