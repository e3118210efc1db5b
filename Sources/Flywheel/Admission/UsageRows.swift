import CPlatform
import LSMTree
import Synchronization

/// Numbers that are counted for a table or an index and for each of its partitions: a row of them for every thread.
///
/// A thread that has a number to itself (`ThreadSlot`) counts by a load and a store in memory that no other thread writes;
/// all others share one row and add to it atomically. Sums over the rows are what was counted.
///
/// **Rows grow.** A row has room for the partitions that its thread has met. A thread that meets one with a higher number
/// copies its row to a larger one; the old one stays for whoever is adding up rows just then, and doubling keeps what stays below
/// what is used. Nobody can copy the shared row while others add to it: that has room for all partitions there can be.
///
/// Unchecked: the cells are atomics at addresses that are published by an atomic and stay until `deinit`.
struct UsageRows: ~Copyable, @unchecked Sendable {
  /// More than there are ever partitions in one opening: a split makes two of one, and there are `PartitionRanges.countMax` at most.
  static let partitionsMax = 2 * PartitionRanges.countMax
  /// Cells of a row that it needs itself: for how many partitions it has room, and the address of the row before it.
  private static let ownCells = 2
  private static let capacityCell = 0
  private static let previousCell = 1

  typealias Cells = UnsafeMutablePointer<Atomic<Int>>

  /// How many cells a row has for the whole and for each partition.
  private let wholeCells: Int
  private let partitionCells: Int
  private let rows: UnsafeMutablePointer<Atomic<UInt>>

  init(wholeCells: Int, partitionCells: Int) {
    self.wholeCells = wholeCells
    self.partitionCells = partitionCells
    rows = .allocate(capacity: ThreadSlot.count)
    for slot in 0..<ThreadSlot.count { (rows + slot).initialize(to: Atomic(0)) }
  }

  deinit {
    for slot in 0..<ThreadSlot.count {
      var next = Self.cells(rows[slot].load(ordering: .acquiring))
      while let cells = next {
        next = Self.cells(UInt(bitPattern: cells[Self.previousCell].load(ordering: .relaxed)))
        cells.deallocate()
      }
    }
    rows.deinitialize(count: ThreadSlot.count)
    rows.deallocate()
  }

  /// A thread's row. Not to be kept: it ends with the rows, and others may take its place.
  struct Row {
    fileprivate let cells: Cells
    /// Where the cells of the whole and those of the partition begin.
    fileprivate let partition: Int
    /// Whether other threads count here too.
    let isShared: Bool

    /// What a cell of the whole has.
    @inline(__always)
    func value(of cell: Int) -> Int { cells[UsageRows.ownCells + cell].load(ordering: .relaxed) }

    /// Sets a cell of the whole. Only in a row that is not shared.
    @inline(__always)
    func set(_ cell: Int, to value: Int) {
      cells[UsageRows.ownCells + cell].store(value, ordering: .relaxed)
    }

    /// The same of cells of the partition.
    @inline(__always)
    func value(ofPartition cell: Int) -> Int { cells[partition &+ cell].load(ordering: .relaxed) }
    @inline(__always)
    func set(partition cell: Int, to value: Int) {
      cells[partition &+ cell].store(value, ordering: .relaxed)
    }

    /// Adds to a cell of the whole.
    ///
    /// - Returns: what it has then.
    @inline(__always) @discardableResult
    func add(_ amount: Int, to cell: Int) -> Int { increase(UsageRows.ownCells + cell, by: amount) }

    /// Adds to a cell of the partition.
    ///
    /// - Returns: what it has then.
    @inline(__always)
    func add(_ amount: Int, toPartition cell: Int) -> Int { increase(partition &+ cell, by: amount) }

    @inline(__always)
    private func increase(_ cell: Int, by amount: Int) -> Int {
      guard !isShared else { return cells[cell].wrappingAdd(amount, ordering: .relaxed).newValue }
      let value = cells[cell].load(ordering: .relaxed) &+ amount
      cells[cell].store(value, ordering: .relaxed)
      return value
    }
  }

  /// The calling thread's row, with room for the partition of a number.
  @inline(__always)
  func row(for partition: Int) -> Row {
    // Asked directly: a call of `ThreadSlot.current` is not inlined into another module.
    row(for: partition, of: Int(platform_thread_slot()))
  }

  /// The same for a thread of any number.
  @inline(__always)
  func row(for partition: Int, of slot: Int) -> Row {
    var cells = Self.cells(rows[slot].load(ordering: .acquiring))
    if cells == nil || cells![Self.capacityCell].load(ordering: .relaxed) <= partition {
      cells = grow(slot, from: cells, for: partition)
    }
    return Row(
      cells: cells!, partition: Self.ownCells &+ wholeCells &+ partition &* partitionCells,
      isShared: slot == Int(platform_thread_slots))
  }

  @inline(never)
  private func grow(_ slot: Int, from old: Cells?, for partition: Int) -> Cells {
    precondition(partition < Self.partitionsMax)
    let isShared = slot == ThreadSlot.shared
    let room = old.map { $0[Self.capacityCell].load(ordering: .relaxed) } ?? 0
    let capacity = isShared ? Self.partitionsMax : min(max(partition + 1, 2 * room, 4), Self.partitionsMax)
    let cells = Self.allocate(cellCount(capacity))
    cells[Self.capacityCell].store(capacity, ordering: .relaxed)
    if isShared {
      let (exchanged, original) = rows[slot].compareExchange(
        expected: 0, desired: UInt(bitPattern: cells), ordering: .acquiringAndReleasing)
      guard !exchanged else { return cells }
      cells.deallocate()
      return Self.cells(original)!
    }
    if let old {
      for cell in Self.ownCells..<cellCount(room) {
        cells[cell].store(old[cell].load(ordering: .relaxed), ordering: .relaxed)
      }
      cells[Self.previousCell].store(Int(bitPattern: old), ordering: .relaxed)
    }
    rows[slot].store(UInt(bitPattern: cells), ordering: .releasing)
    return cells
  }

  private func cellCount(_ capacity: Int) -> Int {
    Self.ownCells + wholeCells + capacity * partitionCells
  }

  /// Cells that are 0, on lines of their own.
  private static func allocate(_ count: Int) -> Cells {
    let line = OwnLines<Int>.lineBytes
    let bytes = (count * MemoryLayout<Int>.stride + line - 1) / line * line
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: line)
    let cells = memory.bindMemory(to: Atomic<Int>.self, capacity: count)
    for cell in 0..<count { (cells + cell).initialize(to: Atomic(0)) }
    return cells
  }

  @inline(__always)
  private static func cells(_ address: UInt) -> Cells? { Cells(bitPattern: address) }

  // MARK: Adding up

  /// What was counted in a cell of the whole, by all threads.
  func sum(of cell: Int) -> Int { sum { $0[Self.ownCells + cell].load(ordering: .relaxed) } }

  /// What was counted in a cell of a partition, by all threads.
  func sum(of cell: Int, ofPartition partition: Int) -> Int {
    let position = Self.ownCells + wholeCells + partition * partitionCells + cell
    return sum { cells in
      cells[Self.capacityCell].load(ordering: .relaxed) > partition
        ? cells[position].load(ordering: .relaxed) : 0
    }
  }

  private func sum(_ value: (Cells) -> Int) -> Int {
    var sum = 0
    for slot in 0..<ThreadSlot.count {
      if let cells = Self.cells(rows[slot].load(ordering: .acquiring)) { sum &+= value(cells) }
    }
    return sum
  }
}
