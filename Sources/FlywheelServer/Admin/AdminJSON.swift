import DynamoProtocol

/// A JSON value of a request to the admin port, as a tree: such requests are few and small.
indirect enum AdminJSON {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([AdminJSON])
  /// Members in their order, each with the bytes of its value.
  case object([Member])

  struct Member {
    var name: String
    var value: AdminJSON
    var bytes: [UInt8]
  }

  private static let depthMax = 40

  /// Reads a body. Nil if it is not JSON.
  init?(_ body: [UInt8]) {
    var reader = JSONReader(body.span.bytes)
    do throws(SerializationFault) {
      self = try Self.read(&reader, body, depth: 0)
      try reader.finish()
    } catch {
      return nil
    }
  }

  @_lifetime(reader: copy reader)
  private static func read(
    _ reader: inout JSONReader, _ body: [UInt8], depth: Int
  ) throws(SerializationFault) -> AdminJSON {
    guard depth < depthMax else { throw .malformed }
    switch try reader.kind() {
    case .null:
      try reader.readLiteral("null")
      return .null
    case .true:
      try reader.readLiteral("true")
      return .bool(true)
    case .false:
      try reader.readLiteral("false")
      return .bool(false)
    case .number:
      let number = try reader.readNumber()
      guard let value = Double(reader.text(of: number)) else { throw .malformed }
      return .number(value)
    case .string:
      let string = try reader.readString()
      return .string(reader.text(of: string))
    case .array:
      var elements: [AdminJSON] = []
      var isFirst = true
      reader.open()
      while try reader.nextElement(&isFirst) {
        elements.append(try read(&reader, body, depth: depth + 1))
      }
      return .array(elements)
    case .object:
      var members: [Member] = []
      var isFirst = true
      reader.open()
      while let name = try reader.nextName(&isFirst) {
        let name = reader.text(of: name)
        let start = reader.position
        let value = try read(&reader, body, depth: depth + 1)
        members.append(Member(name: name, value: value, bytes: Array(body[start..<reader.position])))
      }
      return .object(members)
    }
  }
}

/// Takes the members of a request's object one by one; what nobody has taken was not known.
struct AdminFields {
  private var members: [AdminJSON.Member]

  /// - Throws: if the body is not an object in JSON. An empty body is an object without members.
  init(_ body: [UInt8]) throws(AdminFault) {
    if body.isEmpty {
      members = []
      return
    }
    guard case .object(let members)? = AdminJSON(body) else {
      throw .badRequest("the body is not a JSON object")
    }
    self.members = members
  }

  private mutating func take(_ name: String) -> AdminJSON.Member? {
    guard let position = members.lastIndex(where: { $0.name == name }) else { return nil }
    let member = members[position]
    members.removeAll { $0.name == name }
    if case .null = member.value { return nil }
    return member
  }

  mutating func string(_ name: String) throws(AdminFault) -> String? {
    guard let member = take(name) else { return nil }
    guard case .string(let text) = member.value else { throw .badRequest("\(name) must be a string") }
    return text
  }

  mutating func bool(_ name: String) throws(AdminFault) -> Bool? {
    guard let member = take(name) else { return nil }
    guard case .bool(let value) = member.value else { throw .badRequest("\(name) must be true or false") }
    return value
  }

  mutating func number(_ name: String) throws(AdminFault) -> Double? {
    guard let member = take(name) else { return nil }
    guard case .number(let value) = member.value, value.isFinite else {
      throw .badRequest("\(name) must be a number")
    }
    return value
  }

  mutating func integer(_ name: String) throws(AdminFault) -> Int? {
    guard let value = try number(name) else { return nil }
    guard let integer = Int(exactly: value) else { throw .badRequest("\(name) must be a whole number") }
    return integer
  }

  mutating func strings(_ name: String) throws(AdminFault) -> [String]? {
    guard let member = take(name) else { return nil }
    guard case .array(let elements) = member.value else {
      throw .badRequest("\(name) must be a list of strings")
    }
    var strings: [String] = []
    for element in elements {
      guard case .string(let text) = element else { throw .badRequest("\(name) must be a list of strings") }
      strings.append(text)
    }
    return strings
  }

  /// The bytes of a member's value.
  mutating func bytes(_ name: String) -> [UInt8]? { take(name)?.bytes }

  /// Refuses members that nobody has taken.
  func finish() throws(AdminFault) {
    if let member = members.first { throw .badRequest("\(member.name) is not known here") }
  }
}

extension JSONWriter {
  mutating func member(_ name: StaticString, _ text: String?) {
    guard let text else { return }
    self.name(name)
    string(text)
  }

  mutating func member(_ name: StaticString, _ value: Int?) {
    guard let value else { return }
    self.name(name)
    integer(value)
  }

  mutating func member(_ name: StaticString, _ value: Bool) {
    self.name(name)
    bool(value)
  }

  mutating func member(_ name: StaticString, _ value: Double) {
    self.name(name)
    double(value)
  }
}
