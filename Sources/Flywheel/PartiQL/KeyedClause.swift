import DynamoExpressions
import DynamoModel
import PartiQL

/// The `WHERE` clause of a statement about one item: the item's key, and what else it says.
struct KeyedClause {
  /// The key that the clause's equalities name; complete, of whatever types.
  let key: Item
  /// The conditions besides.
  let rest: [Predicate]

  /// A clause that does not say what every key attribute equals.
  static let incomplete = Interruption.validation(
    "Where clause does not contain a mandatory equality on all key attributes")

  /// What a clause says of the keys of a table.
  ///
  /// An equality counts where it stands by itself or in a chain of `AND`; said twice it counts once.
  ///
  /// - Returns: nil if some key attribute has no equality.
  /// - Throws: what the service says of an attribute that is to equal two values.
  init?(_ condition: Predicate, of key: KeyShape) throws(Interruption) {
    var values: [EncodedValue?] = Array(repeating: nil, count: key.parts.count)
    var rest: [Predicate] = []
    for conjunct in condition.conjuncts {
      guard case .comparison(.equal, _, _) = conjunct, let term = KeyTerm(conjunct, of: key),
        case .equals(let equal) = term.test
      else {
        rest.append(conjunct)
        continue
      }
      guard values[term.position] == nil || values[term.position] == equal[0] else {
        throw .validation(
          "Multiple conditions on same key \(term.part.name). "
            + "Only single item Update/Insert/Delete are supported")
      }
      values[term.position] = equal[0]
    }
    self.rest = rest
    guard values.allSatisfy({ $0 != nil }) else { return nil }
    self.key = try Self.item(of: key, values.compactMap(\.self))
  }

  private static func item(of key: KeyShape, _ values: [EncodedValue]) throws(Interruption) -> Item {
    var builder = ItemBuilder(capacityBytes: 256)
    do throws(ItemError) {
      try builder.beginItem()
      for (part, value) in zip(key.parts, values) {
        try builder.name(part.name)
        try builder.value(value)
      }
      return try builder.finishItem()
    } catch {
      throw .validation(error.message)
    }
  }
}
