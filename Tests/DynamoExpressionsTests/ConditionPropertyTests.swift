import DynamoExpressions
import DynamoModel
import Testing

/// Random conditions against random items, and against a naive evaluator over trees of values.
@Suite struct ConditionPropertyTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func agreesWithNaiveEvaluation(seed: UInt64) throws {
    var expressions = RandomExpressions(seed: seed)
    var accepted = 0
    let rounds = 1_500
    for round in 0..<rounds {
      expressions.forgetPlaceholders()
      let random = expressions.condition()
      let text = expressions.text(random)
      var placeholders = try expressions.placeholders
      // Some are refused, for repeated operands, unordered bounds and types that can't be ordered.
      guard let condition = try? Condition(text, placeholders: &placeholders) else { continue }
      accepted += 1
      try placeholders.checkAllUsed()
      for _ in 0..<4 {
        let item = expressions.item()
        #expect(
          condition.matches(try Item(item)) == random.holds(for: item),
          "seed \(seed), round \(round): \(text) with \(expressions.values) on \(item)")
      }
      #expect(
        condition.matchesAbsentItem() == random.holds(for: [:]), "seed \(seed), round \(round): \(text)")
    }
    #expect(accepted > rounds / 4, "only \(accepted) of \(rounds) conditions were accepted")
  }

  @Test(arguments: [11, 12] as [UInt64])
  func printedConditionsParseToThemselves(seed: UInt64) throws {
    var expressions = RandomExpressions(seed: seed)
    for round in 0..<2_000 {
      expressions.forgetPlaceholders()
      let text = expressions.text(expressions.condition())
      let parsed = try ConditionSyntax(parsing: text)
      let printed = SyntaxPrinter(tree: parsed.tree).text(parsed.root)
      let again = try ConditionSyntax(parsing: printed)
      #expect(
        SyntaxPrinter(tree: again.tree).text(again.root) == printed, "seed \(seed), round \(round): \(text)")
    }
  }

  @Test func findsBytesAsNaiveSearchDoes() throws {
    var random = RandomSource(seed: 21)
    for _ in 0..<3_000 {
      // Two letters, so that long needles meet themselves.
      let haystack = (0..<random.below(400)).map { _ in random.pick("aab".utf8.map(\.self)) }
      let start = random.below(haystack.count + 1)
      var needle = Array(haystack[start..<(start + random.below(haystack.count - start + 1))])
      if random.chance(1, in: 2), !needle.isEmpty { needle[random.below(needle.count)] = UInt8(ascii: "b") }
      let item = try Item(["a": .binary(haystack)])
      var placeholders = try ExpressionPlaceholders(
        names: nil, values: [":n": EncodedValue(.binary(needle))])
      let condition = try Condition("contains(a, :n)", placeholders: &placeholders)
      #expect(condition.matches(item) == RandomCondition.holds(haystack, needle))
    }
  }
}
