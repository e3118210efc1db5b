import LSMTree
import Synchronization

/// Forgets the tokens of transactions whose time is over.
///
/// Once a minute the housekeeper looks, by the database's clock, whether there are records from before the last full ten
/// minutes, and deletes all of them with one range deletion. It looks as long as there is a record, and again from the
/// next one on; so a database holds the tokens of 21 minutes at most.
extension Database {
  private static let sweepPauseMilliseconds = 60_000

  /// Has tokens forgotten from now on, if that is not under way.
  func scheduleTokenSweeping() {
    if isSweepingTokens.load(ordering: .relaxed) { return }
    guard !isSweepingTokens.exchange(true, ordering: .acquiringAndReleasing) else { return }
    scheduleTokenSweep(afterMilliseconds: 0)
  }

  private func scheduleTokenSweep(afterMilliseconds delay: Int) {
    housekeeper.schedule(afterMilliseconds: delay) { [weak self] in
      guard let self else { return }
      var hasMore = true
      doHousework("forget tokens of transactions") { () throws(Interruption) in hasMore = try sweepTokens() }
      if hasMore {
        scheduleTokenSweep(afterMilliseconds: Self.sweepPauseMilliseconds)
      } else {
        isSweepingTokens.store(false, ordering: .releasing)
      }
    }
  }

  /// Forgets tokens whose time is over. Blocks.
  ///
  /// - Returns: whether there are others.
  @discardableResult
  package func sweepTokens() throws(Interruption) -> Bool {
    let range = CatalogKeys.range(.token)
    let present = TransactionToken.span(of: clock.nanosecondsSince1970)
    let bound = CatalogKeys.tokens(from: present > 0 ? present - 1 : 0)
    do throws(TreeError) {
      var cursor = try tree.cursor(
        in: tree.appliedView(), from: range.lower, to: range.upper, io: .blocking)
      try cursor.seekToFirst()
      guard cursor.isValid else { return false }
      if [UInt8](copying: cursor.key).lexicographicallyPrecedes(bound) {
        var batch = WriteBatch()
        batch.deleteRange(from: range.lower, to: bound)
        _ = try tree.commit(batch)
      }
      try cursor.seekToLast()
      return cursor.isValid && ![UInt8](copying: cursor.key).lexicographicallyPrecedes(bound)
    } catch {
      throw Interruption(error)
    }
  }
}
