import DynamoExpressions

/// Prints sets of names in the order in which the service prints them.
///
/// They are hash sets there, so the order is that of their buckets, which depends on how large the table was
/// made: sets that grow start with sixteen buckets, those that are copied from a list with as many as it has
/// elements. The latter was found from recorded answers, and fits all of them.
package enum ServiceSet {
  /// A set that grew: "[a, sk, pk]".
  package static func printed(_ names: [String]) -> String {
    "[\(ServiceOrder.sorted(names, tableSizeMin: 16).joined(separator: ", "))]"
  }

  /// A set that was made for as many elements as it has.
  package static func printedSized(_ names: [String]) -> String {
    "[\(ServiceOrder.sorted(names, tableSizeMin: max(1, names.count)).joined(separator: ", "))]"
  }
}
