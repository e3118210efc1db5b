import LSMTree

/// What happens to partitions while the database is open: at the end of every minute of its clock, the first request that is
/// charged looks what the minute was like (`ResourceAdmission.endMinute`), and what follows from it is done beside
/// requests, as a change of the catalog.
extension Database {
  /// Has done what the end of a minute asks for.
  func minuteEnded(of admission: ResourceAdmission, _ outcome: MinuteOutcome) {
    guard isOpen, !outcome.isEmpty else { return }
    housekeeper.schedule { [weak self] in
      guard let self, isOpen else { return }
      doHousework("adapt partitions of \(admission.arn)") { () throws(Interruption) in
        var context = OperationContext(io: .blocking)
        try catalog.change(&context) { draft throws(ServiceError) in
          guard var definition = draft.table(admission.tableName)?.definition,
            definition.adapt(admission.id, outcome)
          else { return }
          draft.put(definition)
        }
      }
    }
  }
}

extension TableDefinition {
  /// Takes over what came of a minute for the table or index of an id.
  ///
  /// - Returns: false if there is nothing to take over.
  fileprivate mutating func adapt(_ id: UInt32, _ outcome: MinuteOutcome) -> Bool {
    let before = self
    var level: WarmLevel?
    if id == self.id {
      if billingMode == .payPerRequest { warmThroughput.raise(to: outcome.level) }
      level = warmThroughput
    } else if let position = globalIndexes.firstIndex(where: { $0.id == id }) {
      if billingMode == .payPerRequest { globalIndexes[position].warmThroughput.raise(to: outcome.level) }
      level = globalIndexes[position].warmThroughput
    }
    guard let level else { return false }
    var ranges = partitions[id] ?? PartitionRanges(for: level)
    for point in outcome.splitPoints { ranges.split(at: point) }
    partitions[id] = ranges
    return self != before
  }

  /// Notes where partitions are that nothing was noted of, as many as the throughput asks for, and forgets those of
  /// indexes that are gone. Partitions never become fewer.
  package mutating func settlePartitions() {
    var settled: [UInt32: PartitionRanges] = [:]
    for (id, level) in [(id, warmThroughput)] + globalIndexes.map({ ($0.id, $0.warmThroughput) }) {
      var ranges = partitions[id] ?? PartitionRanges(for: level)
      ranges.grow(for: level)
      settled[id] = ranges
    }
    partitions = settled
  }
}

extension WarmLevel {
  fileprivate mutating func raise(to level: WarmLevel?) {
    guard let level else { return }
    raise(toRead: level.readUnitsPerSecond, write: level.writeUnitsPerSecond)
  }
}
