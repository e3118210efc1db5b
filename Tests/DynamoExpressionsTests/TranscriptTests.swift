import DynamoExpressions
import DynamoModel
import Testing

/// Expressions against items, and what comes of them: `Tests/Fixtures/Expressions`.
@Suite struct TranscriptTests {
  @Test(arguments: [
    "condition-errors", "conditions", "projections", "update-errors", "updates", "key-conditions", "legacy",
    "placeholders",
  ])
  func transcript(_ name: String) throws {
    try Transcript.run(name) { block in
      do {
        return try answer(block)
      } catch let error as ExpressionError {
        return "error: \(error.message)"
      }
    }
  }

  private func answer(_ block: Transcript.Block) throws -> String {
    switch block.command {
    case "condition", "filter": try condition(block)
    case "projection": try projection(block)
    case "update": try update(block)
    case "key": try key(block)
    case "expected", "legacy-filter": try legacyCondition(block)
    case "attribute-updates": try attributeUpdates(block)
    case "key-conditions": try keyConditions(block)
    case "attributes-to-get": try attributesToGet(block)
    case "mix": try mix(block)
    default: "no such command"
    }
  }

  // MARK: - Expressions

  private func condition(_ block: Transcript.Block) throws -> String {
    var placeholders = try placeholders(block)
    let condition = try Condition(
      block.text("expr")!, as: block.command == "filter" ? .filter : .condition, placeholders: &placeholders)
    try placeholders.checkAllUsed()
    return try block.texts("item").map { "\(condition.matches(try item($0)))" }.joined(separator: " ")
  }

  private func projection(_ block: Transcript.Block) throws -> String {
    var placeholders = try placeholders(block)
    let projection = try Projection(block.text("expr")!, placeholders: &placeholders)
    try placeholders.checkAllUsed()
    return try block.texts("item").map { text(projection.project(try item($0))) }.joined(separator: "\n")
  }

  private func update(_ block: Transcript.Block) throws -> String {
    var placeholders = try placeholders(block)
    let update = try Update(block.text("expr")!, placeholders: &placeholders)
    if let condition = block.text("condition") { _ = try Condition(condition, placeholders: &placeholders) }
    try placeholders.checkAllUsed()
    try update.checkKeysUntouched(["pk"])
    return try apply(update, block)
  }

  private func apply(_ update: Update, _ block: Transcript.Block) throws -> String {
    try block.texts("item").map { text in
      let old = try item(text)
      let new = try update.apply(to: old)
      return """
        new: \(self.text(new))
        updated old: \(self.text(update.updatedPaths(of: old)))
        updated new: \(self.text(update.updatedPaths(of: new)))
        """
    }.joined(separator: "\n")
  }

  private func key(_ block: Transcript.Block) throws -> String {
    var placeholders = try placeholders(block)
    let condition = try KeyCondition(block.text("expr")!, placeholders: &placeholders)
    try placeholders.checkAllUsed()
    return try resolve(condition, block)
  }

  // MARK: - Legacy parameters

  private func keyConditions(_ block: Transcript.Block) throws -> String {
    try resolve(KeyCondition(keyConditions: legacyConditions(block)), block)
  }

  private func legacyCondition(_ block: Transcript.Block) throws -> String {
    let joining = block.text("operator").flatMap { ConditionalOperator(rawValue: $0) }
    let condition =
      block.command == "legacy-filter"
      ? try Condition(filter: legacyConditions(block), conditionalOperator: joining)
      : try Condition(expected: expectedConditions(block), conditionalOperator: joining)
    return try block.texts("item").map { "\(condition.matches(try item($0)))" }.joined(separator: " ")
  }

  private func attributeUpdates(_ block: Transcript.Block) throws -> String {
    let update = try Update(
      attributeUpdates: block.texts("attribute").map { line in
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        let value = words.count > 2 ? try EncodedValue(ValueNotation.value(words[2])) : nil
        return (words[0], LegacyAttributeUpdate(action: LegacyUpdateAction(rawValue: words[1]), value: value))
      })
    return try apply(update, block)
  }

  private func attributesToGet(_ block: Transcript.Block) throws -> String {
    let names = block.texts("attribute")
    let projection = try Projection(attributesToGet: names)
    return try block.texts("item").map { text(projection.project(try item($0))) }.joined(separator: "\n")
  }

