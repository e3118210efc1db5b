import Flywheel

/// The attribute values of a row's JSON text, as a peer reads and writes them that keeps its items so: a small codec by hand,
/// since Foundation's costs several times as much and would flatter whatever it is compared with.
struct PeerJSON {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  /// The item that a text is of.
  static func item(_ bytes: UnsafeBufferPointer<UInt8>) -> [String: AttributeValue] {
    var reader = PeerJSON(bytes: bytes)
    return reader.map(of: 9)
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ byte: UInt8) {
    if !take(byte) { fail("no \(Unicode.Scalar(byte)) at \(position) of a row's text") }
  }

  /// A map, which in an item here has so many entries.
  private mutating func map(of count: Int) -> [String: AttributeValue] {
    var map = [String: AttributeValue](minimumCapacity: count)
    expect(UInt8(ascii: "{"))
    if take(UInt8(ascii: "}")) { return map }
    repeat {
      let name = string()
      expect(UInt8(ascii: ":"))
      map[name] = value()
    } while take(UInt8(ascii: ","))
    expect(UInt8(ascii: "}"))
    return map
  }

  private mutating func value() -> AttributeValue {
    expect(UInt8(ascii: "{"))
    let type = string()
    expect(UInt8(ascii: ":"))
    let value: AttributeValue
    switch type {
    case "S": value = .string(string())
    case "N": value = .number(number())
    case "BOOL":
      let isTrue = bytes[position] == UInt8(ascii: "t")
      position += isTrue ? 4 : 5
      value = .bool(isTrue)
    case "M": value = .map(map(of: 2))
    case "L": value = .list(list())
    default: fail("no item here has a \(type)")
    }
    expect(UInt8(ascii: "}"))
    return value
  }

  private mutating func list() -> [AttributeValue] {
    var list: [AttributeValue] = []
    expect(UInt8(ascii: "["))
    if take(UInt8(ascii: "]")) { return list }
    repeat { list.append(value()) } while take(UInt8(ascii: ","))
    expect(UInt8(ascii: "]"))
    return list
  }

  private mutating func number() -> DynamoNumber {
    do { return try DynamoNumber(text: string()) } catch { fail("\(error)") }
  }

  /// No text here has an escape.
  private mutating func string() -> String {
    expect(UInt8(ascii: "\""))
    let start = position
    while bytes[position] != UInt8(ascii: "\"") { position += 1 }
    position += 1
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position - 1]), as: UTF8.self)
  }
}

extension PeerJSON {
  /// The text of an item, which has nothing to escape.
  static func text(_ item: [String: AttributeValue]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(1_024)
    append(item, to: &text)
    return text
  }

  private static func append(_ map: [String: AttributeValue], to text: inout [UInt8]) {
    var separator = "{"
    for (name, value) in map {
      text.append(contentsOf: separator.utf8)
      separator = ","
      append(quoted: name, to: &text)
      text.append(UInt8(ascii: ":"))
      append(value, to: &text)
    }
    text.append(contentsOf: (map.isEmpty ? "{}" : "}").utf8)
  }

  private static func append(_ value: AttributeValue, to text: inout [UInt8]) {
    switch value {
    case .string(let string):
      text.append(contentsOf: "{\"S\":".utf8)
      append(quoted: string, to: &text)
    case .number(let number):
      text.append(contentsOf: "{\"N\":".utf8)
      append(quoted: number.description, to: &text)
    case .bool(let bool): text.append(contentsOf: (bool ? "{\"BOOL\":true" : "{\"BOOL\":false").utf8)
    case .map(let map):
      text.append(contentsOf: "{\"M\":".utf8)
      append(map, to: &text)
    case .list(let list):
      text.append(contentsOf: "{\"L\":[".utf8)
      for (index, value) in list.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        append(value, to: &text)
      }
      text.append(UInt8(ascii: "]"))
    default: fail("no item here has such a value")
    }
    text.append(UInt8(ascii: "}"))
  }

  private static func append(quoted string: String, to text: inout [UInt8]) {
    text.append(UInt8(ascii: "\""))
    text.append(contentsOf: string.utf8)
    text.append(UInt8(ascii: "\""))
  }
}
