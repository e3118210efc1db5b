/// Adds up the units that one operation uses of one table, and tells them as the request asked.
///
/// Units are added up whether they are told or not: a table that limits its throughput is charged with them.
package struct CapacityTally: Sendable {
  /// The units used of the table itself.
  package private(set) var tableUnits = 0.0
  /// The units used of indexes, an entry for each index that used any.
  package private(set) var indexUnits: [(index: Index, units: Double)] = []

  package init() {}

  /// The units used in all.
  package var totalUnits: Double {
    indexUnits.reduce(tableUnits) { $0 + $1.units }
  }

  /// Adds units used of the table itself.
  package mutating func addTable(_ units: Double) {
    tableUnits += units
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

  private func parts(_ kind: Index.Kind) -> [String: Capacity]? {
    var parts: [String: Capacity] = [:]
    for (index, units) in indexUnits where index.kind == kind {
      parts[index.name] = Capacity(capacityUnits: units)
    }
    return parts.isEmpty ? nil : parts
  }
}
