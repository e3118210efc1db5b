import DynamoModel

extension RequestReader {
  /// Reads the list that is the current member's value; elements that are null are passed.
  ///
  /// - Parameter lengthMax: how long it may be at most, where that is not in the member's rules since it can be chosen.
  @discardableResult
  @_lifetime(self: copy self)
  mutating func list<Element>(
    _ cursor: MemberCursor, lengthMax: Int? = nil,
    _ element: (inout RequestReader) throws(SerializationFault) -> Element
  ) throws(SerializationFault) -> [Element] {
    let kind = try json.kind()
    guard kind == .array else { throw try wrongType(kind, cursor.member.shape, at: .member) }
    let start = json.position
    path.append(.member(cursor.structure, cursor.index))
    let elements = try elements(element)
    path.removeLast()
    check(length: elements.count, valueFrom: start, cursor)
    if let lengthMax, elements.count > lengthMax { noteContainer(from: start, .lengthMax(lengthMax), cursor) }
    checkBound(elements.count, valueFrom: start, cursor)
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

  /// Reads a list, at whose bracket the reader stands. Of one that is too long, one element too many is kept.
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
      let read = try element(&self)
      if elements.count <= RequestLimits.elementsMax { elements.append(read) }
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
    checkMap(entries, valueFrom: start, cursor, lengthOf)
    checkBound(entries.count, valueFrom: start, cursor)
    return entries
  }

  /// Checks a map against the current member's rules.
  @_lifetime(self: copy self)
  private mutating func checkMap<Value>(
    _ entries: [(name: String, value: Value)], valueFrom start: Int, _ cursor: MemberCursor,
    _ lengthOf: (Value) -> Int
  ) {
    for rule in cursor.member.rules {
      let holds =
        switch rule {
        case .names(let rules):
          entries.allSatisfy { entry in rules.allSatisfy { $0.holdsUnlessArn(entry.name) } }
        case .values(let rules):
          entries.allSatisfy { entry in rules.allSatisfy { $0.holds(ofLength: lengthOf(entry.value)) } }
        default: rule.holds(ofLength: entries.count)
        }
      if !holds { noteContainer(from: start, rule, cursor) }
    }
  }

  @_lifetime(self: copy self)
  private mutating func entries<Value>(
    _ value: (inout RequestReader, String) throws(SerializationFault) -> Value
  ) throws(SerializationFault) -> [(name: String, value: Value)] {
    var entries: [(name: String, value: Value)] = []
    // Maps are small as a rule; only a large one is worth an index of its names.
    var positions: [ByteText: Int] = [:]
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
        entries.count < 8 ? entries.firstIndex { $0.name.isSame(as: name) } : positions[ByteText(name)]
      if let previous {
        entries[previous].value = read
      } else if entries.count <= RequestLimits.elementsMax {
        if entries.count == 7 {
          for (index, entry) in entries.enumerated() { positions[ByteText(entry.name)] = index }
        }
        if entries.count >= 7 { positions[ByteText(name)] = entries.count }
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
    let start = json.position
    var map: [String: String] = [:]
    var isFirst = true
    json.open()
    while let nameString = try json.nextName(&isFirst) {
      let name = json.text(of: nameString)
      if json.nextSignificantByte() == UInt8(ascii: "n") {
        try json.readLiteral("null")
        continue
      }
      let text = try plainString(at: .element)
      if map.count <= RequestLimits.elementsMax { map.put(text, as: name) }
    }
    checkBound(map.count, valueFrom: start, cursor)
    return map
  }

  /// Reads a list of texts.
  @_lifetime(self: copy self)
  mutating func strings(_ cursor: MemberCursor) throws(SerializationFault) -> [String] {
    try list(cursor) { reader throws(SerializationFault) in try reader.plainString(at: .element) }
  }
}

extension Dictionary where Key == String {
  /// Sets what a placeholder stands for. Of a name in ASCII and one that Swift takes for the same (with the Kelvin sign
  /// for its `K`) the latter stays, which is no placeholder, for the expressions' checks to refuse.
  mutating func put(_ value: Value, as placeholder: String) {
    if !placeholder.utf8Span.isKnownASCII, let known = index(forKey: placeholder) { remove(at: known) }
    self[placeholder] = value
  }
}
