import DynamoModel
import LSMTree

/// Gives the items of a table entries that were there before the table had a time to live; as `IndexBackfill`
/// fills an index, and simpler, since nobody counts these entries: putting one again changes nothing.
extension Database {
  private static let fillPauseMillisecondsMax = 1_000

  func scheduleTimeToLiveFilling(ofTable name: String, id: UInt32, afterMilliseconds delay: Int = 0) {
    housekeeper.schedule(afterMilliseconds: delay) { [self] in
      doHousework("find the items of table \(name) that will expire") { () throws(Interruption) in
        let started = MonotonicClock.nanoseconds
        guard try timeToLiveFillStep(ofTable: name, id: id) else { return }
        let spent = Int((MonotonicClock.nanoseconds - started) / 1_000_000)
        scheduleTimeToLiveFilling(
          ofTable: name, id: id, afterMilliseconds: min(spent, Self.fillPauseMillisecondsMax))
      }
    }
  }

  /// Does one step. Blocks.
  ///
  /// - Returns: whether there is more to do.
  package func timeToLiveFillStep(ofTable name: String, id: UInt32) throws(Interruption) -> Bool {
    var context = OperationContext(io: .blocking)
    guard let table = catalog.table(name, &context), let timeToLive = table.definition.timeToLive,
      timeToLive.id == id, timeToLive.isFilling
    else { return false }
    let keys = try nextBackfillKeys(for: id, table)
    guard let last = keys.last else {
      try catalog.change(&context) { draft throws(ServiceError) in
        guard var definition = draft.table(name)?.definition, definition.timeToLive?.id == id else { return }
        definition.timeToLive?.isFilling = false
        draft.put(definition)
        draft.finishBackfill(id)
      }
      return false
    }
    do throws(Interruption) {
      let latch = try latchPatiently(stripes: keys.map { KeyLatches.stripe(of: $0.span.bytes) }, of: table)
      try fill(timeToLive, with: keys, last: last)
      latch.release()
    } catch {
      // The table was changed since it was looked up: the next step sees what it is now.
      guard case .restart = error else { throw error }
    }
    return true
  }

  private func fill(_ timeToLive: TimeToLive, with keys: [[UInt8]], last: [UInt8]) throws(Interruption) {
    do throws(TreeError) {
      let view = tree.appliedView()
      var batch = WriteBatch(capacityBytes: 16 << 10)
      for key in keys {
        guard let found = try tree.get(key, in: view, io: .blocking),
          let entry = timeToLive.entryKey(of: ItemView(trusting: found.bytes), key: key.span.bytes)
        else { continue }
        batch.put(entry, [])
      }
      batch.put(CatalogKeys.backfill(timeToLive.id), last)
      _ = try tree.commit(batch)
    } catch {
      throw Interruption(error)
    }
  }
}
