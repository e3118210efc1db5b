import DynamoExpressions
import DynamoModel
import TestSupport
import Testing

/// Texts no client would send. Whatever they are, they are parsed or refused in the service's words.
@Suite struct FuzzTests {
  private static let tokens = [
    "a", "b", "status", "#n", ":v", "#", ":", "=", "<>", "<", "<=", ">", ">=", "+", "-", "(", ")", "[", "]",
    ".",
    ",", "0", "1", "12345678901", "AND", "OR", "NOT", "IN", "BETWEEN", "SET", "REMOVE", "ADD", "DELETE",
    "size",
    "contains", "begins_with", "attribute_exists", "attribute_type", "if_not_exists", "list_append", "!", "ü",
    "\"",
    "_", " ", "\n",
  ]

  @Test(arguments: [41, 42, 43] as [UInt64])
  func randomTokens(seed: UInt64) throws {
    var random = RandomSource(seed: FuzzRounds.seed(seed))
    for _ in FuzzRounds(6_000) {
      try bindEverywhere(
        (0..<random.below(30)).map { _ in random.pick(Self.tokens) }
          .joined(separator: random.chance(1, in: 2) ? " " : ""))
    }
  }

  @Test(arguments: [51, 52] as [UInt64])
  func damagedExpressions(seed: UInt64) throws {
    var expressions = RandomExpressions(seed: FuzzRounds.seed(seed))
    for _ in FuzzRounds(2_000) {
      expressions.forgetPlaceholders()
      var text = Array(
        expressions.random.chance(1, in: 2)
          ? expressions.text(expressions.condition()) : expressions.text(expressions.update()))
      for _ in 0...expressions.random.below(3) where !text.isEmpty {
        let place = expressions.random.below(text.count)
        if expressions.random.chance(1, in: 2) {
          text.remove(at: place)
        } else {
          text.insert(contentsOf: expressions.random.pick(Self.tokens), at: place)
        }
      }
      try bindEverywhere(String(text))
    }
  }

  /// As deep as 4 KB go. None of it may take stack with its depth.
  @Test(arguments: [
    "(", "NOT ", "size(", "a.b", "a[0]", "a=(", "((", "a<b or (", "list_append(a,", "[", "a AND (",
  ])
  func nesting(_ part: String) throws {
    let count = 4_090 / part.utf8.count
    let closings = String(repeating: ")", count: count)
    for tail in ["", "a", "a < b", closings, "a < b" + closings] {
      let text = String(repeating: part, count: count) + tail
      try bindEverywhere(text)
      try bindEverywhere("SET a = " + text)
      // Within the limit of 4 KB, with a balanced end.
      let half = String(repeating: part, count: 4_000 / (part.utf8.count + 1)) + "a"
      try bindEverywhere(half + String(repeating: ")", count: 4_000 / (part.utf8.count + 1)))
      try bindEverywhere("SET a = " + half + String(repeating: ",b)", count: 100))
    }
  }

  private func bindEverywhere(_ text: String) throws {
    let values = [":v": try EncodedValue(.string("x"))]
    for bind in [bindCondition, bindUpdate, bindProjection] {
      var placeholders = try ExpressionPlaceholders(names: ["#n": "n"], values: values)
      do {
        try bind(text, &placeholders)
      } catch let error as ExpressionError {
        #expect(error.message.hasPrefix("Invalid "), "\(error.message) for \(text)")
      }
    }
  }

  private func bindCondition(_ text: String, _ placeholders: inout ExpressionPlaceholders) throws {
    _ = try Condition(text, placeholders: &placeholders).matches(Item(["a": 1, "b": [1, 2]]))
    _ = try? KeyCondition(text, placeholders: &placeholders)
  }

  private func bindUpdate(_ text: String, _ placeholders: inout ExpressionPlaceholders) throws {
    _ = try? Update(text, placeholders: &placeholders).apply(to: Item(["a": 1, "b": [1, 2]]))
    _ = try Update(text, placeholders: &placeholders)
  }

  private func bindProjection(_ text: String, _ placeholders: inout ExpressionPlaceholders) throws {
    _ = try Projection(text, placeholders: &placeholders).project(Item(["a": 1, "b": [1, 2]]))
  }
}
