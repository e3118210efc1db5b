import DynamoExpressions
import Testing

@Suite struct CacheTests {
  private func cache(entriesMax: Int) -> ParsedExpressions<ConditionSyntax> {
    ParsedExpressions(entriesMax: entriesMax) { text throws(Rejection) in try ConditionSyntax(parsing: text) }
  }

  @Test func parsesATextOnce() throws {
    let cache = cache(entriesMax: 64)
    let first = try cache.expression("a = :v")
    #expect(try cache.expression("a = :v") === first)
    #expect(try cache.expression("a = :w") !== first)
  }

  @Test func keepsWhatIsUsedAndIsBounded() throws {
    let cache = cache(entriesMax: 64)
    let used = try cache.expression("used = :v")
    for number in 0..<5_000 {
      _ = try cache.expression("a\(number) = :v")
      #expect(try cache.expression("used = :v") === used)
      #expect(cache.count <= 64)
    }
  }

  @Test func keepsNothingThatIsRefused() {
    let cache = cache(entriesMax: 64)
    #expect(throws: Rejection.self) { try cache.expression("a = = b") }
    #expect(cache.count == 0)
  }

  @Test func reservedWordsAreTheGuides() {
    #expect(ReservedWords.all.count == 573)
    #expect(ReservedWords.contains("sTatus"))
    #expect(ReservedWords.contains("FLATTERN"))
    #expect(!ReservedWords.contains("pk"))
  }
}
