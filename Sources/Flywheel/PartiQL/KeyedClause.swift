import DynamoExpressions
import DynamoModel
import PartiQL

/// The `WHERE` clause of a statement about one item: the item's key, and what else it says.
struct KeyedClause {
  /// The key that the clause's equalities name; complete, of whatever types.
  let key: Item
  /// The conditions besides.
  let rest: [Predicate]

  /// Why a clause names no one item.
  enum Fault: Error {
    /// Some key attribute has no equality.
    case incomplete
    /// The attribute of this name is to equal two values.
    case contradictory(String)

    /// What the service says of it outside of transactions.
    var interruption: Interruption {
      switch self {
      case .incomplete:
        .validation("Where clause does not contain a mandatory equality on all key attributes")
      case .contradictory(let name):
        .validation(
          "Multiple conditions on same key \(name). Only single item Update/Insert/Delete are supported")
      }
    }
  }

  /// What a clause says of the keys of a table.
  ///
  /// An equality counts where it stands by itself or in a chain of `AND`; said twice it counts once.
  init(_ condition: Predicate?, of key: KeyShape) throws(Fault) {
    var values: [EncodedValue?] = Array(repeating: nil, count: key.parts.count)
    var rest: [Predicate] = []
    for conjunct in condition?.conjuncts ?? [] {
      guard case .comparison(.equal, _, _) = conjunct, let term = KeyTerm(conjunct, of: key),
        case .equals(let equal) = term.test
      else {
        rest.append(conjunct)
        continue
      }
      guard values[term.position] == nil || values[term.position] == equal[0] else {
        throw .contradictory(term.part.name)
      }
      values[term.position] = equal[0]
    }
    self.rest = rest
    guard values.allSatisfy({ $0 != nil }) else { throw .incomplete }
    self.key = Self.item(of: key, values.compactMap(\.self))
  }

  private static func item(of key: KeyShape, _ values: [EncodedValue]) -> Item {
    var builder = ItemBuilder(capacityBytes: 256)
    do throws(ItemError) {
      try builder.beginItem()
      for (part, value) in zip(key.parts, values) {
        try builder.name(part.name)
        try builder.value(value)
      }
      return try builder.finishItem()
    } catch {
      preconditionFailure("a key of a statement's values is no item: \(error)")
    }
  }
}
