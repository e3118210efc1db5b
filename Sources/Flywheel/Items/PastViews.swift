package import LSMTree
import Synchronization

/// Shows readers the items as they were some time ago, for those who want to see what their program makes of
/// eventual consistency.
///
/// **What a reader sees.** Every write is at a time of the database's clock. A reader at `now` sees all writes
/// up to some moment between `now - delay` and a sixteenth of the delay before that, and none after it; when
/// nothing was written for as long as the delay, it sees everything.
///
/// **How.** The tree can come back to any state for which it was asked for a snapshot beforehand. So a writer
/// that finds the last snapshot older than a sixteenth of the delay takes another before it writes: the state
/// between two writes, which is the state at every moment from the first of them to the second. A reader takes
/// the newest one whose first write is old enough. Time is only ever asked of the clock, no thread goes along,
/// and a test that moves its clock by the delay sees what it wrote.
///
/// **What it costs.** At most some eighteen snapshots, each of which keeps the versions of items that were
/// written over since; for every write one lock and one look at the clock. A database without delays has no
/// such object.
///
/// Rejected: keeping back the writes themselves (a queue between a table and its indexes), which would have to
/// be as durable as the log and bounded, and would give nothing to reads of the table.
package final class PastViews: Sendable {
  private struct Moment {
    /// The time of the last write that the snapshot may hold. Before it nothing is known of this state.
    var since: Int64
    var snapshot: Snapshot
  }

  private struct State {
    /// In the order in which they were taken.
    var moments: [Moment] = []
    var lastTaken = Int64.min
    var lastWrite = Int64.min
  }

  /// How many snapshots fall on one delay.
  private static let momentsPerDelay: Int64 = 16

  private let delayNanoseconds: Int64
  private let spacingNanoseconds: Int64
  private let clock: DatabaseClock
  private let state = Mutex(State())

  /// Nil for a delay of nothing.
  package init?(delayMilliseconds: Int, clock: DatabaseClock) {
    guard delayMilliseconds > 0 else { return nil }
    delayNanoseconds = Int64(delayMilliseconds) * 1_000_000
    spacingNanoseconds = delayNanoseconds / Self.momentsPerDelay
    self.clock = clock
  }

  /// Called by every writer of items before it commits.
  package func willWrite(to tree: Tree) {
    state.withLock { state in
      let now = clock.nanosecondsSince1970
      if state.lastTaken == .min || now - state.lastTaken >= spacingNanoseconds {
        forget(&state, now)
        state.moments.append(Moment(since: state.lastWrite, snapshot: tree.snapshot()))
        state.lastTaken = now
      }
      state.lastWrite = now
    }
  }

  /// What a reader is shown now.
  package func view(of tree: Tree) -> ReadView {
    let snapshot = state.withLock { state -> Snapshot? in
      let now = clock.nanosecondsSince1970
      guard state.lastWrite > now - delayNanoseconds else {
        state.moments = []
        state.lastTaken = .min
        return nil
      }
      forget(&state, now)
      return state.moments.first?.snapshot
    }
    return snapshot?.view() ?? tree.view()
  }

  /// How many snapshots are held.
  package var momentCount: Int { state.withLock { $0.moments.count } }

  /// Lets go of what no reader will be shown any more: all before the newest that is old enough.
  private func forget(_ state: inout State, _ now: Int64) {
    guard let shown = state.moments.lastIndex(where: { $0.since <= now - delayNanoseconds }) else { return }
    state.moments.removeFirst(shown)
  }
}

extension Database {
  /// What a read of a table's items, or of an index of them, is to see.
  func view(of index: Index?, isConsistent: Bool) -> ReadView {
    let past = index?.kind == .global ? pastOfIndexes : isConsistent ? nil : pastOfItems
    return past?.view(of: tree) ?? tree.view()
  }
}
