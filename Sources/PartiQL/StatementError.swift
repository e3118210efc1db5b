/// Why a statement was refused.
///
/// There is one kind, since the service answers each with a `ValidationException`; clients match on the text.
/// Where the service's text has a position it is part of the text.
package struct StatementError: Error, Hashable, Sendable {
  /// The service's text, complete.
  package let message: String

  package init(_ message: String) {
    self.message = message
  }

  /// A statement that can't be read: what the parser met, or nothing where the lexer could not go on.
  static func notWellFormed(_ detail: String = "") -> StatementError {
    StatementError("Statement wasn't well formed, can't be processed: \(detail)")
  }

  /// A statement that can be read and not be run, and where in it the reason stands.
  static func at(_ span: SourceSpan, _ message: String) -> StatementError {
    StatementError("\(message) at \(span)")
  }
}

/// Where something stands in a statement, as the service prints it: `line:column:length`, in characters, from
/// 1.
package struct SourceSpan: Hashable, Sendable, CustomStringConvertible {
  package var line: Int
  package var column: Int
  package var length: Int

  package var description: String { "\(line):\(column):\(length)" }
}

/// The bounds of a statement.
package enum StatementLimits {
  /// The longest statement the service takes, in bytes. Longer ones are refused before they are read.
  package static let statementBytesMax = 8_192

  /// How deep expressions, literals and parentheses may nest. Far more than any value's 32 levels, so that
  /// the service's own errors come first, and little enough for any thread's stack.
  package static let nestingLevelsMax = 96
}