  private func mix(_ block: Transcript.Block) throws -> String {
    func presences(_ key: String) -> [ExpressionParameters.Presence] {
      block.texts(key).map { ($0.replacing("+", with: ""), $0.hasPrefix("+")) }
    }
    try ExpressionParameters.check(
      expressions: presences("expression"), legacy: presences("legacy"), hasNames: block.text("names") != nil,
      hasValues: block.text("values") != nil)
    return "fine"
  }

  // MARK: - Parts

  private func placeholders(_ block: Transcript.Block) throws -> ExpressionPlaceholders {
    let names = try block.text("names").map { text in
      try ValueNotation.map(text).mapValues { value in
        guard case .string(let name) = value else {
          throw ValueNotation.Malformed(description: "names: \(text)")
        }
        return name
      }
    }
    let values = try block.text("values").map { try ValueNotation.map($0).mapValues { try EncodedValue($0) } }
    return try ExpressionPlaceholders(names: names, values: values)
  }

  private func item(_ text: String) throws -> Item {
    try Item(ValueNotation.map(text))
  }

  private func text(_ item: Item) -> String {
    // What an operation makes must be what the same values make when they are encoded afresh, sizes included.
    #expect((try? Item(validating: item.bytes)) == item)
    #expect((try? Item(item.attributes)) == item)
    return ValueNotation.text(item.attributes)
  }

  private func legacyConditions(_ block: Transcript.Block) throws -> [(
    name: String, condition: LegacyCondition
  )] {
    try block.texts("attribute").map { line in
      let words = line.split(separator: " ", maxSplits: 2).map(String.init)
      let values = words.count > 2 ? try list(words[2]) : nil
      return (words[0], LegacyCondition(ComparisonOperator(rawValue: words[1])!, values))
    }
  }

  /// `a EQ [1]`, and for the older form `a value 1`, `a exists`, `a missing`, `a nothing` and mixtures.
  private func expectedConditions(
    _ block: Transcript.Block
  ) throws -> [(name: String, condition: ExpectedCondition)] {
    try block.texts("attribute").map { line in
      let words = line.split(separator: " ").map(String.init)
      var condition = ExpectedCondition()
      for word in words.dropFirst() {
        switch word {
        case "exists": condition.exists = true
        case "missing": condition.exists = false
        case "nothing": break
        default:
          if let comparison = ComparisonOperator(rawValue: word) {
            condition.comparisonOperator = comparison
          } else if word.hasPrefix("[") {
            condition.attributeValueList = try list(word)
          } else {
            condition.value = try EncodedValue(ValueNotation.value(word))
          }
        }
      }
      return (words[0], condition)
    }
  }

  private func list(_ text: String) throws -> [EncodedValue] {
    guard case .list(let values) = try ValueNotation.value(text) else { return [] }
    return try values.map { try EncodedValue($0) }
  }

  private func resolve(_ condition: KeyCondition, _ block: Transcript.Block) throws -> String {
    func attributes(_ key: String) -> [KeyConditionAttribute] {
      (block.text(key) ?? "").split(separator: " ").map { word in
        let parts = word.split(separator: ".").map(String.init)
        return KeyConditionAttribute(name: parts[0], type: AttributeType(descriptor: parts[1])!)
      }
    }
    let range = try condition.resolve(partition: attributes("partition"), sort: attributes("sort"))
    func text(_ values: [EncodedValue]) -> String {
      values.map { ValueNotation.text(AttributeValue($0)) }.joined(separator: ", ")
    }
    let sort =
      switch range.sortRange {
      case nil: ""
      case .lessThan(let value): " < \(text([value]))"
      case .lessThanOrEqual(let value): " <= \(text([value]))"
      case .greaterThan(let value): " > \(text([value]))"
      case .greaterThanOrEqual(let value): " >= \(text([value]))"
      case .between(let lower, let upper): " between \(text([lower, upper]))"
      case .beginsWith(let prefix): " begins with \(text([prefix]))"
      }
    return "partition (\(text(range.partition))) sort (\(text(range.sortEquals)))\(sort)"
  }
}
