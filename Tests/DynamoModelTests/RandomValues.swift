import DynamoModel

/// Random numbers that are the same for the same seed, everywhere: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension SeededGenerator {
  mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &self) == 0 }

  /// The text of a number in range, in one of the many ways to write it.
  mutating func numberText() -> String {
    if chance(30) { return ["0", "-0", "0.000", "+0e5", "00"].randomElement(using: &self)! }
    let length = chance(3) ? Int.random(in: 1...38, using: &self) : Int.random(in: 1...6, using: &self)
    var digits = (0..<length).map { _ in Int.random(in: 0...9, using: &self) }
    digits[0] = Int.random(in: 1...9, using: &self)
    let leading = chance(3) ? Int.random(in: -130...125, using: &self) : Int.random(in: -3...12, using: &self)
    return write(digits, leading: leading)
  }

  /// Writes digits whose first stands for a power of ten: the point anywhere, the exponent making up for it.
  private mutating func write(_ digits: [Int], leading: Int) -> String {
    let point = Int.random(in: 0...digits.count, using: &self)
    var text = ["", "-", "+", "-"].randomElement(using: &self)!
    if chance(4) { text += "00" }
    text += digits[..<point].map(String.init).joined()
    if point < digits.count || chance(4) {
      if point == 0, chance(2) { text += "0" }
      text += "." + digits[point...].map(String.init).joined()
      if chance(4) { text += "000" }
    }
    let exponent = leading - point + 1
    if exponent != 0 || chance(4) {
      text += chance(2) ? "e" : "E"
      if exponent >= 0, chance(2) { text += "+" }
      text += String(exponent)
    }
    return text
  }

  mutating func number() -> DynamoNumber {
    do { return try DynamoNumber(text: numberText()) } catch { fatalError("a number in range: \(error)") }
  }

  mutating func bytes(upTo limit: Int) -> [UInt8] {
    // Zeros and FFs are what encodings trip over.
    (0..<Int.random(in: 0...limit, using: &self)).map { _ in
      chance(4) ? [0, 1, 0xFE, 0xFF].randomElement(using: &self)! : UInt8.random(in: 0...255, using: &self)
    }
  }

  mutating func string(upTo limit: Int) -> String {
    let letters: [Character] = ["a", "b", "z", "\0", "\u{1}", "é", "日", "😀", " ", "\""]
    return String(
      (0..<Int.random(in: 0...limit, using: &self)).map { _ in letters.randomElement(using: &self)! })
  }

  /// A value that can be encoded, nesting at most `depth` levels more.
  mutating func value(depth: Int = 4) -> AttributeValue {
    switch Int.random(in: 0..<(depth > 1 ? 12 : 8), using: &self) {
    case 0, 1: return .string(string(upTo: 12))
    case 2: return .number(number())
    case 3: return .binary(bytes(upTo: 12))
    case 4: return .bool(Bool.random(using: &self))
    case 5: return .null
    case 6: return .stringSet(unique(1...5) { $0.string(upTo: 6) })
    case 7:
      return chance(2)
        ? .numberSet(unique(1...5) { $0.number() }) : .binarySet(unique(1...5) { $0.bytes(upTo: 6) })
    case 8, 9: return .list((0..<Int.random(in: 0...5, using: &self)).map { _ in value(depth: depth - 1) })
    default: return .map(attributes(upTo: 6, depth: depth - 1))
    }
  }

  mutating func attributes(upTo limit: Int, depth: Int = 4) -> [String: AttributeValue] {
    var attributes: [String: AttributeValue] = [:]
    for _ in 0..<Int.random(in: 0...limit, using: &self) {
      attributes[string(upTo: 10)] = value(depth: depth)
    }
    return attributes
  }

  private mutating func unique<Element: Hashable>(
    _ counts: ClosedRange<Int>, _ make: (inout SeededGenerator) -> Element
  ) -> [Element] {
    var seen: Set<Element> = []
    let count = Int.random(in: counts, using: &self)
    while seen.count < count { seen.insert(make(&self)) }
    return seen.shuffled(using: &self)
  }
}

/// Orders two values of one scalar type as their views do.
func order(_ left: EncodedValue, _ right: EncodedValue) -> Int? {
  left.view.order(comparedTo: right.view)
}

func order(_ left: AttributeValue, _ right: AttributeValue) throws -> Int? {
  order(try EncodedValue(left), try EncodedValue(right))
}

/// Whether two values are the same as their views say.
func isEqual(_ left: EncodedValue, _ right: EncodedValue) -> Bool {
  left.view == right.view
}
