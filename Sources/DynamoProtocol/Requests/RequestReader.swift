import DynamoModel

/// Reads one request: its JSON, and what is wrong with it.
///
/// Three kinds of wrong, which the service answers in this order:
///
/// 1. The body is not JSON, or a value has the wrong JSON type. Reading stops: a `SerializationFault` is thrown.
/// 2. A member is missing, too long, not one of its words…: a violation of the structure's rules. It is noted
///    and reading goes on, because the answer lists them all.
/// 3. An attribute value is no value: `{}`, `{"N": "x"}`, a set with duplicates. It is noted too (`ValueFault`),
///    a null stands in for it, and reading goes on, because other checks come before it in the answer's order.
///
/// A request that has none of them costs no allocation for the possibility.
struct RequestReader: ~Copyable, ~Escapable {
  var json: JSONReader
  var violations = Violations()
  /// Where in the request the reader is; empty at the top.
  var path: [PathStep] = []
  /// Attribute values that are none, in the order met.
  var valueFaults: [ValueFault] = []
  /// Builds the item that is being read; its memory serves all items of the request.
  var builder = ItemBuilder()
  /// What is wrong with the item or the value that is being read, if something is.
  var valueFault: String?
  /// Binary that has been decoded from base64, reused from value to value.
  var decoded: [UInt8] = []

  @_lifetime(copy body)
  init(_ body: RawSpan) {
    json = JSONReader(body)
  }
}

/// An attribute value that is none.
struct ValueFault: Sendable, Equatable {
  /// Which member of the request's outermost structure it was found in.
  var member: Int
  /// The service's text.
  var message: String

  /// So many are noted; only the first is ever told, but which that is depends on the operation.
  static let notedMax = 1_000
}

// MARK: - Structures

extension RequestReader {
  /// Reads a structure that has no members.
  @_lifetime(self: copy self)
  mutating func nothing(_ structure: Structure) throws(SerializationFault) {
    let kind = try json.kind()
    guard kind == .object else { throw try wrongType(kind, .structure(structure), at: .element) }
    try json.skipValue()
  }

  /// Enters a structure.
  @_lifetime(self: copy self)
  mutating func begin(
    _ structure: Structure, at position: ShapePosition = .member
  ) throws(SerializationFault) -> MemberCursor {
    let kind = try json.kind()
    guard kind == .object else { throw try wrongType(kind, .structure(structure), at: position) }
    json.open()
    return MemberCursor(structure: structure)
  }

  /// The next member that the structure knows and that is not null; nil at the structure's end.
  ///
  /// Members that it doesn't know are passed. At the end, required members that were not met are noted.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func next<Field: RawRepresentable>(
    _ cursor: inout MemberCursor, as field: Field.Type
  ) throws(SerializationFault) -> Field? where Field.RawValue == Int {
    while let name = try json.nextName(&cursor.isFirst) {
      guard let index = cursor.structure.names.index(of: json.bytes(of: name)) else {
        try json.skipValue()
        continue
      }
      if json.nextSignificantByte() == UInt8(ascii: "n") {
        try json.readLiteral("null")
        continue
      }
      cursor.index = index
      cursor.seen |= 1 << UInt64(index)
      return Field(rawValue: index)
    }
    let missing = cursor.structure.required & ~cursor.seen
    if missing != 0 { noteMissing(missing, in: cursor.structure) }
    return nil
  }

  @_lifetime(self: copy self)
  private mutating func noteMissing(_ missing: UInt64, in structure: Structure) {
    for (index, member) in structure.members.enumerated() where missing >> UInt64(index) & 1 == 1 {
      if member.requirement == .requiredFirst {
        violations.preempt("The parameter '\(member.name)' is required but was not present in the request")
      } else {
        note("null", "Member must not be null", at: .member(structure, index))
      }
    }
  }

  /// Reads a structure that is the value of the current member.
  @_lifetime(self: copy self)
  mutating func structure<Value>(
    _ cursor: MemberCursor, _ read: (inout RequestReader) throws(SerializationFault) -> Value
  ) throws(SerializationFault) -> Value {
    path.append(.member(cursor.structure, cursor.index))
    let value = try read(&self)
    path.removeLast()
    return value
  }
}

// MARK: - Scalars

