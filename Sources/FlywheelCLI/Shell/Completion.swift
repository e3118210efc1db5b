/// What Tab makes of the word before the cursor: names of tables, and the language's words.
package struct Completion {
  /// What is to be put in the place of the last `replacing` characters before the cursor.
  package var replacing: Int
  package var text: String
  /// The candidates, when there are several and none of them can be told yet.
  package var candidates: [String]

  private static let words = [
    "SELECT", "FROM", "WHERE", "ORDER BY", "INSERT INTO", "VALUE", "UPDATE", "SET", "REMOVE", "DELETE FROM",
    "RETURNING ALL OLD *", "RETURNING ALL NEW *", "RETURNING MODIFIED OLD *", "RETURNING MODIFIED NEW *",
    "AND", "OR", "NOT", "IN", "BETWEEN", "IS MISSING", "IS NULL", "begins_with(", "contains(", "size(",
    "attribute_type(", "EXISTS(", "DESC", "ASC",
  ]

  /// Completes what stands before the cursor; nil if nothing goes with it.
  package init?(before text: String, tables: [String]) {
    let quoteCount = text.count { $0 == "\"" }
    let isQuoted = quoteCount % 2 == 1
    let word = String(text.reversed().prefix { Self.isOfName($0) }.reversed())
    guard !word.isEmpty || isQuoted || Self.wantsTable(text) else { return nil }
    var matches = tables.filter { $0.hasPrefix(word) }.sorted()
    if matches.count == 1 {
      let name = matches[0]
      self.text = isQuoted ? name + "\"" : Self.needsQuotes(name) ? "\"\(name)\" " : name + " "
      replacing = word.count
      candidates = []
      return
    }
    if !isQuoted, !Self.wantsTable(text) {
      matches += Self.words.filter { $0.lowercased().hasPrefix(word.lowercased()) }
    }
    guard let first = matches.first else { return nil }
    replacing = word.count
    guard matches.count > 1 else {
      self.text = first + (first.hasSuffix("(") ? "" : " ")
      candidates = []
      return
    }
    let common = matches.dropFirst().reduce(first) { Self.commonPrefix($0, $1) }
    self.text = common.count > word.count ? common : word
    candidates = matches
  }

  /// Whether the word is one that names a table: it comes behind FROM, INTO or UPDATE.
  private static func wantsTable(_ text: String) -> Bool {
    let before = text.reversed().drop { isOfName($0) || $0 == "\"" }
    let last = String(before.reversed()).split(whereSeparator: \.isWhitespace).last?.lowercased()
    return before.first?.isWhitespace == true && ["from", "into", "update"].contains(last)
  }

  private static func isOfName(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "_-.".contains(character)
  }

  private static func needsQuotes(_ name: String) -> Bool {
    name.contains { "-.".contains($0) } || name.first?.isNumber == true
  }

  private static func commonPrefix(_ one: String, _ other: String) -> String {
    var prefix = ""
    for (a, b) in zip(one, other) {
      guard a == b else { break }
      prefix.append(a)
    }
    return prefix
  }
}
