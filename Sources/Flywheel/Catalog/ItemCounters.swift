import Synchronization

/// How many items a table or an index holds and how many bytes they count for, kept while writers write.
///
/// Two numbers that every write changes would be the one cache line that all threads fight for; so there is
/// a pair for each stripe of threads, and whoever wants the totals adds them up.
///
/// Unchecked: the cells are atomics at fixed addresses from `init` to `deinit`.
package final class ItemCounters: @unchecked Sendable {
  private struct Cell: ~Copyable {
    let items = Atomic<Int>(0)
    let bytes = Atomic<Int>(0)
    /// Fills the cache line.
    let padding = InlineArray<6, UInt64>(repeating: 0)
  }

  private let cells = UnsafeMutablePointer<Cell>.allocate(capacity: ThreadStripe.count)

  package init(items: Int = 0, bytes: Int = 0) {
    for stripe in 0..<ThreadStripe.count { (cells + stripe).initialize(to: Cell()) }
    add(items: items, bytes: bytes)
  }

  deinit {
    cells.deinitialize(count: ThreadStripe.count)
    cells.deallocate()
  }

  /// Adds to the totals; negative numbers take away.
  package func add(items: Int, bytes: Int) {
    let cell = cells + ThreadStripe.index
    cell.pointee.items.add(items, ordering: .relaxed)
    cell.pointee.bytes.add(bytes, ordering: .relaxed)
  }

  /// The totals. Exact when no writer is under way.
  package var totals: (items: Int, bytes: Int) {
    var items = 0
    var bytes = 0
    for stripe in 0..<ThreadStripe.count {
      items += cells[stripe].items.load(ordering: .relaxed)
      bytes += cells[stripe].bytes.load(ordering: .relaxed)
    }
    return (items, bytes)
  }
}
