/// Why a text is not an expression: the words after "Invalid …Expression: ".
package struct Rejection: Error, Sendable {
  package let reason: String
}

/// What is wrong with an expression that is grammatical, found while it is parsed.
///
/// The service reports one problem, and which one depends on its kind before it depends on its place. So the
/// first of each kind is kept until the whole text has proved grammatical.
struct StaticProblems {
  private(set) var redundantParentheses = false
  private(set) var function: String?
  private(set) var misuse: String?
  private(set) var reservedWord: String?
  private(set) var listIndex: String?
  private(set) var section: String?
  private(set) var operatorCount = 0

  mutating func noteRedundantParentheses() { redundantParentheses = true }
  mutating func noteFunction(_ reason: String) { function = function ?? reason }
  mutating func noteMisuse(of name: String) { misuse = misuse ?? Reason.misusedFunction(name) }
  mutating func noteReservedWord(_ word: String) { reservedWord = reservedWord ?? Reason.reservedWord(word) }
  mutating func noteListIndex(_ digits: String) {
    listIndex = listIndex ?? Reason.listIndexOutOfRange(digits)
  }
  mutating func noteRepeatedSection(_ name: String) { section = section ?? Reason.repeatedSection(name) }
  mutating func countOperator() { operatorCount += 1 }

  /// The problem the service would report of this grammar's expressions, if there is one.
  func first(in grammar: Grammar) -> String? {
    let ordered: [String?] =
      switch grammar {
      case .condition:
        [redundantParentheses ? Reason.redundantParentheses : nil, function, misuse, reservedWord, listIndex]
      case .update:
        [reservedWord, function, listIndex, section]
      case .projection:
        [reservedWord, listIndex]
      }
    if let found = ordered.lazy.compactMap({ $0 }).first { return found }
    return operatorCount > ExpressionLimits.operatorsMax ? Reason.tooManyOperators : nil
  }
}
