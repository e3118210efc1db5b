/// The reasons that are given in more than one place, worded once.
package enum Reason {
  package static let empty = "The expression can not be empty;"
  package static let redundantParentheses = "The expression has redundant parentheses;"

  package static func expressionTooLong(_ bytes: Int) -> String {
    "Expression size has exceeded the maximum allowed size; expression size: \(bytes)"
  }

  /// The service stops counting when the limit is passed, so it always names the limit and one.
  package static let tooManyOperators =
    "The expression contains too many operators; operator count: \(ExpressionLimits.operatorsMax + 1)"

  package static func syntax(token: String, near: String) -> String {
    "Syntax error; token: \"\(token)\", near: \"\(near)\""
  }

  package static func reservedWord(_ word: String) -> String {
    "Attribute name is a reserved keyword; reserved keyword: \(word)"
  }

  package static func listIndexOutOfRange(_ digits: String) -> String {
    "List index is not within the allowable range; index: [\(digits)]"
  }

  package static func unknownFunction(_ name: String) -> String {
    "Invalid function name; function: \(name)"
  }

  package static func misusedFunction(_ name: String) -> String {
    "The function is not allowed to be used this way in an expression; function: \(name)"
  }

  package static func functionNotAllowed(_ name: String, inUpdate: Bool) -> String {
    "The function is not allowed in \(inUpdate ? "an update" : "a condition") expression; function: \(name)"
  }

  package static func repeatedSection(_ name: String) -> String {
    "The \"\(name)\" section can only be used once in an update expression;"
  }

  package static func undefinedName(_ placeholder: String) -> String {
    "An expression attribute name used in the document path is not defined; attribute name: \(placeholder)"
  }

  package static func undefinedValue(_ placeholder: String) -> String {
    "An expression attribute value used in expression is not defined; attribute value: \(placeholder)"
  }

  package static func pathTooDeep(_ elements: Int) -> String {
    "The document path has too many nesting levels; nesting levels: \(elements)"
  }

  package static func operandCount(_ function: String, _ count: Int) -> String {
    "Incorrect number of operands for operator or function; operator or function: \(function), "
      + "number of operands: \(count)"
  }

  package static func operandType(_ function: String, _ type: String) -> String {
    "Incorrect operand type for operator or function; operator or function: \(function), operand type: \(type)"
  }

  package static func sectionOperandType(_ section: String, _ type: String) -> String {
    "Incorrect operand type for operator or function; operator: \(section), operand type: \(type), "
      + "typeSet: ALLOWED_FOR_\(section)_OPERAND"
  }

  package static func needsDocumentPath(_ function: String) -> String {
    "Operator or function requires a document path; operator or function: \(function)"
  }

  package static func operandsNotDistinct(_ function: String, first: String) -> String {
    "The first operand must be distinct from the remaining operands for this operator or function; "
      + "operator: \(function), first operand: \(first)"
  }

  package static func unknownTypeName(_ name: String) -> String {
    "Invalid attribute type name found; type: \(name), valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"
  }

  package static func tooManyMembershipOperands(_ count: Int) -> String {
    "The IN operator is provided with too many operands; number of operands: \(count)"
  }

  package static func boundsOfDifferentTypes(lower: String, upper: String) -> String {
    "The BETWEEN operator requires same data type for lower and upper bounds; "
      + "lower bound operand: \(lower), upper bound operand: \(upper)"
  }

  package static func boundsOutOfOrder(lower: String, upper: String) -> String {
    "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
      + "lower bound operand: \(lower), upper bound operand: \(upper)"
  }

  package static func pathsOverlap(_ one: String, _ two: String) -> String {
    "Two document paths overlap with each other; must remove or rewrite one of these paths; "
      + "path one: \(one), path two: \(two)"
  }

  package static func pathsConflict(_ one: String, _ two: String) -> String {
    "Two document paths conflict with each other; must remove or rewrite one of these paths; "
      + "path one: \(one), path two: \(two)"
  }
}
