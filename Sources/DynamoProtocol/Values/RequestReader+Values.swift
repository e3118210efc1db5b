import DynamoModel

// Reads attribute values straight into their encoding.
//
// What the JSON gives is handed to the item builder as it is met: a text as a span of the body, a number as the
// span of its digits, binary by way of one buffer that is reused. What is no value is noted once an item
// (`valueFault`); from there on the item is no longer built, but its JSON is read to its end, since a wrong
// JSON type further on comes first in the service's answers.

/// The service's words for what is no attribute value.
enum Message {
  static let empty =
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
  static let severalTypes =
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"
  static let falseNull =
    "One or more parameter values were invalid: Null attribute value types must have the value of true"
}

extension RequestReader {
  /// Reads the item or the key that is the current member's value.
  @_lifetime(self: copy self)
  mutating func item(_ cursor: MemberCursor) throws(SerializationFault) -> Item {
    try itemElement(of: cursor.index, at: .member)
  }

  /// Reads a key whose faults are told with a few words before them.
  @_lifetime(self: copy self)
  mutating func startKey(_ cursor: MemberCursor) throws(SerializationFault) -> Item {
    let item = try builtItem(at: .member)
    takeFault(of: cursor.index) { "The provided starting key is invalid: \($0)" }
    return item
  }

  /// Reads an item that stands anywhere in a member of the outermost structure.
  @_lifetime(self: copy self)
  mutating func itemElement(
    of member: Int, at position: ShapePosition = .element
  ) throws(SerializationFault) -> Item {
    let item = try builtItem(at: position)
    takeFault(of: member) { $0 }
    return item
  }

  /// Reads a value that stands anywhere in a member of the outermost structure.
  @_lifetime(self: copy self)
  mutating func valueElement(
    of member: Int, at position: ShapePosition = .element
  ) throws(SerializationFault) -> EncodedValue {
    let value = try builtValue(at: position)
    takeFault(of: member) { $0 }
    return value
  }

  /// Reads the values that an expression's placeholders stand for.
  @_lifetime(self: copy self)
  mutating func expressionValues(
    _ cursor: MemberCursor
  ) throws(SerializationFault) -> [String: EncodedValue] {
    let kind = try json.kind()
    guard kind == .object else { throw try wrongType(kind, .map(.attributeValue), at: .member) }
    let start = json.position
    var values: [String: EncodedValue] = [:]
    var isFirst = true
    json.open()
    while let nameString = try json.nextName(&isFirst) {
      let name = json.text(of: nameString)
      let value = try builtValue(at: .element)
      if values.count <= RequestLimits.elementsMax { values.put(value, as: name) }
      takeFault(of: cursor.index) {
        "ExpressionAttributeValues contains invalid value: \($0) for key \(name)"
      }
    }
    checkBound(values.count, valueFrom: start, cursor)
    return values
  }

  /// Notes an attribute value that is none.
  @_lifetime(self: copy self)
  mutating func noteValueFault(_ message: String, in member: Int) {
    guard valueFaults.count < RequestLimits.valueFaultsKeptMax else { return }
    valueFaults.append(ValueFault(member: member, message: message))
  }
}

// MARK: - Building

extension RequestReader {
  /// Whether what is read is still worth building.
  private var isBuilding: Bool { valueFault == nil }

  /// Does something to the builder, unless the item has a fault; what it can't do is the item's fault.
  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func build(_ step: (inout ItemBuilder) throws(ItemError) -> Void) {
    guard isBuilding else { return }
    do throws(ItemError) {
      try step(&builder)
    } catch {
      valueFault = error.message
    }
  }

  /// Does something to the builder with the bytes of a string that has been read.
  ///
  /// A string that stands in the body is handed on from there; one with escapes from the reader's scratch buffer,
  /// which is held for as long.
  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func build(
    from string: JSONString, _ step: (inout ItemBuilder, RawSpan) throws(ItemError) -> Void
  ) {
    guard isBuilding else { return }
    do throws(ItemError) {
      if string.isDecoded {
        let decoded = json.scratch
        try step(&builder, decoded.span.bytes)
      } else {
        let text = json.body.extracting(string.start..<string.start + string.byteCount)
        try step(&builder, text)
      }
    } catch {
      valueFault = error.message
    }
  }

