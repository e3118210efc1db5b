import CPlatform
import LSMTree
import Synchronization

/// Numbers that all threads count up, a copy of them for each thread.
///
/// **One thread writes a copy.** Each `ThreadSlot` has a row of its own, and the thread that has the slot adds to it with a load
/// and a store, neither of them locked: nobody else writes there, and what it wrote is seen by the thread that has the slot
/// after it, so that nothing is lost. Threads without a slot of their own share the last row, and add to that atomically.
/// Totals are the rows' sums: exact of what happened before they are asked for.
///
/// **What is not used costs a word.** The table of rows is made when a thread first counts, and a row when its thread
/// does: numbers that nobody counts up are a pointer that is nil.
///
/// Rejected: a row for each of sixteen stripes of threads, which needs a locked addition for each number (some twenty cycles, and
/// the cache line if two threads meet); rows that are all made at once, which are kilobytes for each table there is.
///
/// Unchecked: the cells are atomics at addresses that are published once, by a compare-and-swap, and stay until
/// `deinit`.
package final class MeterCells: @unchecked Sendable {
  private typealias Cells = UnsafeMutablePointer<Atomic<Int>>
  /// Of each slot the address of its row, 0 until that is made.
  private typealias Rows = UnsafeMutablePointer<Atomic<UInt>>

  private let count: Int
  /// The address of the rows; 0 until a thread counts.
  private let rows = Atomic<UInt>(0)

  package init(count: Int) { self.count = count }

  deinit {
    guard let rows = madeRows else { return }
    for slot in 0..<ThreadSlot.count {
      if let cells = Cells(bitPattern: rows[slot].load(ordering: .acquiring)) { free(cells) }
    }
    Self.free(rows)
  }

  // MARK: Counting

  /// The calling thread's copy of the numbers, found once for several additions. Not to be kept, and not to be taken to another
  /// thread: an addition there may be lost.
  package struct Row {
    fileprivate let cells: UnsafeMutablePointer<Atomic<Int>>
    fileprivate let isShared: Bool

    /// Adds to a number. Returns what this row's copy of it was before.
    @inline(__always) @discardableResult
    package func add(_ amount: Int, to cell: Int) -> Int {
      if isShared { return cells[cell].wrappingAdd(amount, ordering: .relaxed).oldValue }
      let value = cells[cell].load(ordering: .relaxed)
      cells[cell].store(value &+ amount, ordering: .relaxed)
      return value
    }

    /// Raises a number to at least `amount`.
    ///
    /// `takeMaxima` may come between the look and the store: then what is stored belongs to the time after it, or what was
    /// seen there, and is larger, to the time before.
    @inline(__always)
    package func raise(_ cell: Int, to amount: Int) {
      guard cells[cell].load(ordering: .relaxed) < amount else { return }
      if isShared {
        cells[cell].max(amount, ordering: .relaxed)
      } else {
        cells[cell].store(amount, ordering: .relaxed)
      }
    }
  }

  /// The calling thread's copy.
  @inline(__always)
  package var row: Row {
    // Asked directly: a call of `ThreadSlot.current` is not inlined into another module.
    let slot = Int(platform_thread_slot())
    guard let rows = madeRows, let cells = Cells(bitPattern: rows[slot].load(ordering: .acquiring)) else {
      return makeRow(slot)
    }
    return Row(cells: cells, isShared: slot == Int(platform_thread_slots))
  }

  /// Adds to a number.
  @inline(__always)
  package func add(_ amount: Int, to cell: Int) { row.add(amount, to: cell) }

  // MARK: What was counted

  /// All numbers, the rows' added up.
  package var totals: [Int] {
    var totals = [Int](repeating: 0, count: count)
    forEachRow { cells in
      for cell in 0..<count { totals[cell] &+= cells[cell].load(ordering: .relaxed) }
    }
    return totals
  }

  /// One number, the rows' added up.
  package func total(_ cell: Int) -> Int {
    var total = 0
    forEachRow { total &+= $0[cell].load(ordering: .relaxed) }
    return total
  }

  /// The largest of the rows' copies of a number, which are set back to 0.
  package func takeMaxima(_ cell: Int) -> Int {
    var largest = 0
    forEachRow { largest = max(largest, $0[cell].exchange(0, ordering: .relaxed)) }
    return largest
  }

  @inline(__always)
  private func forEachRow(_ body: (Cells) -> Void) {
    guard let rows = madeRows else { return }
    for slot in 0..<ThreadSlot.count {
      if let cells = Cells(bitPattern: rows[slot].load(ordering: .acquiring)) { body(cells) }
    }
  }

  // MARK: Making rows

  @inline(__always)
  private var madeRows: Rows? { Rows(bitPattern: rows.load(ordering: .acquiring)) }

  @inline(never)
  private func makeRow(_ slot: Int) -> Row {
    let rows = madeRows ?? makeRows()
    let made = allocateCells()
    // Another thread that shares the slot may be quicker.
    let (exchanged, original) = rows[slot].compareExchange(
      expected: 0, desired: UInt(bitPattern: made), ordering: .acquiringAndReleasing)
    if !exchanged { free(made) }
    return Row(
      cells: exchanged ? made : Cells(bitPattern: original)!, isShared: slot == Int(platform_thread_slots))
  }

  private func makeRows() -> Rows {
    let made = Rows.allocate(capacity: ThreadSlot.count)
    for slot in 0..<ThreadSlot.count { (made + slot).initialize(to: Atomic(0)) }
    let (exchanged, original) = rows.compareExchange(
      expected: 0, desired: UInt(bitPattern: made), ordering: .acquiringAndReleasing)
    if exchanged { return made }
    Self.free(made)
    return Rows(bitPattern: original)!
  }

  private func allocateCells() -> Cells {
    // Whole cache lines, so that no row shares one with another.
    let bytes = (count * MemoryLayout<Int>.stride + 127) & ~127
    let cells = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 128)
      .bindMemory(to: Atomic<Int>.self, capacity: count)
    for cell in 0..<count { (cells + cell).initialize(to: Atomic(0)) }
    return cells
  }

  private func free(_ cells: Cells) {
    cells.deinitialize(count: count)
    UnsafeMutableRawPointer(cells).deallocate()
  }

  private static func free(_ rows: Rows) {
    rows.deinitialize(count: ThreadSlot.count)
    rows.deallocate()
  }
}
