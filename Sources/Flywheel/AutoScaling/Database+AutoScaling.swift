import LSMTree
import Synchronization

/// What auto scaling remembers of a table's or an index's last quarter of an hour. Lost when the database is closed,
/// as if there had been no use.
package struct ScalingMemory: Sendable {
  struct Key: Hashable {
    var id: UInt32
    var direction: CapacityDirection
  }

  struct Lane {
    /// The newest minute of `used`.
    var minute: Int64
    /// Units used in each minute, the newest last; nil for one without use.
    var used: [Double?] = []
    var lastOut: Int64?
    var lastIn: Int64?
  }

  var lanes: [Key: Lane] = [:]

  init() {}

  /// Forgets what is of none of these tables and indexes.
  mutating func keep(_ ids: Set<UInt32>) {
    guard lanes.keys.contains(where: { !ids.contains($0.id) }) else { return }
    lanes = lanes.filter { ids.contains($0.key.id) }
  }

  /// Notes what was used in a minute.
  mutating func note(_ units: Double?, _ key: Key, minute: Int64) {
    var lane = lanes[key] ?? Lane(minute: minute - 1)
    let gap = minute - lane.minute
    if gap < 1 || gap > Int64(ScalingDecision.minutesIn) {
      // A clock that went back, or stood for long: what was before is no row with what comes.
      lane.used = []
    } else {
      lane.used += [Double?](repeating: nil, count: Int(gap - 1))
    }
    lane.used.append(units)
    lane.used.removeFirst(max(0, lane.used.count - ScalingDecision.minutesIn))
    lane.minute = minute
    lanes[key] = lane
  }
}

/// Carrying out what auto scaling decides: through UpdateTable, with all its checks, limits and effects. What
/// UpdateTable refuses (too many decreases a day, a table that is being changed) is tried again a minute later.
extension Database {
  /// One resource with scaling: the table (no index) or a global index.
  fileprivate struct Scaled {
    var id: UInt32
    var index: String?
    var throughput: ThroughputHistory
    var scaling: AutoScaling
  }

  fileprivate struct Change {
    var scaled: Scaled
    var old: ProvisionedThroughput
    var new: ProvisionedThroughput
    var direction: CapacityDirection
    var isOut: Bool
  }

  /// Scales what is to be scaled after a minute has passed. Blocks.
  func autoScale(after minute: Int64, _ gathered: [(id: UInt32, table: GatheredMinute.Table)]) {
    let snapshot = catalog.snapshot
    let ids = snapshot.tables.values.lazy.map(\.definition).filter(\.hasAutoScaling).flatMap {
      [$0.id] + $0.globalIndexes.map(\.id)
    }
    metrics.scaling.withLock { $0.keep(Set(ids)) }
    for name in snapshot.names {
      guard let table = snapshot.tables[name], table.definition.billingMode == .provisioned,
        table.definition.hasAutoScaling
      else { continue }
      let used = gathered.first { $0.id == table.id }?.table.gathered ?? [:]
      for change in changes(of: table.definition, used, minute) { carryOut(change, of: table.name) }
    }
  }

  private func changes(
    of table: TableDefinition, _ used: [MetricSeries: MetricStatistics], _ minute: Int64
  ) -> [Change] {
    let now = clock.nanosecondsSince1970 / 1_000_000_000
    var changes: [Change] = []
    let indexes = table.globalIndexes.filter { $0.status == .active }.map {
      Scaled(id: $0.id, index: $0.specification.indexName, throughput: $0.throughput, scaling: $0.autoScaling)
    }
    for scaled in [Scaled(id: table.id, throughput: table.throughput, scaling: table.autoScaling)] + indexes {
      for direction in [CapacityDirection.read, .write] {
        guard let settings = scaled.scaling[direction] else { continue }
        let metric: MetricName =
          direction == .read ? .consumedReadCapacityUnits : .consumedWriteCapacityUnits
        let units = used[MetricSeries(metric, indexName: scaled.index)]?.sum
        let key = ScalingMemory.Key(id: scaled.id, direction: direction)
        let lane = metrics.scaling.withLock { memory in
          memory.note(units, key, minute: minute)
          return memory.lanes[key]!
        }
        let old = scaled.throughput.provisioned
        let decision = ScalingDecision(
          settings, units: direction == .read ? old.readCapacityUnits : old.writeCapacityUnits,
          lastOut: lane.lastOut, lastIn: lane.lastIn)
        guard let wanted = decision.units(after: lane.used, at: now) else { continue }
        var new = old
        if direction == .read { new.readCapacityUnits = wanted } else { new.writeCapacityUnits = wanted }
        changes.append(
          Change(scaled: scaled, old: old, new: new, direction: direction, isOut: wanted > decision.units))
      }
    }
    return changes
  }

  /// Carries out one change; the other direction's units are taken as they are by now.
  private func carryOut(_ change: Change, of tableName: String) {
    guard let table = catalog.snapshot.tables[tableName] else { return }
    var request = UpdateTableRequest(tableName: tableName)
    if let index = change.scaled.index {
      guard let current = table.definition.globalIndex(named: index)?.throughput else { return }
      var update = UpdateGlobalSecondaryIndexAction(indexName: index)
      update.provisionedThroughput = change.merged(into: current.provisioned)
      request.globalSecondaryIndexUpdates = [GlobalSecondaryIndexUpdate(update: update)]
    } else {
      request.provisionedThroughput = change.merged(into: table.definition.throughput.provisioned)
    }
    var context = OperationContext(io: .blocking)
    do throws(Interruption) {
      _ = try UpdateTable.run(request, in: self, &context)
    } catch {
      if case .engine(let error) = error {
        options.onEvent?(.housekeepingFailed(task: "scale table \(tableName)", error: DatabaseError(error)))
      }
      return
    }
    let now = clock.nanosecondsSince1970 / 1_000_000_000
    let key = ScalingMemory.Key(id: change.scaled.id, direction: change.direction)
    metrics.scaling.withLock { memory in
      if change.isOut { memory.lanes[key]?.lastOut = now } else { memory.lanes[key]?.lastIn = now }
    }
  }
}

extension Database.Change {
  fileprivate func merged(into current: ProvisionedThroughput) -> ProvisionedThroughput {
    var merged = current
    switch direction {
    case .read: merged.readCapacityUnits = new.readCapacityUnits
    case .write: merged.writeCapacityUnits = new.writeCapacityUnits
    }
    return merged
  }
}

extension ThroughputHistory {
  fileprivate var provisioned: ProvisionedThroughput {
    ProvisionedThroughput(readCapacityUnits: readCapacityUnits, writeCapacityUnits: writeCapacityUnits)
  }
}

extension TableDefinition {
  fileprivate var hasAutoScaling: Bool {
    !autoScaling.isEmpty || globalIndexes.contains { !$0.autoScaling.isEmpty }
  }
}
