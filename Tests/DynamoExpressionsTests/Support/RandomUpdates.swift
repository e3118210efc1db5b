import DynamoModel

/// An update as a list of actions, which prints itself and knows naively what it does.
struct RandomUpdate {
  enum Value {
    case path([RandomExpressions.Step])
    case value(AttributeValue)
    indirect case ifNotExists([RandomExpressions.Step], Value)
    indirect case listAppend(Value, Value)
    indirect case sum(Value, Value)
    indirect case difference(Value, Value)
  }

  enum Action {
    case set([RandomExpressions.Step], Value)
    case remove([RandomExpressions.Step])
    case add([RandomExpressions.Step], AttributeValue)
    case delete([RandomExpressions.Step], AttributeValue)

    var path: [RandomExpressions.Step] {
      switch self {
      case .set(let path, _), .remove(let path), .add(let path, _), .delete(let path, _): path
      }
    }
  }

  var actions: [Action]
}

// MARK: - Generation and text

extension RandomExpressions {
  mutating func update() -> RandomUpdate {
    RandomUpdate(
      actions: (0...random.below(5)).map { _ in
        switch random.below(6) {
        case 0, 1, 2: .set(path(), updateValue())
        case 3: .remove(path())
        case 4: .add(path(), random.chance(1, in: 2) ? .number(number()) : set())
        default: .delete(path(), set())
        }
      })
  }

  private mutating func updateValue() -> RandomUpdate.Value {
    switch random.below(8) {
    case 0, 1: .sum(operand(), operand())
    case 2: .difference(operand(), operand())
    default: operand()
    }
  }

  private mutating func operand() -> RandomUpdate.Value {
    switch random.below(10) {
    case 0, 1, 2: .path(path())
    case 3, 4: .value(value(depth: 2))
    case 5: .value(.number(number()))
    case 6, 7: .ifNotExists(path(), operand())
    default: .listAppend(operand(), operand())
    }
  }

  mutating func text(_ update: RandomUpdate) -> String {
    var sections: [String: [String]] = [:]
    for action in update.actions {
      switch action {
      case .set(let path, let value):
        sections["SET", default: []].append(text(path) + space() + "=" + space() + text(value))
      case .remove(let path): sections["REMOVE", default: []].append(text(path))
      case .add(let path, let value):
        sections["ADD", default: []].append("\(text(path)) \(placeholder(for: value))")
      case .delete(let path, let value):
        sections["DELETE", default: []].append("\(text(path)) \(placeholder(for: value))")
      }
    }
    var parts: [String] = []
    for (verb, actions) in sections.sorted(by: { $0.key < $1.key }) {
      parts.append(keyword(verb) + " " + actions.joined(separator: "," + space()))
    }
    return parts.joined(separator: " ")
  }

  private mutating func text(_ value: RandomUpdate.Value) -> String {
    switch value {
    case .path(let path): return text(path)
    case .value(let value): return placeholder(for: value)
    case .ifNotExists(let path, let other): return "if_not_exists(\(text(path)), \(text(other)))"
    case .listAppend(let first, let second): return "list_append(\(text(first)),\(text(second)))"
    case .sum(let left, let right): return "\(text(left)) + \(text(right))"
    case .difference(let left, let right): return "\(text(left))-\(text(right))"
    }
  }
}

// MARK: - The naive update

extension RandomUpdate {
  enum Failure: Error, Equatable { case missingAttribute, operandType, invalidPath, number }

  /// What the update leaves of an item. Values are worked out from the item as it was; within one list, indices
  /// are those of the list as it was.
  func applied(to item: [String: AttributeValue]) throws -> [String: AttributeValue] {
    var edits: [(path: [RandomExpressions.Step], value: AttributeValue?)] = []
    for action in actions {
      let old = AttributeValue.value(at: action.path, in: item)
      switch action {
      case .set(let path, let value): edits.append((path, try value.evaluated(item)))
      case .remove(let path): edits.append((path, nil))
      case .add(let path, let value): edits.append((path, try Self.sum(old, value)))
      case .delete(let path, let value): edits.append((path, try Self.difference(old, value)))
      }
    }
    guard case .map(let result) = try Self.edited(.map(item), edits) else { return [:] }
    return result
  }

