/// Adds up the units that one operation uses of one table, and tells them as the request asked.
///
/// Units are added up whether they are told or not: a table that limits its throughput is charged with them.
package struct CapacityTally: Sendable {
  /// The units used of the table itself.
  package private(set) var tableUnits = 0.0
  /// The units used of indexes, an entry for each index that used any.
  package private(set) var indexUnits: [(index: Index, units: Double)] = []

  /// What a unit of work on the table itself counts: twice in a transaction, which reads or writes every item once to
  /// prepare and once to commit. Entries of indexes are no part of that, and cost what they cost outside of one. (Measured of
  /// the service in eu-west-2: dynoxide, pull request 188.)
  private let factor: Double

  package init() { factor = 1 }

  /// A tally for a part of a transaction.
  package init(ofTransaction: Void) { factor = 2 }

  /// The units used in all.
  @inline(__always)
  package var totalUnits: Double {
    indexUnits.isEmpty ? tableUnits : indexUnits.reduce(tableUnits) { $0 + $1.units }
  }

  /// Adds units used of the table itself.
  package mutating func addTable(_ units: Double) {
    tableUnits += units * factor
  }

  /// Adds units used of an index; an index that uses none is not mentioned.
  package mutating func add(_ units: Double, to index: Index) {
    guard units > 0 else { return }
    for position in indexUnits.indices where indexUnits[position].index.id == index.id {
      indexUnits[position].units += units
      return
    }
    indexUnits.append((index, units))
  }

  /// Adds what another tally of the same table has.
  package mutating func add(_ other: CapacityTally) {
    addTable(other.tableUnits)
    for (index, units) in other.indexUnits { add(units, to: index) }
  }

  /// What the answer tells: nil, the total, or the total and its parts.
  ///
  /// - Parameter tableName: the table as the request called it.
  package func report(_ wanted: ReturnConsumedCapacity?, tableName: String) -> ConsumedCapacity? {
    switch wanted ?? .none {
    case .none:
      return nil
    case .total:
      return ConsumedCapacity(tableName: tableName, capacityUnits: totalUnits)
    case .indexes:
      return ConsumedCapacity(
        tableName: tableName, capacityUnits: totalUnits, table: Capacity(capacityUnits: tableUnits),
        localSecondaryIndexes: parts(.local), globalSecondaryIndexes: parts(.global))
    }
  }

  /// What the answer to a transaction tells: as `report(_:tableName:)`, with every number once more under the name of
  /// what it is, reads or writes.
  package func report(
    _ wanted: ReturnConsumedCapacity?, tableName: String, as kind: TransactionCapacity
  ) -> ConsumedCapacity? {
    guard let report = report(wanted, tableName: tableName) else { return nil }
    func tell(_ units: Double) -> Capacity {
      switch kind {
      case .reads: Capacity(capacityUnits: units, readCapacityUnits: units)
      case .writes: Capacity(capacityUnits: units, writeCapacityUnits: units)
      }
    }
    let total = tell(report.capacityUnits)
    return ConsumedCapacity(
      tableName: report.tableName, capacityUnits: report.capacityUnits,
      readCapacityUnits: total.readCapacityUnits, writeCapacityUnits: total.writeCapacityUnits,
      table: report.table.map { tell($0.capacityUnits) },
      localSecondaryIndexes: report.localSecondaryIndexes?.mapValues { tell($0.capacityUnits) },
      globalSecondaryIndexes: report.globalSecondaryIndexes?.mapValues { tell($0.capacityUnits) })
  }

  private func parts(_ kind: Index.Kind) -> [String: Capacity]? {
    var parts: [String: Capacity] = [:]
    for (index, units) in indexUnits where index.kind == kind {
      parts[index.name] = Capacity(capacityUnits: units)
    }
    return parts.isEmpty ? nil : parts
  }
}

/// What the units of a transaction were used for.
package enum TransactionCapacity: Sendable {
  case reads
  case writes
}
