import DynamoModel

/// Makes values of literals.
///
/// Errors name where in the value they are, `root` being the value itself: `root.name[2]`.
struct LiteralEncoder: ~Copyable {
  private var builder = ItemBuilder(capacityBytes: 256)

  /// The value that a literal writes.
  static func encode(_ node: SyntaxNode) throws(StatementError) -> EncodedValue {
    var encoder = LiteralEncoder()
    try encoder.write(node, "root", level: 1)
    do throws(ItemError) {
      return try encoder.builder.finishValue()
    } catch {
      throw StatementError(error.message)
    }
  }

  private mutating func write(_ node: SyntaxNode, _ path: String, level: Int) throws(StatementError) {
    guard level <= ModelLimits.nestingLevelsMax else {
      throw StatementError("Nesting Levels have exceeded supported limits under \(path)")
    }
    switch node {
    case .string(let text, _):
      try put(path) { builder throws(ItemError) in try builder.string(text) }
    case .number(let text, _):
      try put(path) { builder throws(ItemError) in try builder.number(text: text) }
    case .bool(let value, _):
      try put(path) { builder throws(ItemError) in try builder.bool(value) }
    case .null:
      try put(path) { builder throws(ItemError) in try builder.null() }
    case .list(let items, _): try writeList(items, path, level)
    case .map(let entries, _): try writeMap(entries, path, level)
    case .bag(let items, _): try writeBag(items, path)
    default: throw LiteralEncoder.refusal(of: node, path)
    }
  }

  private mutating func put(
    _ path: String, _ body: (inout ItemBuilder) throws(ItemError) -> Void
  ) throws(StatementError) {
    do throws(ItemError) {
      try body(&builder)
    } catch {
      throw StatementError("\(error.message) under \(path)")
    }
  }

  private mutating func writeList(_ items: [SyntaxNode], _ path: String, _ level: Int) throws(StatementError)
  {
    try put(path) { builder throws(ItemError) in try builder.beginList() }
    for (index, item) in items.enumerated() { try write(item, "\(path)[\(index)]", level: level + 1) }
    try put(path) { builder throws(ItemError) in try builder.endList() }
  }

  private mutating func writeMap(
    _ entries: [(key: SyntaxNode, value: SyntaxNode)], _ path: String, _ level: Int
  ) throws(StatementError) {
    try put(path) { builder throws(ItemError) in try builder.beginMap() }
    for (name, value) in try LiteralEncoder.named(entries, path) {
      try put(path) { builder throws(ItemError) in try builder.name(name) }
      try write(value, "\(path).\(name)", level: level + 1)
    }
    try put(path) { builder throws(ItemError) in try builder.endMap() }
  }

  /// The entries of a map with their keys as names.
  static func named(
    _ entries: [(key: SyntaxNode, value: SyntaxNode)], _ path: String
  ) throws(StatementError) -> [(name: String, value: SyntaxNode)] {
    var seen: Set<[UInt8]> = []
    var named: [(name: String, value: SyntaxNode)] = []
    for (key, value) in entries {
      guard case .string(let name, _) = key else {
        throw StatementError("Tuple keys must be of type String. Actual type: \(key.typeName) under \(path)")
      }
      guard seen.insert(Array(name.utf8)).inserted else {
        throw StatementError("Duplicate keys in tuple. Key: \(name) under \(path)")
      }
      named.append((name, value))
    }
    return named
  }

  private mutating func writeBag(_ items: [SyntaxNode], _ path: String) throws(StatementError) {
    guard let first = items.first else { throw StatementError("Empty bags are not supported") }
    let isNumbers: Bool
    switch first {
    case .number: isNumbers = true
    case .string: isNumbers = false
    default: throw LiteralEncoder.unsupportedBag
    }
    try put(path) { builder throws(ItemError) in
      try builder.beginSet(of: isNumbers ? .numberSet : .stringSet)
    }
    for item in items {
      switch item {
      case .number where isNumbers, .string where !isNumbers: try write(item, path, level: 1)
      default: throw LiteralEncoder.unsupportedBag
      }
    }
    do throws(ItemError) {
      try builder.endSet()
    } catch .duplicateSetElement(.numberSet, _) {
      let texts = items.map { if case .number(let text, _) = $0 { text } else { "" } }
      throw StatementError(
        "One or more parameter values were invalid: Input collection [\(texts.joined(separator: ", "))] "
          + "contains duplicates! under \(path)")
    } catch {
      throw StatementError(error.message)
    }
  }

  private static let unsupportedBag = StatementError(
    "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags")

  /// Why something that is no literal can't be where only a literal can.
  private static func refusal(of node: SyntaxNode, _ path: String) -> StatementError {
    if case .missing = node { return Refusals.misplacedMissing }
    return .at(node.span, "Unsupported data type: \(node.typeName) under key \(path)")
  }
}

extension SyntaxNode {
  /// What errors call this: a type, or what it is instead of one.
  var typeName: String {
    switch self {
    case .path(let path): path.steps.count == 1 ? "VariableReference" : "Path"
    case .string: "String"
    case .number: "Number"
    case .bool: "Boolean"
    case .null: "Null"
    case .missing: "Missing"
    case .parameter: "Parameter"
    case .list: "List"
    case .bag: "Bag"
    case .map: "Struct"
    case .call(let name, _, _): name
    default: "Expression"
    }
  }
}
