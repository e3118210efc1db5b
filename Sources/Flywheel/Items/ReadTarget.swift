import DynamoExpressions
import DynamoModel

/// What Query or Scan reads: a table, or one of its indexes.
struct ReadTarget {
  let table: Table
  let index: Index?

  /// What the tree's keys of the entries begin with.
  var id: UInt32 { index?.id ?? table.id }

  /// The key by which entries are found and ordered.
  var key: KeyShape { index?.key ?? table.key }

  /// Finds the index that a request names, and refuses those that can't be read so.
  init(_ table: Table, indexName: String?, isConsistent: Bool) throws(Interruption) {
    self.table = table
    guard let indexName else {
      index = nil
      return
    }
    guard let index = table.index(named: indexName) else {
      throw .validation("The table does not have the specified index: \(indexName)")
    }
    if index.kind == .global, isConsistent {
      throw .validation("Consistent reads are not supported on global secondary indexes")
    }
    guard index.status != .creating else {
      throw .validation("Cannot read from backfilling global secondary index: \(indexName)")
    }
    self.index = index
  }

  /// Refuses to fetch all attributes by way of a global index that does not hold them: its entries may live
  /// far from the items.
  func checkSelect(_ select: Select?) throws(Interruption) {
    guard let index, index.kind == .global, index.content != .all, select == .allAttributes else { return }
    throw invalid(
      "Select type ALL_ATTRIBUTES is not supported for global secondary index \(index.name) "
        + "because its projection type is not ALL")
  }

  /// Refuses a projection of attributes that a global index does not hold.
  func checkProjection(_ projection: AttributeProjection?) throws(Interruption) {
    guard let index, index.kind == .global, let missing = missing(projection?.attributeNames ?? []) else {
      return
    }
    throw invalid("Global secondary index \(index.name) does not project \(missing)")
  }

  /// Refuses a query's filter on attributes that the index does not hold, unless items are fetched anyway.
  func checkFilter(_ filter: Condition?, select: Select?) throws(Interruption) {
    guard let index, select != .allAttributes, let missing = missing(filter?.attributeNames ?? []) else {
      return
    }
    throw invalid("Secondary index \(index.name) does not project one or more filter attributes: \(missing)")
  }

  /// Whether entries have to be followed to their items, since the index does not hold what is asked for.
  func fetchesItems(_ select: Select?, _ projection: AttributeProjection?) -> Bool {
    guard let index, index.kind == .local, index.content != .all else { return false }
    if let projection { return missing(projection.attributeNames) != nil }
    return select == .allAttributes
  }

  /// The names that the index does not hold, as the service lists them; nil if it holds all.
  private func missing(_ names: [String]) -> String? {
    guard let index, index.content != .all else { return nil }
    let missing = names.filter { !index.projects($0) }
    return missing.isEmpty ? nil : "[\(ServiceOrder.sorted(missing).joined(separator: ", "))]"
  }

  private func invalid(_ reason: String) -> Interruption {
    .validation("One or more parameter values were invalid: \(reason)")
  }
}
