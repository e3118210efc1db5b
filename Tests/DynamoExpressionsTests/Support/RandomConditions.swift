import DynamoModel

/// A condition as a tree of its own, which prints itself and knows naively whether it holds.
indirect enum RandomCondition {
  enum Operand {
    case path([RandomExpressions.Step])
    case value(AttributeValue)
    case size(of: [RandomExpressions.Step])
  }

  case comparison(String, Operand, Operand)
  case between(Operand, Operand, Operand)
  case membership(Operand, [Operand])
  case exists([RandomExpressions.Step])
  case missing([RandomExpressions.Step])
  case type([RandomExpressions.Step], String)
  case beginsWith(Operand, Operand)
  case contains(Operand, Operand)
  case not(RandomCondition)
  case and(RandomCondition, RandomCondition)
  case or(RandomCondition, RandomCondition)
}

// MARK: - Generation and text

extension RandomExpressions {
  mutating func condition(depth: Int = 0) -> RandomCondition {
    switch random.below(depth < 4 ? 14 : 9) {
    case 0, 1, 2:
      return .comparison(random.pick(["=", "<>", "<", "<=", ">", ">="]), operand(), operand())
    case 3: return .between(operand(), operand(), operand())
    case 4: return .membership(operand(), (0...random.below(4)).map { _ in operand() })
    case 5: return random.chance(1, in: 2) ? .exists(path()) : .missing(path())
    case 6: return .type(path(), random.pick(["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"]))
    case 7:
      return .beginsWith(.path(path()), .value(random.pick(["", "a", "ab", .binary([0]), .binary([])])))
    case 8: return .contains(.path(path()), operand())
    case 9: return .not(condition(depth: depth + 1))
    case 10, 11: return .and(condition(depth: depth + 1), condition(depth: depth + 1))
    default: return .or(condition(depth: depth + 1), condition(depth: depth + 1))
    }
  }

  private mutating func operand() -> RandomCondition.Operand {
    switch random.below(6) {
    case 0, 1, 2: .path(path())
    case 3, 4: .value(value(depth: 2))
    default: .size(of: path())
    }
  }

  /// Precedences: OR 0, AND 1, NOT 2, everything else 3. Parentheses stand where they must, and sometimes besides.
  mutating func text(_ condition: RandomCondition, within precedence: Int = 0, isGrouped: Bool = false)
    -> String
  {
    let own: Int
    let body: String
    switch condition {
    case .or(let left, let right):
      own = 0
      body = text(left, within: 0) + " " + keyword("OR") + " " + text(right, within: 1)
    case .and(let left, let right):
      own = 1
      body = text(left, within: 1) + " " + keyword("AND") + " " + text(right, within: 2)
    case .not(let operand):
      own = 2
      body = keyword("NOT") + " " + text(operand, within: 2)
    default:
      own = 3
      body = tightText(condition)
    }
    guard own < precedence || (!isGrouped && random.chance(1, in: 10)) else { return body }
    return "(" + space() + body + space() + ")"
  }

  private mutating func tightText(_ condition: RandomCondition) -> String {
    switch condition {
    case .comparison(let symbol, let left, let right):
      return text(left) + space() + symbol + space() + text(right)
    case .between(let operand, let lower, let upper):
      return "\(text(operand)) \(keyword("BETWEEN")) \(text(lower)) \(keyword("AND")) \(text(upper))"
    case .membership(let operand, let listed):
      var list: [String] = []
      for operand in listed { list.append(text(operand)) }
      return text(operand) + " " + keyword("IN") + space() + "(" + list.joined(separator: "," + space()) + ")"
    case .exists(let path): return "attribute_exists" + space() + "(" + text(path) + ")"
    case .missing(let path): return "attribute_not_exists(" + text(path) + space() + ")"
    case .type(let path, let name):
      return "attribute_type(\(text(path)), \(placeholder(for: .string(name))))"
    case .beginsWith(let operand, let prefix): return "begins_with(\(text(operand)), \(text(prefix)))"
    case .contains(let operand, let part): return "contains(\(text(operand)),\(text(part)))"
    case .not, .and, .or: return ""
    }
  }

