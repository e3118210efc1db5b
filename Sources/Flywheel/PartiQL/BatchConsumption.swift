import DynamoModel

/// The capacity that a batch of statements uses, table by table in the order in which the statements first come to them.
///
/// What a statement would have written whose condition failed is in its table's total, and in no part of it. A table of
/// which no statement succeeded is not told of. (dynoxide's change log, as captured of the service in eu-west-2.)
struct BatchConsumption {
  private var tables: [(name: String, tally: CapacityTally)] = []
  private var failures: [(name: String, units: Double)] = []

  /// Adds what came of a statement.
  mutating func add(_ outcome: BatchMember.Outcome) {
    guard let name = outcome.answer.tableName else { return }
    if let units = outcome.failedUnits { failures.append((name, units)) }
    guard let tally = outcome.tally else { return }
    if let known = tables.firstIndex(where: { $0.name == name }) {
      tables[known].tally.add(tally)
    } else {
      tables.append((name, tally))
    }
  }

  /// What the answer tells: an entry for each table, or nil if it wasn't asked for.
  func report(_ wanted: ReturnConsumedCapacity?) -> [ConsumedCapacity]? {
    var reports: [ConsumedCapacity] = []
    for (name, tally) in tables {
      guard var report = tally.report(wanted, tableName: name) else { continue }
      for failure in failures where failure.name == name { report.capacityUnits += failure.units }
      reports.append(report)
    }
    return reports.isEmpty ? nil : reports
  }
}
