import DynamoExpressions
import DynamoModel

/// Random items, paths and values that have a fair chance of meeting.
struct RandomExpressions {
  enum Step: Hashable {
    case name(String)
    case index(Int)
  }

  static let topLevelNames = ["a", "b", "c", "dd", "e_1", "zz"]
  static let entryNames = ["x", "y", "zed"]

  var random: RandomSource
  /// The values placeholders stand for; `:v3` is the fourth.
  private(set) var values: [AttributeValue] = []
  /// The names behind `#n0` and so on.
  private(set) var names: [String] = []

  init(seed: UInt64) {
    random = RandomSource(seed: seed)
  }

  mutating func forgetPlaceholders() {
    values = []
    names = []
  }

  var placeholders: ExpressionPlaceholders {
    get throws {
      let named = Dictionary(uniqueKeysWithValues: names.enumerated().map { ("#n\($0.offset)", $0.element) })
      let valued = try values.enumerated().map { (":v\($0.offset)", try EncodedValue($0.element)) }
      return try ExpressionPlaceholders(
        names: named.isEmpty ? nil : named,
        values: valued.isEmpty ? nil : Dictionary(uniqueKeysWithValues: valued))
    }
  }
}

// MARK: - Values

extension RandomExpressions {
  mutating func item() -> [String: AttributeValue] {
    var item: [String: AttributeValue] = [:]
    for name in Self.topLevelNames where random.chance(2, in: 3) { item[name] = value(depth: 0) }
    return item
  }

  mutating func value(depth: Int) -> AttributeValue {
    switch random.below(depth < 3 ? 14 : 8) {
    case 0, 1: return .number(number())
    case 2, 3: return .string(random.pick(["", "a", "ab", "abc", "b", "é𝄞", "xaby"]))
    case 4: return .binary(random.pick([[], [0], [0, 1], [255], [97, 98]]))
    case 5: return .bool(random.chance(1, in: 2))
    case 6: return .null
    case 7: return set()
    case 8, 9, 10:
      return .list((0..<random.below(4)).map { _ in value(depth: depth + 1) })
    default:
      var entries: [String: AttributeValue] = [:]
      for name in Self.entryNames where random.chance(2, in: 3) { entries[name] = value(depth: depth + 1) }
      return .map(entries)
    }
  }

  mutating func number() -> DynamoNumber {
    let text = random.pick(["0", "1", "2", "-1", "3", "0.5", "1.50", "1e20", "-3e-7", "99", "100"])
    return try! DynamoNumber(text: text)
  }

  mutating func set() -> AttributeValue {
    switch random.below(3) {
    case 0: .stringSet(subset(["a", "ab", "b", "c"]))
    case 1: .numberSet(subset([0, 1, 2, -1]))
    default: .binarySet(subset([[0], [0, 1], [97, 98]]))
    }
  }

  /// Some of the elements, at least one.
  private mutating func subset<Element>(_ elements: [Element]) -> [Element] {
    let kept = elements.filter { _ in random.chance(1, in: 2) }
    return kept.isEmpty ? [random.pick(elements)] : kept
  }
}

// MARK: - Text

extension RandomExpressions {
  mutating func path() -> [Step] {
    var path: [Step] = [.name(random.pick(Self.topLevelNames))]
    while path.count < 4, random.chance(2, in: 5) {
      path.append(
        random.chance(1, in: 2) ? .index(random.below(4)) : .name(random.pick(Self.entryNames)))
    }
    return path
  }

  /// A path as an expression has it, some names behind placeholders.
  mutating func text(_ path: [Step]) -> String {
    var text = ""
    for (position, step) in path.enumerated() {
      switch step {
      case .index(let index):
        text += space() + "[" + space() + "\(index)" + space() + "]"
      case .name(let name):
        text += (position == 0 ? "" : space() + "." + space()) + placeholderOrName(name)
      }
    }
    return text
  }

  private mutating func placeholderOrName(_ name: String) -> String {
    guard random.chance(1, in: 3) else { return name }
    if !names.contains(name) { names.append(name) }
    return "#n\(names.firstIndex(of: name)!)"
  }

  /// A placeholder for a value.
  mutating func placeholder(for value: AttributeValue) -> String {
    values.append(value)
    return ":v\(values.count - 1)"
  }

  /// Nothing, mostly, or white space.
  mutating func space() -> String {
    random.chance(1, in: 8) ? random.pick([" ", "\n", "\t ", "\r\n"]) : ""
  }

  /// A keyword in some case.
  mutating func keyword(_ word: String) -> String {
    random.chance(1, in: 2)
      ? word : random.chance(1, in: 2) ? word.lowercased() : word.prefix(1) + word.dropFirst().lowercased()
  }
}

extension AttributeValue {
  /// What a path leads to in an item of trees.
  static func value(
    at path: some Collection<RandomExpressions.Step>, in item: [String: AttributeValue]
  ) -> AttributeValue? {
    AttributeValue.map(item).value(at: path)
  }

  func value(at path: some Collection<RandomExpressions.Step>) -> AttributeValue? {
    guard let step = path.first else { return self }
    switch (self, step) {
    case (.map(let entries), .name(let name)): return entries[name]?.value(at: path.dropFirst())
    case (.list(let values), .index(let index)) where index < values.count:
      return values[index].value(at: path.dropFirst())
    default: return nil
    }
  }
}