  private mutating func text(_ operand: RandomCondition.Operand) -> String {
    let body =
      switch operand {
      case .path(let path): text(path)
      case .value(let value): placeholder(for: value)
      case .size(let path): "size(" + text(path) + ")"
      }
    return random.chance(1, in: 12) ? "(\(body))" : body
  }
}

// MARK: - The naive evaluator

extension RandomCondition {
  func holds(for item: [String: AttributeValue]) -> Bool {
    switch self {
    case .comparison(let symbol, let left, let right):
      return Self.compare(left.value(in: item), symbol, right.value(in: item))
    case .between(let operand, let lower, let upper):
      let value = operand.value(in: item)
      return Self.compare(value, ">=", lower.value(in: item))
        && Self.compare(value, "<=", upper.value(in: item))
    case .membership(let operand, let listed):
      let value = operand.value(in: item)
      return listed.contains { Self.compare(value, "=", $0.value(in: item)) }
    case .exists(let path): return AttributeValue.value(at: path, in: item) != nil
    case .missing(let path): return AttributeValue.value(at: path, in: item) == nil
    case .type(let path, let name): return AttributeValue.value(at: path, in: item)?.type.descriptor == name
    case .beginsWith(let operand, let prefix):
      return Self.begins(operand.value(in: item), prefix.value(in: item))
    case .contains(let operand, let part):
      return Self.contains(operand.value(in: item), part.value(in: item))
    case .not(let operand): return !operand.holds(for: item)
    case .and(let left, let right): return left.holds(for: item) && right.holds(for: item)
    case .or(let left, let right): return left.holds(for: item) || right.holds(for: item)
    }
  }

  private static func compare(_ left: AttributeValue?, _ symbol: String, _ right: AttributeValue?) -> Bool {
    guard let left, let right else { return symbol == "<>" }
    if symbol == "=" { return left == right }
    if symbol == "<>" { return left != right }
    let order: Int
    switch (left, right) {
    case (.number(let a), .number(let b)): order = a == b ? 0 : a < b ? -1 : 1
    case (.string(let a), .string(let b)): order = Self.order(Array(a.utf8), Array(b.utf8))
    case (.binary(let a), .binary(let b)): order = Self.order(a, b)
    default: return false
    }
    return switch symbol {
    case "<": order < 0
    case "<=": order <= 0
    case ">": order > 0
    default: order >= 0
    }
  }

  private static func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
    left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
  }

  private static func begins(_ value: AttributeValue?, _ prefix: AttributeValue?) -> Bool {
    switch (value, prefix) {
    case (.string(let text), .string(let prefix)): text.utf8.starts(with: prefix.utf8)
    case (.binary(let bytes), .binary(let prefix)): bytes.starts(with: prefix)
    default: false
    }
  }

  private static func contains(_ value: AttributeValue?, _ part: AttributeValue?) -> Bool {
    guard let value, let part else { return false }
    switch (value, part) {
    case (.string(let text), .string(let part)): return holds(Array(text.utf8), Array(part.utf8))
    case (.binary(let bytes), .binary(let part)): return holds(bytes, part)
    case (.stringSet(let elements), .string(let element)): return elements.contains(element)
    case (.numberSet(let elements), .number(let element)): return elements.contains(element)
    case (.binarySet(let elements), .binary(let element)): return elements.contains(element)
    case (.list(let elements), _): return elements.contains(part)
    default: return false
    }
  }

  static func holds(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    part.isEmpty || bytes.indices.contains { bytes[$0...].starts(with: part) }
  }
}

extension RandomCondition.Operand {
  fileprivate func value(in item: [String: AttributeValue]) -> AttributeValue? {
    switch self {
    case .path(let path): return AttributeValue.value(at: path, in: item)
    case .value(let value): return value
    case .size(let path):
      switch AttributeValue.value(at: path, in: item) {
      case .string(let text): return .number(DynamoNumber(text.utf16.count))
      case .binary(let bytes): return .number(DynamoNumber(bytes.count))
      case .list(let values): return .number(DynamoNumber(values.count))
      case .map(let entries): return .number(DynamoNumber(entries.count))
      case .stringSet(let elements): return .number(DynamoNumber(elements.count))
      case .numberSet(let elements): return .number(DynamoNumber(elements.count))
      case .binarySet(let elements): return .number(DynamoNumber(elements.count))
      default: return nil
      }
    }
  }
}