extension RequestReader {
  /// The current member's text, checked against the member's rules.
  @_lifetime(self: copy self)
  mutating func string(_ cursor: MemberCursor) throws(SerializationFault) -> String {
    let text = try plainString(at: .member)
    check(text, cursor)
    return text
  }

  /// The current member's word as one of an enumeration's; nil, and noted, if it is not one.
  @_lifetime(self: copy self)
  mutating func word<Word: RawRepresentable>(
    _ cursor: MemberCursor, as type: Word.Type = Word.self
  ) throws(SerializationFault) -> Word? where Word.RawValue == String {
    let text = try plainString(at: .member)
    if let word = Word(rawValue: text) { return word }
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

// MARK: - Lists and maps

extension RequestReader {
  /// Reads the list that is the current member's value; elements that are null are passed.
  @discardableResult
  @_lifetime(self: copy self)
  mutating func list<Element>(
    _ cursor: MemberCursor, _ element: (inout RequestReader) throws(SerializationFault) -> Element
  ) throws(SerializationFault) -> [Element] {
    let kind = try json.kind()
    guard kind == .array else { throw try wrongType(kind, cursor.member.shape, at: .member) }
    let start = json.position
    path.append(.member(cursor.structure, cursor.index))
    let elements = try elements(element)
    path.removeLast()
    check(length: elements.count, valueFrom: start, cursor)
    return elements
  }

  /// Reads a list that is a map's value or a list's element.
  @_lifetime(self: copy self)
  mutating func listElement<Element>(
    of shape: Shape, _ element: (inout RequestReader) throws(SerializationFault) -> Element
  ) throws(SerializationFault) -> [Element] {
    let kind = try json.kind()
    guard kind == .array else { throw try wrongType(kind, shape, at: .element) }
    return try elements(element)
  }

  /// Reads a list, at whose bracket the reader stands.
  @_lifetime(self: copy self)
  mutating func elements<Element>(
    _ element: (inout RequestReader) throws(SerializationFault) -> Element
  ) throws(SerializationFault) -> [Element] {
    var elements: [Element] = []
    var isFirst = true
    json.open()
    while try json.nextElement(&isFirst) {
      if json.nextSignificantByte() == UInt8(ascii: "n") {
        try json.readLiteral("null")
        continue
      }
      path.append(.element(elements.count))
      elements.append(try element(&self))
      path.removeLast()
    }
    return elements
  }

  /// Reads the map that is the current member's value, in the order written; of two entries with one name
  /// the last counts.
  ///
  /// - Parameter lengthOf: the length of a value, where the member's rules bound it.
  @_lifetime(self: copy self)
  mutating func map<Value>(
    _ cursor: MemberCursor, lengthOf: (Value) -> Int = { _ in 0 },
    _ value: (inout RequestReader, String) throws(SerializationFault) -> Value
  ) throws(SerializationFault) -> [(name: String, value: Value)] {
    let kind = try json.kind()
    guard kind == .object else { throw try wrongType(kind, cursor.member.shape, at: .member) }
    let start = json.position
    path.append(.member(cursor.structure, cursor.index))
    let entries = try entries(value)
    path.removeLast()
    for rule in cursor.member.rules {
      switch rule {
      case .notEmpty(let message):
        if entries.isEmpty { violations.addLast(message) }
      case .names(let rules):
        if entries.allSatisfy({ entry in rules.allSatisfy { $0.holdsUnlessArn(entry.name) } }) { continue }
        noteContainer(from: start, rule, cursor)
      case .values(let rules):
        if entries.allSatisfy({ entry in rules.allSatisfy { $0.holds(ofLength: lengthOf(entry.value)) } }) {
          continue
        }
        noteContainer(from: start, rule, cursor)
      default:
        if !rule.holds(ofLength: entries.count) { noteContainer(from: start, rule, cursor) }
      }
    }
    return entries
  }

  @_lifetime(self: copy self)
  private mutating func entries<Value>(
    _ value: (inout RequestReader, String) throws(SerializationFault) -> Value
  ) throws(SerializationFault) -> [(name: String, value: Value)] {
    var entries: [(name: String, value: Value)] = []
    // Maps are small as a rule; only a large one is worth an index of its names.
    var positions: [String: Int] = [:]
    var isFirst = true
    json.open()
    while let nameString = try json.nextName(&isFirst) {
      let name = json.text(of: nameString)
      if json.nextSignificantByte() == UInt8(ascii: "n") {
        try json.readLiteral("null")
        continue
      }
      path.append(.entry(name, entries.count))
      let read = try value(&self, name)
      path.removeLast()
      let previous =
        entries.count < 8 ? entries.firstIndex { $0.name == name } : positions[name]
      if let previous {
        entries[previous].value = read
      } else {
        if entries.count == 7 {
          for (index, entry) in entries.enumerated() { positions[entry.name] = index }
        }
        if entries.count >= 7 { positions[name] = entries.count }
        entries.append((name: name, value: read))
      }
    }
    return entries
  }

  /// Reads a map of text to text.
  @_lifetime(self: copy self)
  mutating func stringMap(_ cursor: MemberCursor) throws(SerializationFault) -> [String: String] {
    let kind = try json.kind()
    guard kind == .object else { throw try wrongType(kind, .map(.string), at: .member) }
    var map: [String: String] = [:]
    var isFirst = true
    json.open()
    while let nameString = try json.nextName(&isFirst) {
      let name = json.text(of: nameString)
      if json.nextSignificantByte() == UInt8(ascii: "n") {
        try json.readLiteral("null")
        continue
      }
      map[name] = try plainString(at: .element)
    }
    return map
  }

  /// Reads a list of texts.
  @_lifetime(self: copy self)
  mutating func strings(_ cursor: MemberCursor) throws(SerializationFault) -> [String] {
    try list(cursor) { reader throws(SerializationFault) in try reader.plainString(at: .element) }
  }
}

// MARK: - What is wrong

extension RequestReader {
  /// The fault for a value of the wrong type. A number is read first: the fault tells a fraction apart.
  @_lifetime(self: copy self)
  mutating func wrongType(
    _ found: JSONKind, _ expected: Shape, at position: ShapePosition
  ) throws(SerializationFault) -> SerializationFault {
    var isDecimal = false
    switch found {
    case .number: isDecimal = try json.readNumber().isDecimal
    case .true: try json.readLiteral("true")
    case .false: try json.readLiteral("false")
    case .null: try json.readLiteral("null")
    default: break
    }
    return .wrongType(found, isDecimal: isDecimal, expected: expected, at: position)
  }

  /// Checks a text against the current member's rules.
  @_lifetime(self: copy self)
  mutating func check(_ text: String, _ cursor: MemberCursor) {
    for rule in cursor.member.rules { check(text, rule, cursor) }
  }

  @_lifetime(self: copy self)
  private mutating func check(_ text: String, _ rule: Rule, _ cursor: MemberCursor) {
    switch rule {
    case .unlessArn(let rules):
      if text.hasPrefix("arn:") { return }
      for rule in rules { check(text, rule, cursor) }
    case .unlessEmpty(let rules):
      if text.isEmpty { return }
      for rule in rules { check(text, rule, cursor) }
    case .lengthFirst:
      if !rule.holds(of: text) { violations.preempt("\(cursor.member.name) \(rule.statement)") }
    default:
      if rule.holds(of: text) { return }
      let echo = text.prefix(Violations.echoBytesMax)
      note("'\(echo)'", rule.statement, at: .member(cursor.structure, cursor.index))
    }
  }

  /// Checks a list's or a map's length against the current member's rules.
  @_lifetime(self: copy self)
  private mutating func check(length: Int, valueFrom start: Int, _ cursor: MemberCursor) {
    for rule in cursor.member.rules where !rule.holds(ofLength: length) {
      noteContainer(from: start, rule, cursor)
    }
  }

  /// Notes a violation by the list or map that was written from `start` to where the reader is.
  @_lifetime(self: copy self)
  mutating func noteContainer(from start: Int, _ rule: Rule, _ cursor: MemberCursor) {
    let written = json.body.extracting(start..<json.position)
    let echo = JavaDescription.of(written, as: cursor.member.shape)
    note("'\(echo)'", rule.statement, at: .member(cursor.structure, cursor.index))
  }

  @_lifetime(self: copy self)
  private mutating func note(_ value: String, _ statement: String, at step: PathStep) {
    path.append(step)
    violations.add(value, at: path.text, place: path.place, statement)
    path.removeLast()
  }
}
