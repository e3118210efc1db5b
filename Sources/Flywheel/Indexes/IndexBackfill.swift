import DynamoModel
import LSMTree

/// Fills an index that was added to a table that has items.
///
/// The index is made, empty and with the status CREATING, in a change of the catalog that no writer was in
/// the middle of (`Catalog.change`). From then on every writer keeps the index, so what is left is the items
/// that were there before and have not been written since. The backfill walks the table in order of its keys
/// and puts them in:
///
/// - A step takes the next items' keys, latches them all, reads each item *again*, and writes the entries
///   that the index does not have together with the last key in one batch. Reading under the latch is what
///   makes it right beside writers: the entry is that of the item as it is, and nobody changes the item until
///   the entry is applied.
/// - The key of the last item is part of the batch, so after a crash the walk goes on from the last step that
///   is durable, and never skips one whose entries were lost.
/// - Nothing is held between steps, no snapshot and no latch, so a long backfill keeps neither old versions
///   of items nor writers. It makes a pause after every step, as long as the step took, which leaves half of
///   one core to others.
///
/// Rejected: reading from a snapshot and writing entries with what it says, which would put back what writers
/// have changed since unless every entry carried the sequence it is of.
extension Database {
  package enum BackfillStep {
    /// There may be more to do.
    case more
    /// The index holds everything and is active.
    case done
    /// The index is not there any more, or needs no filling.
    case gone
  }

  /// The longest pause after a step.
  private static let backfillPauseMillisecondsMax = 1_000
  /// Bytes of items that a step takes, as its keys are collected.
  private static let backfillStepBytesMax = 4 << 20

  /// Has an index filled beside the requests.
  func scheduleBackfill(ofIndex id: UInt32, table name: String, afterMilliseconds delay: Int = 0) {
    housekeeper.schedule(afterMilliseconds: delay) { [self] in
      doHousework("fill an index of table \(name)") { () throws(Interruption) in
        let started = MonotonicClock.nanoseconds
        guard try backfillStep(ofIndex: id, table: name) == .more else { return }
        let spent = Int((MonotonicClock.nanoseconds - started) / 1_000_000)
        scheduleBackfill(
          ofIndex: id, table: name, afterMilliseconds: min(spent, Self.backfillPauseMillisecondsMax))
      }
    }
  }

  /// Does one step of filling an index. Blocks.
  package func backfillStep(ofIndex id: UInt32, table name: String) throws(Interruption) -> BackfillStep {
    var context = OperationContext(io: .blocking)
    guard let table = catalog.table(name, &context),
      let index = table.indexes.first(where: { $0.id == id }), index.status == .creating
    else { return .gone }
    let keys = try nextBackfillKeys(for: index.id, table)
    guard let last = keys.last else {
      return try finishBackfill(of: index, table, &context) ? .done : .gone
    }
    do throws(Interruption) {
      let latch = try latchPatiently(stripes: keys.map { KeyLatches.stripe(of: $0.span.bytes) }, of: table)
      try fill(index, of: table, with: keys, last: last)
      latch.release()
      return .more
    } catch {
      // The table was changed since it was looked up: the next step sees what it is now.
      if case .restart = error { return .more }
      throw error
    }
  }

  /// The keys of the items that come next in filling what has the id `id`.
  func nextBackfillKeys(for id: UInt32, _ table: Table) throws(Interruption) -> [[UInt8]] {
    do throws(TreeError) {
      let view = tree.appliedView()
      var range = CatalogKeys.range(ofID: table.id)
      if let progress = try tree.get(CatalogKeys.backfill(id), in: view, io: .blocking) {
        range.lower = [UInt8](copying: progress.bytes) + [0]
      }
      var keys: [[UInt8]] = []
      var bytes = 0
      var cursor = try tree.cursor(in: view, from: range.lower, to: range.upper, io: .blocking)
      try cursor.seekToFirst()
      while cursor.isValid, keys.count < options.housekeepingChunkItems, bytes < Self.backfillStepBytesMax {
        keys.append([UInt8](copying: cursor.key))
        bytes += cursor.value.byteCount
        try cursor.next()
      }
      return keys
    } catch {
      throw Interruption(error)
    }
  }

  /// Writes the entries of the items under `keys` that the index does not have, and how far it has come.
  private func fill(
    _ index: Index, of table: Table, with keys: [[UInt8]], last: [UInt8]
  ) throws(Interruption) {
    do throws(TreeError) {
      let view = tree.appliedView()
      var batch = WriteBatch(capacityBytes: 64 << 10)
      var items = 0
      var bytes = 0
      for key in keys {
        guard let found = try tree.get(key, in: view, io: .blocking) else { continue }
        let item = Item(ItemView(trusting: found.bytes))
        var entryKey = KeyBuffer()
        guard Keyspace.append(entryOf: item.view, in: index, of: table, to: &entryKey) else { continue }
        if try tree.get(entryKey.bytes, in: view, io: .blocking) != nil { continue }
        let entry = index.entry(of: item)
        batch.put(entryKey.bytes, entry.bytes.span.bytes)
        items += 1
        bytes += entry.sizeBytes
      }
      batch.put(CatalogKeys.backfill(index.id), last)
      _ = try tree.commit(batch)
      index.counters.add(items: items, bytes: bytes)
    } catch {
      throw Interruption(error)
    }
  }

  /// Makes the index active. False if it is not there any more.
  private func finishBackfill(
    of index: Index, _ table: Table, _ context: inout OperationContext
  ) throws(Interruption) -> Bool {
    let finished = try catalog.change(&context) { draft throws(ServiceError) in
      guard var definition = draft.table(table.name)?.definition,
        let position = definition.globalIndexes.firstIndex(where: {
          $0.id == index.id && $0.status == .creating
        })
      else { return false }
      definition.globalIndexes[position].status = .active
      definition.globalIndexes[position].isBackfilling = false
      draft.put(definition)
      draft.finishBackfill(index.id)
      return true
    }
    if finished { options.onEvent?(.indexFilled(table: table.name, index: index.name)) }
    return finished
  }
}
