/// Prints a value of a request as the service's own classes print themselves, which is how its messages repeat
/// a list or a map that is too long or too short:
/// `[KeySchemaElement(attributeName=pk, keyType=HASH), …]`, `{Music=[WriteRequest(putRequest=…)]}`.
enum JavaDescription {
  /// How deep a value is followed; below that an ellipsis stands.
  private static let depthLevelsMax = 40

  /// - Parameter json: a value that has been read, so it is JSON.
  static func of(_ json: RawSpan, as shape: Shape) -> String {
    var reader = JSONReader(json)
    var text = ""
    do throws(SerializationFault) {
      try append(&reader, shape, depth: 0, to: &text)
    } catch {
      // What was read once reads again: the text has become too long.
      text += "..."
    }
    return text
  }

  @_lifetime(reader: copy reader)
  private static func append(
    _ reader: inout JSONReader, _ shape: Shape?, depth: Int, to text: inout String
  ) throws(SerializationFault) {
    if text.utf8.count >= RequestLimits.echoBytesMax { throw .malformed }
    guard depth < depthLevelsMax else {
      text += "..."
      return try reader.skipValue()
    }
    switch try reader.kind() {
    case .string: text += reader.text(of: try reader.readString()).prefix(RequestLimits.echoBytesMax)
    case .number: text += reader.text(of: try reader.readNumber())
    case .true:
      try reader.readLiteral("true")
      text += "true"
    case .false:
      try reader.readLiteral("false")
      text += "false"
    case .null:
      try reader.readLiteral("null")
      text += "null"
    case .array: try appendList(&reader, shape, depth: depth, to: &text)
    case .object: try appendObject(&reader, shape, depth: depth, to: &text)
    }
  }

  @_lifetime(reader: copy reader)
  private static func appendList(
    _ reader: inout JSONReader, _ shape: Shape?, depth: Int, to text: inout String
  ) throws(SerializationFault) {
    var element: Shape?
    if case .list(let shape) = shape { element = shape }
    var isFirst = true
    var isFirstPrinted = true
    reader.open()
    text += "["
    while try reader.nextElement(&isFirst) {
      if !isFirstPrinted { text += ", " }
      isFirstPrinted = false
      try append(&reader, element, depth: depth + 1, to: &text)
    }
    text += "]"
  }

  @_lifetime(reader: copy reader)
  private static func appendObject(
    _ reader: inout JSONReader, _ shape: Shape?, depth: Int, to text: inout String
  ) throws(SerializationFault) {
    switch shape {
    case .structure(let structure):
      let members = structure.members.map { Part($0.name, $0.pathName, $0.shape) }
      try appendParts(&reader, structure.name, members, depth: depth, to: &text)
    case .attributeValue:
      try appendParts(&reader, "AttributeValue", attributeValueParts, depth: depth, to: &text)
    case .map(let value):
      try appendMap(&reader, value, depth: depth, to: &text)
    default:
      try appendMap(&reader, nil, depth: depth, to: &text)
    }
  }

  @_lifetime(reader: copy reader)
  private static func appendMap(
    _ reader: inout JSONReader, _ value: Shape?, depth: Int, to text: inout String
  ) throws(SerializationFault) {
    var isFirst = true
    var isFirstPrinted = true
    reader.open()
    text += "{"
    while let name = try reader.nextName(&isFirst) {
      if !isFirstPrinted { text += ", " }
      isFirstPrinted = false
      text += reader.text(of: name)
      text += "="
      try append(&reader, value, depth: depth + 1, to: &text)
    }
    text += "}"
  }

  /// A part of a printed structure: its name on the wire (empty for one that the wire doesn't have), its
  /// printed name, its shape.
  private struct Part: Sendable {
    var name: String
    var printedName: String
    var shape: Shape?

    init(_ name: String, _ printedName: String, _ shape: Shape? = nil) {
      self.name = name
      self.printedName = printedName
      self.shape = shape
    }
  }

  /// The service's own class has more types than its API.
  private static let attributeValueParts: [Part] = [
    Part("S", "s"), Part("N", "n"), Part("B", "b"), Part("", "iNT"), Part("", "dECIMAL"), Part("", "dOUBLE"),
    Part("SS", "sS"), Part("NS", "nS"), Part("BS", "bS"), Part("", "iNTSET"), Part("", "dECIMALSET"),
    Part("", "dOUBLESET"), Part("M", "m", .map(.attributeValue)), Part("L", "l", .list(.attributeValue)),
    Part("NULL", "nULL"), Part("BOOL", "bOOL"),
  ]

  /// Prints all parts of a structure, in the order of its class; those that were not written are null.
  @_lifetime(reader: copy reader)
  private static func appendParts(
    _ reader: inout JSONReader, _ className: String, _ parts: [Part], depth: Int, to text: inout String
  ) throws(SerializationFault) {
    var values = [String](repeating: "null", count: parts.count)
    var isFirst = true
    reader.open()
    while let nameString = try reader.nextName(&isFirst) {
      let name = reader.text(of: nameString)
      guard let index = parts.firstIndex(where: { $0.name == name }) else {
        try reader.skipValue()
        continue
      }
      values[index] = ""
      try append(&reader, parts[index].shape, depth: depth + 1, to: &values[index])
    }
    text += className
    text += "("
    for (index, part) in parts.enumerated() {
      if index > 0 { text += ", " }
      text += part.printedName
      text += "="
      text += values[index]
    }
    text += ")"
  }
}
