/// What the service bounds in an expression and in what fills its placeholders.
///
/// Everything here that walks an expression walks something these numbers bound.
package enum ExpressionLimits {
  /// Bytes of one expression as it is sent: placeholders are not substituted before counting.
  package static let expressionBytesMax = 4096

  /// Operators and functions of one expression.
  package static let operatorsMax = 300

  /// Elements of one document path, the top-level attribute included.
  package static let pathElementsMax = 32

  /// Operands in the list after `IN`.
  package static let membershipOperandsMax = 100

  /// The largest list index a path may name.
  package static let listIndexMax = Int(Int32.max)

  /// Bytes of one placeholder, its `#` or `:` included.
  package static let placeholderBytesMax = 255

  /// Bytes of an attribute name.
  package static let attributeNameBytesMax = 65_535

  /// Bytes of all placeholders and what they stand for, names and values together.
  package static let placeholdersBytesMax = 2_097_152
}
