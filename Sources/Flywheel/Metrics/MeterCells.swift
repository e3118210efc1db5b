import Synchronization

/// Numbers that all threads count up, a copy of them for each stripe of threads.
///
/// Counting is one atomic addition to memory that is nearly always this thread's own. A stripe's copy is made when a
/// thread of it first counts, so that a thing that nobody uses costs 16 words however many numbers it has.
///
/// Unchecked: the cells are atomics at addresses that are published once, by a compare-and-swap, and stay until
/// `deinit`.
package final class MeterCells: @unchecked Sendable {
  private let count: Int
  private let stripes = UnsafeMutablePointer<Atomic<UInt>>.allocate(capacity: ThreadStripe.count)

  package init(count: Int) {
    self.count = count
    for stripe in 0..<ThreadStripe.count { (stripes + stripe).initialize(to: Atomic(0)) }
  }

  deinit {
    for stripe in 0..<ThreadStripe.count {
      if let cells = Self.cells(stripes[stripe].load(ordering: .acquiring)) { free(cells) }
    }
    stripes.deinitialize(count: ThreadStripe.count)
    stripes.deallocate()
  }

  private func free(_ cells: UnsafeMutablePointer<Atomic<Int>>) {
    cells.deinitialize(count: count)
    UnsafeMutableRawPointer(cells).deallocate()
  }

  @inline(__always)
  private static func cells(_ address: UInt) -> UnsafeMutablePointer<Atomic<Int>>? {
    UnsafeMutablePointer(bitPattern: address)
  }

  /// This thread's copy.
  @inline(__always)
  private var own: UnsafeMutablePointer<Atomic<Int>> {
    let stripe = ThreadStripe.index
    return Self.cells(stripes[stripe].load(ordering: .acquiring)) ?? make(stripe)
  }

  @inline(never)
  private func make(_ stripe: Int) -> UnsafeMutablePointer<Atomic<Int>> {
    // Whole cache lines, so that no stripe shares one with another.
    let bytes = (count * MemoryLayout<Int>.stride + 127) & ~127
    let cells = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 128)
      .bindMemory(to: Atomic<Int>.self, capacity: count)
    for cell in 0..<count { (cells + cell).initialize(to: Atomic(0)) }
    let (exchanged, original) = stripes[stripe].compareExchange(
      expected: 0, desired: UInt(bitPattern: cells), ordering: .acquiringAndReleasing)
    if exchanged { return cells }
    free(cells)
    return Self.cells(original)!
  }

  /// Adds to a number; returns what this stripe's copy was before.
  @inline(__always) @discardableResult
  package func add(_ amount: Int, to cell: Int) -> Int {
    own[cell].wrappingAdd(amount, ordering: .relaxed).oldValue
  }

  /// Raises a number to at least `amount`.
  @inline(__always)
  package func raise(_ cell: Int, to amount: Int) {
    own[cell].max(amount, ordering: .relaxed)
  }

  /// All numbers, the stripes' added up.
  package var totals: [Int] { combined { $0 &+ $1.load(ordering: .relaxed) } }

  /// The largest of the stripes' copies of the numbers in `range`, which are set back to 0.
  package func takeMaxima(_ cell: Int) -> Int {
    var largest = 0
    for stripe in 0..<ThreadStripe.count {
      guard let cells = Self.cells(stripes[stripe].load(ordering: .acquiring)) else { continue }
      largest = max(largest, cells[cell].exchange(0, ordering: .relaxed))
    }
    return largest
  }

  private func combined(_ combine: (Int, borrowing Atomic<Int>) -> Int) -> [Int] {
    var totals = [Int](repeating: 0, count: count)
    for stripe in 0..<ThreadStripe.count {
      guard let cells = Self.cells(stripes[stripe].load(ordering: .acquiring)) else { continue }
      for cell in 0..<count { totals[cell] = combine(totals[cell], cells[cell]) }
    }
    return totals
  }
}
