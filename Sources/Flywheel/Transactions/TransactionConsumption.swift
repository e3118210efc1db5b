/// The capacity that a transaction uses, table by table in the order in which they are first met.
package struct TransactionConsumption: Sendable {
  /// Whether it is told as reads or as writes.
  package let kind: TransactionCapacity
  /// An entry for each table.
  package private(set) var tables: [(table: Table, name: String, tally: CapacityTally)] = []

  package init(as kind: TransactionCapacity = .writes) {
    self.kind = kind
  }

  /// Has `charge` add to what `table` uses, which the request calls `name`.
  mutating func add<Result, Failure: Error>(
    _ table: Table, named name: String, _ charge: (inout CapacityTally) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var position = tables.firstIndex { $0.table.id == table.id } ?? tables.count
    if position == tables.count {
      tables.append((table, name, CapacityTally(ofTransaction: ())))
      position = tables.count - 1
    }
    return try charge(&tables[position].tally)
  }

  /// What the answer tells: an entry for each table, or nil if it wasn't asked for.
  package func report(_ wanted: ReturnConsumedCapacity?) -> [ConsumedCapacity]? {
    let reports = tables.compactMap { $0.tally.report(wanted, tableName: $0.name, as: kind) }
    return reports.isEmpty ? nil : reports
  }
}

extension TransactionWriter.Outcome {
  /// What the answer tells of the capacity used.
  package func report(_ wanted: ReturnConsumedCapacity?) -> [ConsumedCapacity]? {
    consumption.report(wanted)
  }
}
