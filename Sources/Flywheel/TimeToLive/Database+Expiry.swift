import DynamoModel
import LSMTree
import Synchronization

/// Deletes items whose time has come.
///
/// The housekeeper looks once a second, by the database's clock, at the entries of every table with a time to
/// live, oldest first. It takes a few at a time, latches their items, reads each again, and deletes those that
/// are still to go, with their entries in indexes, in one batch: an item that was given another time or put anew
/// meanwhile has another entry, and stays. It makes a pause after every step, as long as the step took, which
/// leaves half of one core to others. Nothing is charged for it, so no index that is out of units holds it up.
extension Database {
  private static let expiryPauseMilliseconds = 1_000

  /// Has expired items deleted from now on, if that is not under way.
  func scheduleExpiry(afterMilliseconds delay: Int = 0) {
    guard !isExpiring.exchange(true, ordering: .acquiringAndReleasing) else { return }
    scheduleExpiryStep(afterMilliseconds: delay)
  }

  private func scheduleExpiryStep(afterMilliseconds delay: Int) {
    housekeeper.schedule(afterMilliseconds: delay) { [weak self] in
      guard let self else { return }
      let started = MonotonicClock.nanoseconds
      var hasTables = false
      var hasMore = false
      for name in catalog.snapshot.names {
        doHousework("delete expired items of table \(name)") { () throws(Interruption) in
          guard let deleted = try expireStep(ofTable: name) else { return }
          hasTables = true
          if deleted == options.housekeepingChunkItems { hasMore = true }
        }
      }
      guard hasTables else {
        isExpiring.store(false, ordering: .releasing)
        // A table may have got a time to live since it was looked at.
        if catalog.snapshot.tables.values.contains(where: { $0.definition.timeToLive != nil }) {
          scheduleExpiry()
        }
        return
      }
      let spent = Int((MonotonicClock.nanoseconds - started) / 1_000_000)
      scheduleExpiryStep(
        afterMilliseconds: hasMore ? min(spent, Self.expiryPauseMilliseconds) : Self.expiryPauseMilliseconds)
    }
  }

  /// Deletes some expired items of a table. Blocks.
  ///
  /// - Returns: how many entries were looked at, `housekeepingChunkItems` if there may be more; nil if the table
  ///   has no time to live.
  @discardableResult
  package func expireStep(ofTable name: String) throws(Interruption) -> Int? {
    var context = OperationContext(io: .blocking)
    guard let table = catalog.table(name, &context), table.status == .active || table.status == .updating,
      let timeToLive = table.definition.timeToLive
    else { return nil }
    let now = clock.nanosecondsSince1970 / 1_000_000_000
    let keys = try expiredKeys(timeToLive, now: now)
    guard !keys.isEmpty else { return 0 }
    do throws(Interruption) {
      let stripes = keys.flatMap { ItemCollections.stripes(for: $0.span.bytes, in: table) }
      let latch = try latchPatiently(stripes: stripes, of: table)
      try delete(keys, of: table, timeToLive, now: now, &context)
      latch.release()
    } catch {
      // The table was changed since it was looked up: the next step sees what it is now.
      guard case .restart = error else { throw error }
    }
    return keys.count
  }

  private func expiredKeys(_ timeToLive: TimeToLive, now: Int64) throws(Interruption) -> [[UInt8]] {
    do throws(TreeError) {
      var cursor = try tree.cursor(
        in: tree.appliedView(), from: timeToLive.bound(max(0, now - TimeToLive.ageSecondsMax)),
        to: timeToLive.bound(now), io: .blocking)
      var keys: [[UInt8]] = []
      try cursor.seekToFirst()
      while cursor.isValid, keys.count < options.housekeepingChunkItems {
        keys.append(TimeToLive.itemKey(ofEntry: cursor.key))
        try cursor.next()
      }
      return keys
    } catch {
      throw Interruption(error)
    }
  }

  /// Deletes the items under `keys` that are expired, in one batch. Their latches are held.
  private func delete(
    _ keys: [[UInt8]], of table: Table, _ timeToLive: TimeToLive, now: Int64,
    _ context: inout OperationContext
  ) throws(Interruption) {
    let view = tree.appliedView()
    var staged = StagedWrites(capacityBytes: 4_096, charge: .none)
    var tally = CapacityTally()
    var expired = 0
    for key in keys {
      let snapshot = try ItemSnapshot(key.span.bytes, in: view, of: self, io: .blocking)
      guard let old = snapshot.copy, let seconds = timeToLive.seconds(of: old.view), seconds < now,
        seconds >= now - TimeToLive.ageSecondsMax
      else { continue }
      expired += 1
      try staged.stage(
        key.span.bytes, in: table, old: old, new: nil, view: view, of: self, io: .blocking, &tally)
    }
    try staged.settleCollections(in: view, of: self, io: .blocking)
    try staged.commit(to: self, &context)
    table.meter.countExpired(expired)
  }
}