  @_lifetime(self: copy self)
  private mutating func takeFault(of member: Int, _ words: (String) -> String) {
    guard let fault = valueFault else { return }
    valueFault = nil
    builder.reset()
    noteValueFault(words(fault), in: member)
  }

  @_lifetime(self: copy self)
  private mutating func builtItem(at position: ShapePosition) throws(SerializationFault) -> Item {
    let kind = try json.kind()
    guard kind == .object else { throw try wrongType(kind, .map(.attributeValue), at: position) }
    build { builder throws(ItemError) in try builder.beginItem() }
    try entries(level: 1)
    var item: Item?
    build { builder throws(ItemError) in item = try builder.finishItem() }
    return item ?? .empty
  }

  @_lifetime(self: copy self)
  private mutating func builtValue(at position: ShapePosition) throws(SerializationFault) -> EncodedValue {
    try attributeValue(level: 1, at: position)
    var value: EncodedValue?
    build { builder throws(ItemError) in value = try builder.finishValue() }
    return value ?? .null
  }
}

// MARK: - Values

extension RequestReader {
  /// Reads the entries of an item or of an M, at whose bracket the reader stands.
  @_lifetime(self: copy self)
  private mutating func entries(level: Int) throws(SerializationFault) {
    var isFirst = true
    var count = 0
    json.open()
    while let name = try json.nextName(&isFirst) {
      countEntry(&count)
      build(from: name) { builder, bytes throws(ItemError) in try builder.name(bytes) }
      try attributeValue(level: level, at: .element)
    }
  }

  /// Counts an entry of a map or a set; one too many makes the item too large.
  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func countEntry(_ count: inout Int) {
    count += 1
    if count > RequestLimits.attributeEntriesMax { valueFault = valueFault ?? ItemError.tooLarge.message }
  }

  /// Reads one value: an object with one member, whose name says the type.
  ///
  /// - Parameter level: how deep the value stands; an attribute of an item is at 1.
  @_lifetime(self: copy self)
  private mutating func attributeValue(
    level: Int, at position: ShapePosition
  ) throws(SerializationFault) {
    guard level <= ModelLimits.nestingLevelsMax else {
      valueFault = valueFault ?? ItemError.nestingTooDeep.message
      return try json.skipValue()
    }
    let kind = try json.kind()
    if kind == .null {
      try json.readLiteral("null")
      valueFault = valueFault ?? Message.empty
      return
    }
    guard kind == .object else { throw try wrongType(kind, .attributeValue, at: position) }
    var typesSeen = 0
    var isFirst = true
    json.open()
    while let name = try json.nextName(&isFirst) {
      guard let type = AttributeType(descriptor: json.bytes(of: name)) else {
        try json.skipValue()
        continue
      }
      if json.nextSignificantByte() == UInt8(ascii: "n") {
        try json.readLiteral("null")
        continue
      }
      typesSeen += 1
      if typesSeen == 1 {
        try payload(type, level: level)
      } else {
        try furtherPayload(type, level: level)
      }
    }
    if typesSeen == 1 { return }
    valueFault = valueFault ?? (typesSeen == 0 ? Message.empty : Message.severalTypes)
  }

  /// Reads a value's second type. It is built aside: what is wrong with it is told before that it is one too many.
  @_lifetime(self: copy self)
  private mutating func furtherPayload(_ type: AttributeType, level: Int) throws(SerializationFault) {
    var aside = ItemBuilder(capacityBytes: 64)
    swap(&aside, &builder)
    defer { swap(&aside, &builder) }
    try payload(type, level: level)
  }

  @_lifetime(self: copy self)
  private mutating func payload(_ type: AttributeType, level: Int) throws(SerializationFault) {
    switch type {
    case .string, .number: try text(type)
    case .binary: try binary(at: .member)
    case .bool:
      let value = try bool()
      build { builder throws(ItemError) in try builder.bool(value) }
    case .null:
      if try !bool() { valueFault = valueFault ?? Message.falseNull }
      build { builder throws(ItemError) in try builder.null() }
    case .map: try map(level: level)
    case .list: try list(level: level)
    case .stringSet, .numberSet: try set(of: type)
    case .binarySet: try binarySet()
    }
  }

