import LSMTree
import Synchronization

/// Gathering, keeping and reading what was measured.
extension Database {
  /// Minutes for which records are kept: 15 days, as CloudWatch keeps those of one minute.
  package static let metricMinutesMax: Int64 = 15 * 24 * 60
  /// Tables that get a record in one minute, at most; the busiest do.
  package static let metricTablesMax = 1_000

  /// Gathers what was counted; writes the minute down if it has passed, and does what is due once a minute. Blocks.
  ///
  /// - Returns: whether a minute has passed.
  @discardableResult
  package func rollMetrics() -> Bool {
    let now = clock.minute
    let finished = metrics.state.withLock { state in
      state.begin(at: now)
      gather(&state)
      return state.finish(at: now)
    }
    guard let finished else { return false }
    doHousework("keep metrics") { () throws(Interruption) in
      try writeMinute(finished.minute, finished.tables)
      try pruneMetrics(now)
    }
    autoScale(after: finished.minute, finished.tables)
    return true
  }

  /// Writes down what the minute under way has come to, as the last thing before the database is closed.
  func flushMetrics() {
    let rest = metrics.state.withLock { state in
      gather(&state)
      return (state.minute, state.takeGathered())
    }
    guard let minute = rest.0, !rest.1.isEmpty else { return }
    doHousework("keep metrics") { () throws(Interruption) in try writeMinute(minute, rest.1) }
  }

  private func gather(_ state: inout GatheredMinute) {
    let snapshot = catalog.snapshot
    state.tables[0, default: .init()].gather(metrics.ofDatabase)
    var present: Set<UInt32> = [0]
    for table in snapshot.tables.values {
      present.insert(table.id)
      state.tables[table.id, default: .init(name: table.name)].gather(table)
    }
    if state.tables.values.contains(where: { !$0.gathered.isEmpty }) {
      state.tables[0]!.gatherQuotas(snapshot.tables.values)
    }
    // What was gathered of a table that has gone is still written.
    for (id, table) in state.tables where !present.contains(id) && table.gathered.isEmpty {
      state.tables[id] = nil
    }
  }

  /// Records of one minute are added to what the database has of that minute already: it may have been opened again
  /// within it, or its clock been set back.
  private func writeMinute(
    _ minute: Int64, _ tables: [(id: UInt32, table: GatheredMinute.Table)]
  ) throws(Interruption) {
    try metrics.writing.withLock { _ throws(Interruption) in try addMinute(minute, tables) }
  }

  private func addMinute(
    _ minute: Int64, _ tables: [(id: UInt32, table: GatheredMinute.Table)]
  ) throws(Interruption) {
    guard let minute = UInt32(exactly: minute) else { return }
    var kept = tables
    if kept.count > Self.metricTablesMax {
      kept.sort { $0.table.activity > $1.table.activity }
      kept.removeLast(kept.count - Self.metricTablesMax)
    }
    guard !kept.isEmpty else { return }
    var batch = WriteBatch(capacityBytes: 512 * kept.count)
    for (id, table) in kept {
      let key = CatalogKeys.metrics(minute: minute, id: id)
      var record = MetricRecord(tableName: table.name, series: table.gathered)
      if let old = try metricRecord(key) { record.merge(old) }
      batch.put(key, record.encoded)
    }
    var context = OperationContext(io: .blocking)
    try commit(batch, &context)
  }

  private func metricRecord(_ key: [UInt8]) throws(Interruption) -> MetricRecord? {
    do throws(TreeError) {
      guard let found = try tree.get(key.span.bytes, in: tree.appliedView(), io: .blocking) else {
        return nil
      }
      return MetricRecord([UInt8](copying: found.bytes))
    } catch {
      throw Interruption(error)
    }
  }

  /// Throws away, once an hour, what is older than it is kept.
  private func pruneMetrics(_ now: Int64) throws(Interruption) {
    let hour = now / 60
    let isDue = metrics.state.withLock { state in
      defer { state.prunedHour = hour }
      return state.prunedHour != hour
    }
    guard isDue, let oldest = UInt32(exactly: now - Self.metricMinutesMax) else { return }
    var batch = WriteBatch(capacityBytes: 64)
    batch.deleteRange(from: CatalogKeys.range(.metrics).lower, to: CatalogKeys.metrics(from: oldest))
    var context = OperationContext(io: .blocking)
    try commit(batch, &context)
  }

  /// Calls `body` with the records of the minutes in `minutes`, oldest first.
  func forEachMetricRecord(
    _ minutes: Range<Int64>, _ body: (_ minute: Int64, _ id: UInt32, MetricRecord) -> Void
  ) throws(DatabaseError) {
    let from = UInt32(clamping: max(minutes.lowerBound, clock.minute - Self.metricMinutesMax))
    let to = UInt32(clamping: minutes.upperBound)
    guard from < to else { return }
    do throws(TreeError) {
      // A minute that was written just now is told when it is durable.
      try tree.waitUntilDurable(tree.appliedSequence)
      var cursor = try tree.cursor(
        in: tree.view(), from: CatalogKeys.metrics(from: from), to: CatalogKeys.metrics(from: to),
        io: .blocking)
      try cursor.seekToFirst()
      while cursor.isValid {
        let key = [UInt8](copying: cursor.key)
        let value = [UInt8](copying: cursor.value)
        if let (minute, id) = CatalogKeys.minuteAndID(ofMetrics: key), let record = MetricRecord(value) {
          body(Int64(minute), id, record)
        }
        try cursor.next()
      }
    } catch {
      throw DatabaseError(error)
    }
  }
}

extension GatheredMinute.Table {
  mutating func gather(_ table: Table) {
    name = table.name
    gather(table.meter)
    gatherResources(of: table)
    if !gathered.isEmpty { gatherGauges(of: table.definition) }
  }

  mutating func gatherResources(of table: Table) {
    if let admission = table.admission { gather(admission, index: nil) }
    for index in table.indexes {
      if let admission = index.admission { gather(admission, index: index.name) }
    }
    if resources.count > 1 {
      resources = resources.filter { id, _ in id == table.id || table.indexes.contains { $0.id == id } }
    }
  }

  /// By how much the table was used, for choosing among many.
  fileprivate var activity: Double {
    gathered.reduce(0) { $1.key.metric.isGauge ? $0 : $0 + $1.value.sum }
  }
}

extension Database {
  /// What is done before and after the user moves the clock: what was counted stays in the minute in which it was.
  func clockMoves() {
    guard isOpen else { return }
    rollMetrics()
    metrics.clockHasMoved(self)
  }
}
