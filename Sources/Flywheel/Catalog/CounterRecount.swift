import DynamoModel
import LSMTree
import Synchronization

/// Counts the items of tables and indexes afresh after the database ended without being closed.
///
/// Counters live in memory and are stored by a clean close only: storing them with every write would put one
/// hot record into every batch. After a crash they start from zero and count what is written from then on,
/// while the housekeeper walks a snapshot from before the first of these writes and adds what it finds. When
/// it is through, the sums are exact; until then DescribeTable shows fewer.
extension Database {
  /// Entries that a step counts.
  private static let recountStepFactor = 16

  /// One id to count and where its numbers go.
  struct RecountTarget: Sendable {
    var id: UInt32
    var counters: ItemCounters
  }

  /// Has the items of `tables` counted beside the requests, as they were in `snapshot`.
  func scheduleRecount(of tables: [TableDefinition], at snapshot: Snapshot) {
    let current = catalog.snapshot
    let targets = tables.flatMap { table in
      (current.tables[table.name]?.countersByID ?? [:]).map { RecountTarget(id: $0.key, counters: $0.value) }
    }
    pendingRecounts.store(targets.count, ordering: .releasing)
    guard !targets.isEmpty else { return }
    scheduleRecountStep(targets[...], from: nil, at: snapshot, tables: tables.count)
  }

  private func scheduleRecountStep(
    _ targets: ArraySlice<RecountTarget>, from resume: [UInt8]?, at snapshot: Snapshot, tables: Int
  ) {
    housekeeper.schedule { [self] in
      doHousework("count items") { () throws(Interruption) in
        guard let target = targets.first else {
          options.onEvent?(.tablesRecounted(tables: tables))
          return
        }
        if let next = try recountStep(target, from: resume, at: snapshot) {
          scheduleRecountStep(targets, from: next, at: snapshot, tables: tables)
        } else {
          pendingRecounts.subtract(1, ordering: .acquiringAndReleasing)
          scheduleRecountStep(targets.dropFirst(), from: nil, at: snapshot, tables: tables)
        }
      }
    }
  }

  /// Counts some entries of an id. Returns where to go on, or nil when there are no more.
  private func recountStep(
    _ target: RecountTarget, from resume: [UInt8]?, at snapshot: Snapshot
  ) throws(Interruption) -> [UInt8]? {
    do throws(TreeError) {
      let range = CatalogKeys.range(ofID: target.id)
      var cursor = try tree.cursor(
        in: snapshot.view(), from: resume ?? range.lower, to: range.upper, io: .blocking)
      var items = 0
      var bytes = 0
      try cursor.seekToFirst()
      while cursor.isValid, items < options.housekeepingChunkItems * Self.recountStepFactor {
        items += 1
        bytes += ItemView(trusting: cursor.value).sizeBytes
        try cursor.next()
      }
      target.counters.add(items: items, bytes: bytes)
      return cursor.isValid ? [UInt8](copying: cursor.key) : nil
    } catch {
      throw Interruption(error)
    }
  }
}