  /// Reads an S or an N, or an element of an SS or an NS.
  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func text(
    _ type: AttributeType, at position: ShapePosition = .member
  ) throws(SerializationFault) {
    let kind = try json.kind()
    guard kind == .string else { throw try wrongType(kind, .string, at: position) }
    let string = try json.readString()
    build(from: string) { builder, bytes throws(ItemError) in
      if type == .number {
        try builder.number(text: bytes)
      } else {
        try builder.string(bytes)
      }
    }
  }

  /// Reads a B, or an element of a BS.
  @_lifetime(self: copy self)
  private mutating func binary(at position: ShapePosition) throws(SerializationFault) {
    let kind = try json.kind()
    guard kind == .string else { throw try wrongType(kind, .blob, at: position) }
    let string = try json.readString()
    // Taken out of the reader and put back, so that the reader can be used meanwhile.
    var decoded: [UInt8] = []
    swap(&decoded, &self.decoded)
    decoded.removeAll(keepingCapacity: true)
    try Base64.decode(json.bytes(of: string), into: &decoded)
    build { builder throws(ItemError) in try builder.binary(decoded.span.bytes) }
    swap(&decoded, &self.decoded)
  }

  @_lifetime(self: copy self)
  private mutating func map(level: Int) throws(SerializationFault) {
    let kind = try json.kind()
    guard kind == .object else { throw try wrongType(kind, .map(.attributeValue), at: .member) }
    build { builder throws(ItemError) in try builder.beginMap() }
    try entries(level: level + 1)
    build { builder throws(ItemError) in try builder.endMap() }
  }

  @_lifetime(self: copy self)
  private mutating func list(level: Int) throws(SerializationFault) {
    let kind = try json.kind()
    guard kind == .array else { throw try wrongType(kind, .list(.attributeValue), at: .member) }
    var isFirst = true
    build { builder throws(ItemError) in try builder.beginList() }
    json.open()
    while try json.nextElement(&isFirst) {
      try attributeValue(level: level + 1, at: .element)
    }
    build { builder throws(ItemError) in try builder.endList() }
  }

  @_lifetime(self: copy self)
  private mutating func set(of type: AttributeType) throws(SerializationFault) {
    let kind = try json.kind()
    guard kind == .array else { throw try wrongType(kind, .list(.string), at: .member) }
    var isFirst = true
    build { builder throws(ItemError) in try builder.beginSet(of: type) }
    json.open()
    var count = 0
    while try json.nextElement(&isFirst) {
      countEntry(&count)
      try text(type == .numberSet ? .number : .string, at: .element)
    }
    build { builder throws(ItemError) in try builder.endSet() }
  }

  @_lifetime(self: copy self)
  private mutating func binarySet() throws(SerializationFault) {
    let kind = try json.kind()
    guard kind == .array else { throw try wrongType(kind, .list(.blob), at: .member) }
    let start = json.position
    var isFirst = true
    build { builder throws(ItemError) in try builder.beginSet(of: .binarySet) }
    json.open()
    var count = 0
    while try json.nextElement(&isFirst) {
      countEntry(&count)
      try binary(at: .element)
    }
    guard isBuilding else { return }
    do throws(ItemError) {
      try builder.endSet()
    } catch .duplicateSetElement {
      // The message repeats the set in base64, which only the body has.
      let written = JavaDescription.of(json.body.extracting(start..<json.position), as: .list(.blob))
      valueFault =
        "One or more parameter values were invalid: Input collection \(written)of type BS contains duplicates."
    } catch {
      valueFault = error.message
    }
  }
}

extension Item {
  /// An item without attributes.
  static let empty = Item(trusting: [Item.formatVersion, 0, 0])
}

extension EncodedValue {
  /// A NULL.
  static let null = EncodedValue(trusting: [ValueTag.null.rawValue])
}
