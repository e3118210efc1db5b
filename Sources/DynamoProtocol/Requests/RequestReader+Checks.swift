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
      let echo = text.prefix(RequestLimits.echoBytesMax)
      note("'\(echo)'", rule.statement, at: .member(cursor.structure, cursor.index))
    }
  }

  /// Checks a list's or a map's length against the current member's rules.
  @_lifetime(self: copy self)
  mutating func check(length: Int, valueFrom start: Int, _ cursor: MemberCursor) {
    for rule in cursor.member.rules where !rule.holds(ofLength: length) {
      noteContainer(from: start, rule, cursor)
    }
  }

  /// Checks a list's or a map's length against what this server reads of one.
  @_lifetime(self: copy self)
  mutating func checkBound(_ length: Int, valueFrom start: Int, _ cursor: MemberCursor) {
    if length > RequestLimits.elementsMax {
      noteContainer(from: start, .lengthMax(RequestLimits.elementsMax), cursor)
    }
  }

  /// Notes a violation by the list or map that was written from `start` to where the reader is.
  @_lifetime(self: copy self)
  mutating func noteContainer(from start: Int, _ rule: Rule, _ cursor: MemberCursor) {
    if violations.isFull { return }
    let written = json.body.extracting(start..<json.position)
    let echo = JavaDescription.of(written, as: cursor.member.shape)
    note("'\(echo)'", rule.statement, at: .member(cursor.structure, cursor.index))
  }

  @_lifetime(self: copy self)
  mutating func note(_ value: String, _ statement: String, at step: PathStep) {
    if violations.isFull { return }
    path.append(step)
    violations.add(value, at: path.text, place: path.place, statement)
    path.removeLast()
  }
}
