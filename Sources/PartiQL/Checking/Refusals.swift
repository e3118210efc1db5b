/// The service's words for what it reads and does not run, where they are said in more than one place.
enum Refusals {
  static let misplacedMissing = StatementError("MISSING must be compared using IS operator")
  static let whereClause = StatementError(
    "WHERE clause must contain an expression that resolves to a boolean")
  static let conjunctionOperand = StatementError("The arguments to AND/OR must be Expressions")
  static let negationOperand = StatementError("The argument to NOT must be a Type or Expression")
  static let isOperand = StatementError(
    "The left hand side argument to IS must be a Variable Reference, Literal, or Path")
  static let membership = StatementError(
    "IN operator must have a left hand argument of type Variable Reference and right hand argument of type Seq "
      + "with at least one member")
  static let itemFormat = StatementError(
    "Unsupported format in item expression. Please use struct format {...} to express item values for insert "
      + "statement.")
  static let parameterCount = StatementError("Number of parameters in request and statement don't match.")

  static func unknownFunction(_ name: String, _ span: SourceSpan) -> StatementError {
    .at(span, "Unrecognized function: \(name)")
  }

  static func conditionOperator(_ sign: String) -> StatementError {
    StatementError("Unsupported operator in Condition Expression. Operator: \(sign)")
  }

  static func updateOperator(_ sign: String) -> StatementError {
    StatementError("Unsupported operator in Update Expression. Operator: \(sign)")
  }

  static func unexpectedPathComponent(_ span: SourceSpan) -> StatementError {
    .at(span, "Unexpected path component")
  }
}
