package import DynamoExpressions
package import DynamoModel

/// A condition of a `WHERE` clause.
///
/// It is a tree of the language's own, and not yet a condition of the database: where it says that a key
/// equals a value, that is no condition but the choice of what is read, and the caller, who knows the keys,
/// looks for it here.
package indirect enum Predicate: Sendable {
  case and([Predicate])
  case or([Predicate])
  case not(Predicate)
  case comparison(Comparator, Operand, Operand)
  case between(Operand, Operand, Operand)
  case membership(Operand, [Operand])
  case isMissing(DocumentPath)
  /// `IS NULL` and `IS` with any other type's name.
  case isType(DocumentPath, AttributeType)
  /// `begins_with`, `contains`, `attribute_type`, `attribute_exists`, `attribute_not_exists`.
  case call(Function, [Operand])
  /// What comparing a condition with something that is no Boolean comes to.
  case constant(Bool)
}

extension Predicate {
  /// The conditions that all must hold: the parts of an `AND`, groups in it opened, or the whole.
  package var conjuncts: [Predicate] {
    guard case .and(let parts) = self else { return [self] }
    return parts.flatMap(\.conjuncts)
  }

  /// The conditions of which one must hold: the parts of an `OR`, groups in it opened, or the whole.
  package var disjuncts: [Predicate] {
    guard case .or(let parts) = self else { return [self] }
    return parts.flatMap(\.disjuncts)
  }
}
