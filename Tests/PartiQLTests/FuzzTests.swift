import DynamoExpressions
import DynamoModel
import PartiQL
import Testing

@Suite struct FuzzTests {
  private static let seed: UInt64 = 20_261_128

  private static let words = [
    "SELECT", "*", "FROM", "Music", "\"a b\"", "WHERE", "a", "b", ".", "[", "]", "(", ")", "{", "}", ":", ",",
    "<<",
    ">>", "=", "<>", "<", ">=", "AND", "OR", "NOT", "IN", "BETWEEN", "IS", "MISSING", "NULL", "1", "-", "+",
    "'s'",
    "?", "size", "begins_with", "contains", "attribute_exists", "set_add", "INSERT INTO", "VALUE", "UPDATE",
    "SET",
    "REMOVE", "DELETE FROM", "RETURNING", "ALL OLD *", "ORDER BY", "EXISTS(", ";", "true", "1e5", "x.y[0]",
    "BOOL",
  ]

  /// Words in any order: every statement is read, or refused with the service's envelope or one of its
  /// messages.
  @Test func anyWordsAreAStatementOrAnError() {
    var random = SeededGenerator(seed: Self.seed)
    var accepted = 0
    for _ in 0..<20_000 {
      let count = Int.random(in: 1...24, using: &random)
      let text = (0..<count).map { _ in Self.words.randomElement(using: &random)! }.joined(separator: " ")
      accepted += check(text) ? 1 : 0
    }
    #expect(accepted < 20_000)
  }

  /// Statements that make sense with a few words changed reach further into the checks.
  @Test func changedStatementsAreAStatementOrAnError() {
    var random = SeededGenerator(seed: Self.seed)
    let statements = [
      "SELECT a , b . c FROM Music WHERE a = 1 AND ( b IN [ 1 , 2 ] OR NOT size ( c ) > 3 ) ORDER BY a",
      "UPDATE Music SET a = a + 1 SET b = set_add ( b , << 's' >> ) REMOVE c WHERE a = 's' RETURNING ALL NEW *",
      "INSERT INTO Music VALUE { 'a' : [ 1 , { 's' : << 1 , 2 >> } ] , 'b' : ? }",
      "DELETE FROM Music WHERE a = ? AND b IS NOT MISSING AND contains ( c , 's' ) RETURNING ALL OLD *",
    ]
    var accepted = 0
    for _ in 0..<20_000 {
      var words = statements.randomElement(using: &random)!.split(separator: " ").map(String.init)
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let index = Int.random(in: 0..<words.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: words[index] = Self.words.randomElement(using: &random)!
        case 1: words.insert(Self.words.randomElement(using: &random)!, at: index)
        default: words.remove(at: index)
        }
      }
      accepted += check(words.joined(separator: " ")) ? 1 : 0
    }
    #expect(accepted > 5_000)
  }

  @Test func anyCharactersAreAStatementOrAnError() {
    var random = SeededGenerator(seed: Self.seed)
    let characters = Array("SELECT*FROMabc\"'?<>=.,;:()[]{}-+/*% \n1e\u{0}é😀#`|&!$_")
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...40, using: &random)
      _ = check(String((0..<count).map { _ in characters.randomElement(using: &random)! }))
    }
  }

  @Test func nestingIsBounded() {
    for open in ["(", "[", "{'a':", "NOT ", "- ", "size(", "<<", "a[", "NOT(", "a IN (", "1 = ("] {
      let text = "SELECT * FROM Music WHERE a = " + String(repeating: open, count: 8_100 / open.utf8.count)
      #expect(throws: StatementError.self) { try PreparedStatement(text) }
    }
    for chain in [" AND a = 1", " OR a = 1", " + 1", " = 1", " IS NULL", ".b", "[0]"] {
      _ = check("SELECT * FROM Music WHERE a" + String(repeating: chain, count: 8_100 / chain.utf8.count))
    }
    let long = "SELECT * FROM Music WHERE a = '" + String(repeating: "x", count: 9_000) + "'"
    #expect(throws: StatementError.self) { try PreparedStatement(long) }
  }

  /// Reads a statement, binds it and makes of it all that can be made: true if it was read.
  private func check(_ text: String) -> Bool {
    do throws(StatementError) {
      let prepared = try PreparedStatement(text)
      let parameters = (0..<prepared.parameterCount).map { EncodedValue(string: "\($0)") }
      let bound = try prepared.bound(to: parameters)
      _ = try make(bound)
      return true
    } catch {
      #expect(!error.message.isEmpty)
      return false
    }
  }

  private func make(_ statement: Statement) throws(StatementError) -> Int {
    switch statement {
    case .select(let select), .exists(let select):
      return try matches(select.condition)
    case .insert(let insert):
      return try insert.item().count
    case .update(let update):
      _ = try update.update()
      return try matches(update.condition)
    case .delete(let delete):
      return try matches(delete.condition)
    }
  }

  private func matches(_ predicate: Predicate?) throws(StatementError) -> Int {
    guard let predicate else { return 0 }
    return try predicate.condition().matchesAbsentItem() ? 1 : 0
  }
}

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
