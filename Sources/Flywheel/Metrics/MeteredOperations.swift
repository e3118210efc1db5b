/// The numbers by which operations are counted: those on items first, which each table counts for itself.
package enum MeteredOperations {
  /// How many are on items.
  package static let itemCount = 13

  /// Every operation of the API, those on items first.
  package static let names: [String] = {
    let onItems = [
      "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem",
      "TransactGetItems", "TransactWriteItems", "ExecuteStatement", "BatchExecuteStatement",
      "ExecuteTransaction",
    ]
    precondition(onItems.count == itemCount)
    return onItems + OperationNames.ordered.filter { !onItems.contains($0) }
  }()

  private static let positions = Dictionary(
    uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })

  /// The number of an operation; nil for one that is none of the API's.
  package static func number(of name: String) -> Int? { positions[name] }
}

// Those that are asked for most know their number; the others look it up.

extension GetItem {
  @inlinable package static var meterNumber: Int? { 0 }
}

extension PutItem {
  @inlinable package static var meterNumber: Int? { 1 }
}

extension UpdateItem {
  @inlinable package static var meterNumber: Int? { 2 }
}

extension DeleteItem {
  @inlinable package static var meterNumber: Int? { 3 }
}

extension Query {
  @inlinable package static var meterNumber: Int? { 4 }
}

extension Scan {
  @inlinable package static var meterNumber: Int? { 5 }
}

extension BatchGetItem {
  @inlinable package static var meterNumber: Int? { 6 }
}

extension BatchWriteItem {
  @inlinable package static var meterNumber: Int? { 7 }
}