  private static func edited(
    _ value: AttributeValue, _ edits: [(path: [RandomExpressions.Step], value: AttributeValue?)]
  ) throws -> AttributeValue? {
    if edits.count == 1, edits[0].path.isEmpty { return edits[0].value }
    let groups = Dictionary(grouping: edits) { $0.path[0] }
      .mapValues { $0.map { (path: Array($0.path.dropFirst()), value: $0.value) } }
    switch value {
    case .map(var entries):
      for (step, group) in groups {
        guard case .name(let name) = step else { throw Failure.invalidPath }
        entries[name] = try child(entries[name], group)
      }
      return .map(entries)
    case .list(let elements):
      var result: [AttributeValue] = []
      for (index, element) in elements.enumerated() {
        let group = groups[.index(index)]
        if let kept = try group.map({ try child(element, $0) }) ?? element { result.append(kept) }
      }
      let beyond = try groups.keys.map { step in
        guard case .index(let index) = step else { throw Failure.invalidPath }
        return index
      }.filter { $0 >= elements.count }.sorted()
      for index in beyond {
        if let added = try child(nil, groups[.index(index)]!) { result.append(added) }
      }
      return .list(result)
    default:
      throw Failure.invalidPath
    }
  }

  private static func child(
    _ old: AttributeValue?, _ edits: [(path: [RandomExpressions.Step], value: AttributeValue?)]
  ) throws -> AttributeValue? {
    if edits.count == 1, edits[0].path.isEmpty { return edits[0].value }
    guard let old else { throw Failure.invalidPath }
    return try edited(old, edits)
  }

  private static func sum(_ old: AttributeValue?, _ added: AttributeValue) throws -> AttributeValue {
    guard let old else { return added }
    switch (old, added) {
    case (.number(let a), .number(let b)): return .number(try number { try a.adding(b) })
    case (.stringSet(let a), .stringSet(let b)): return .stringSet(a + b.filter { !a.contains($0) })
    case (.numberSet(let a), .numberSet(let b)): return .numberSet(a + b.filter { !a.contains($0) })
    case (.binarySet(let a), .binarySet(let b)): return .binarySet(a + b.filter { !a.contains($0) })
    default: throw Failure.operandType
    }
  }

  private static func difference(_ old: AttributeValue?, _ removed: AttributeValue) throws -> AttributeValue?
  {
    guard let old else { return nil }
    switch (old, removed) {
    case (.stringSet(let a), .stringSet(let b)):
      let rest = a.filter { !b.contains($0) }
      return rest.isEmpty ? nil : .stringSet(rest)
    case (.numberSet(let a), .numberSet(let b)):
      let rest = a.filter { !b.contains($0) }
      return rest.isEmpty ? nil : .numberSet(rest)
    case (.binarySet(let a), .binarySet(let b)):
      let rest = a.filter { !b.contains($0) }
      return rest.isEmpty ? nil : .binarySet(rest)
    default: throw Failure.operandType
    }
  }

  static func number(_ body: () throws -> DynamoNumber) throws -> DynamoNumber {
    do { return try body() } catch is NumberError { throw Failure.number }
  }
}

extension RandomUpdate.Value {
  func evaluated(_ item: [String: AttributeValue]) throws -> AttributeValue {
    switch self {
    case .path(let path):
      guard let value = AttributeValue.value(at: path, in: item) else {
        throw RandomUpdate.Failure.missingAttribute
      }
      return value
    case .value(let value): return value
    case .ifNotExists(let path, let other):
      return try AttributeValue.value(at: path, in: item) ?? other.evaluated(item)
    case .listAppend(let first, let second):
      guard case .list(let a) = try first.evaluated(item) else { throw RandomUpdate.Failure.operandType }
      guard case .list(let b) = try second.evaluated(item) else { throw RandomUpdate.Failure.operandType }
      return .list(a + b)
    case .sum(let left, let right):
      let (a, b) = (try left.number(item), try right.number(item))
      return .number(try RandomUpdate.number { try a.adding(b) })
    case .difference(let left, let right):
      let (a, b) = (try left.number(item), try right.number(item))
      return .number(try RandomUpdate.number { try a.subtracting(b) })
    }
  }

  private func number(_ item: [String: AttributeValue]) throws -> DynamoNumber {
    guard case .number(let number) = try evaluated(item) else { throw RandomUpdate.Failure.operandType }
    return number
  }
}
