/// How often some settings may be changed, in the service's words.
///
/// The service counts by table: one that is deleted and made again starts afresh, since all of it is in the table's
/// definition. A request that changes nothing does not count. A change that lies ahead, since the clock was set back, holds
/// nothing up. The checks are passed over if
/// `DatabaseOptions.enforcesChangeIntervals` says so, but changes are noted all the same.
///
/// Lengths and texts are those that recordings of the service show. They differ from its documentation in one: a
/// time to live may be set again after about 31 minutes, not after an hour.
package enum ChangeIntervals {
  static let timeToLiveMilliseconds: Int64 = 31 * 60 * 1_000
  static let policyMilliseconds: Int64 = 15_000
  static let deletionProtectionMilliseconds: Int64 = 15_000
  /// Changes of table class in so many days.
  static let tableClassChangesMax = 2
  static let tableClassDays: Int64 = 30
  /// Switches from provisioned to on-demand in 24 hours. There is no limit to switches back.
  ///
  /// Source: developer guide, "Considerations when switching capacity modes".
  static let onDemandSwitchesMax = 4
  static let onDemandSwitchDays: Int64 = 1
  /// Changes of encryption that are free in 24 hours from the first, and what has to lie between further ones.
  static let encryptionChangesMax = 4
  static let encryptionHours: Int64 = 24
  static let encryptionBetweenSeconds: Int64 = 21_600

  /// Checks that a table's time to live may change again.
  static func checkTimeToLive(_ table: TableDefinition, at now: Timestamp) throws(ServiceError) {
    guard let last = table.timeToLiveChanged, now >= last else { return }
    if now < last.advanced(byMilliseconds: timeToLiveMilliseconds) {
      throw .validation("Time to live has been modified multiple times within a fixed interval")
    }
  }

  /// Checks that a table's policy may change again.
  static func checkPolicy(_ table: TableDefinition, at now: Timestamp) throws(ServiceError) {
    guard let revision = table.policy?.revision ?? table.policyDeleted,
      now >= Timestamp(nanosecondsSince1970: revision * 1_000_000)
    else { return }
    let next = Timestamp(nanosecondsSince1970: (revision + policyMilliseconds) * 1_000_000)
    if now < next {
      throw ServiceError(
        .throttling,
        "Resource-based policy for table \(table.name) modified within the previous \(policyMilliseconds) "
          + "milliseconds. Please try again after \(next.written).")
    }
  }

  /// Checks that a table's protection against deletion may change again.
  static func checkDeletionProtection(_ table: TableDefinition, at now: Timestamp) throws(ServiceError) {
    guard let last = table.deletionProtectionChanged, now >= last else { return }
    let next = last.advanced(byMilliseconds: deletionProtectionMilliseconds)
    if now < next {
      throw ServiceError(
        .throttling,
        "Deletion protection setting for table \(table.name) modified within the previous "
          + "\(deletionProtectionMilliseconds) milliseconds. Please try again after \(next.written)")
    }
  }

  /// Checks that a table's class may change again. Once the changes are used up, not even the class that the
  /// table has may be asked for.
  static func checkTableClass(_ table: TableDefinition, at now: Timestamp) throws(ServiceError) {
    let earliest = now.advanced(byMilliseconds: -tableClassDays * 86_400_000)
    let changes = [table.tableClassChanged, table.tableClassChangedBefore].compactMap(\.self)
    if changes.count(where: { $0 > earliest && $0 <= now }) >= tableClassChangesMax {
      throw ServiceError(
        .limitExceeded,
        "Subscriber limit exceeded: Updates to TableClass are limited to \(tableClassChangesMax) times in "
          + "\(tableClassDays) day(s).")
    }
  }

  /// Checks that a provisioned table may become on-demand again. The text is that which the service had when it allowed one
  /// switch a day, with the number as other limits of its have it.
  static func checkSwitchToOnDemand(_ table: TableDefinition, at now: Timestamp) throws(ServiceError) {
    let day = onDemandSwitchDays * 86_400_000
    let earliest = now.advanced(byMilliseconds: -day)
    let counting = table.onDemandSwitches.filter { $0 > earliest && $0 <= now }
    guard counting.count >= onDemandSwitchesMax, let first = counting.min(), let last = counting.max() else {
      return
    }
    throw ServiceError(
      .limitExceeded,
      "Subscriber limit exceeded: Update to PayPerRequest mode are limited to \(onDemandSwitchesMax) times in "
        + "\(onDemandSwitchDays) day(s). Last update at \(last.spelledShort). Next update can be made at "
        + "\(first.advanced(byMilliseconds: day).spelledShort)")
  }

  /// Checks that a table's encryption may change again.
  static func checkEncryption(_ table: TableDefinition, at now: Timestamp) throws(ServiceError) {
    guard let changes = table.encryptionChanges, changes.last <= now, now < changes.end,
      changes.count >= encryptionChangesMax
    else { return }
    let next = min(changes.end, changes.last.advanced(byMilliseconds: encryptionBetweenSeconds * 1_000))
    if now < next {
      throw ServiceError(
        .limitExceeded,
        "Subscriber limit exceeded: Encryption mode changes are limited in the \(encryptionHours)h window ending at "
          + "\(changes.end.written). After the first \(encryptionChangesMax) change, each subsequent change in the "
          + "same window can be performed at most once every \(encryptionBetweenSeconds) seconds. Number of updates "
          + "today: \(changes.count). Last change at \(changes.last.written). Next changes can be made at "
          + "\(next.written).")
    }
  }
}

/// How often a table's encryption was changed in the day that began with `first`.
package struct EncryptionChanges: Sendable, Hashable {
  package var first: Timestamp
  package var last: Timestamp
  package var count: Int

  package init(first: Timestamp, last: Timestamp, count: Int) {
    self.first = first
    self.last = last
    self.count = count
  }

  /// When the day is over.
  package var end: Timestamp {
    first.advanced(byMilliseconds: ChangeIntervals.encryptionHours * 3_600_000)
  }

  /// What `changes` becomes with one more at `now`.
  package static func adding(to changes: EncryptionChanges?, at now: Timestamp) -> EncryptionChanges {
    guard let changes, changes.last <= now, now < changes.end else {
      return EncryptionChanges(first: now, last: now, count: 1)
    }
    return EncryptionChanges(first: changes.first, last: now, count: changes.count + 1)
  }
}
