/// How many items a table or an index holds and how many bytes they count for, kept while writers write.
///
/// Two numbers that every write changes would be the one cache line that all threads fight for; so each thread has
/// a pair of its own, and whoever wants the totals adds them up.
package final class ItemCounters: Sendable {
  private enum Cell {
    static let items = 0
    static let bytes = 1
    static let count = 2
  }

  private let cells = MeterCells(count: Cell.count)

  package init(items: Int = 0, bytes: Int = 0) {
    if items != 0 || bytes != 0 { add(items: items, bytes: bytes) }
  }

  /// Adds to the totals; negative numbers take away.
  @inline(__always)
  package func add(items: Int, bytes: Int) {
    let row = cells.row
    row.add(items, to: Cell.items)
    row.add(bytes, to: Cell.bytes)
  }

  /// The totals. Exact when no writer is under way.
  package var totals: (items: Int, bytes: Int) { (cells.total(Cell.items), cells.total(Cell.bytes)) }
}
