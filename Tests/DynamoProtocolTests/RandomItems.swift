import DynamoModel

/// Random items for property tests: all ten types, nested, with text that needs escapes.
struct RandomItems {
  var generator: SeededGenerator

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
  }

  mutating func item() throws(ItemError) -> Item {
    var attributes: [String: AttributeValue] = [:]
    for _ in 0..<below(8) { attributes[text(12)] = value(depth: 0) }
    return try Item(attributes)
  }

  private mutating func below(_ bound: Int) -> Int {
    Int.random(in: 0..<bound, using: &generator)
  }

  private mutating func text(_ lengthMax: Int) -> String {
    let alphabet = Array("abcXYZ09 \"\\/\n\t\u{0}\u{1F}\u{7F}éßñ漢字😀\u{FFFF}\u{10FFFF}")
    return String((0..<below(lengthMax)).map { _ in alphabet[below(alphabet.count)] })
  }

  private mutating func bytes() -> [UInt8] {
    (0..<below(20)).map { _ in UInt8(below(256)) }
  }

  private mutating func number() -> DynamoNumber {
    let digits = (0...below(38)).map { _ in String(below(10)) }.joined()
    let exponent = below(120) - 60
    let text = "\(below(2) == 0 ? "-" : "")\(digits)e\(exponent)"
    return (try? DynamoNumber(text: text)) ?? 0
  }

  private mutating func value(depth: Int) -> AttributeValue {
    switch below(depth < 4 ? 10 : 8) {
    case 0: return .string(text(30))
    case 1: return .number(number())
    case 2: return .binary(bytes())
    case 3: return .bool(below(2) == 0)
    case 4: return .null
    case 5: return .stringSet(Array(Set((0...below(5)).map { _ in text(10) })))
    case 6: return .numberSet(Array(Set((0...below(5)).map { _ in number() })))
    case 7: return .binarySet(Array(Set((0...below(5)).map { _ in bytes() })))
    case 8: return .list((0..<below(5)).map { _ in value(depth: depth + 1) })
    default:
      var entries: [String: AttributeValue] = [:]
      for _ in 0..<below(5) { entries[text(8)] = value(depth: depth + 1) }
      return .map(entries)
    }
  }
}
