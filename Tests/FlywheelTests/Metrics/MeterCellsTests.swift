import Flywheel
import LSMTree
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct MeterCellsTests {
  /// Cells that several threads have.
  private final class Shared: Sendable {
    let cells = MeterCells(count: 3)

    var totals: [Int] { cells.totals }
    func total(_ cell: Int) -> Int { cells.total(cell) }
    func takeMaxima(_ cell: Int) -> Int { cells.takeMaxima(cell) }
  }

  private func count(_ times: Int, in shared: Shared, upTo maximum: Int) {
    for number in 0..<times {
      shared.cells.add(1, to: 0)
      shared.cells.add(-2, to: 1)
      shared.cells.row.raise(2, to: maximum - times + 1 + number)
    }
  }

  @Test func nothingIsLostBetweenThreads() {
    let shared = Shared()
    let threads = (0..<8).map { thread in
      BackgroundThread.start { count(10_000, in: shared, upTo: (thread + 1) * 10_000) }
    }
    for thread in threads { thread.join() }
    #expect(Array(shared.totals[..<2]) == [80_000, -160_000])
    #expect(shared.total(1) == -160_000)
    #expect(shared.takeMaxima(2) == 80_000)
    #expect(shared.takeMaxima(2) == 0)
  }

  /// Threads for which no slot is left share a row, and lose nothing there either.
  @Test func nothingIsLostBetweenMoreThreadsThanSlots() {
    let shared = Shared()
    let threadCount = ThreadSlot.count + 15
    let sharing = Atomic<Int>(0)
    let ready = Atomic<Int>(0)
    let threads = (0..<threadCount).map { thread in
      BackgroundThread.start {
        if ThreadSlot.current == ThreadSlot.shared { sharing.wrappingAdd(1, ordering: .relaxed) }
        ready.wrappingAdd(1, ordering: .relaxed)
        // None ends, and gives its slot back, before the last has one.
        while ready.load(ordering: .relaxed) < threadCount { usleep(1_000) }
        count(2_000, in: shared, upTo: (thread + 1) * 2_000)
      }
    }
    for thread in threads { thread.join() }
    let sharingCount = sharing.load(ordering: .relaxed)
    #expect(sharingCount >= 16)
    #expect(Array(shared.totals[..<2]) == [threadCount * 2_000, threadCount * -4_000])
    #expect(shared.takeMaxima(2) == threadCount * 2_000)
  }

  /// A thread goes on with the row of the one whose slot it has.
  @Test func nothingIsLostWhenThreadsEndAndBegin() {
    let shared = Shared()
    let rounds = 60
    for round in 0..<rounds {
      let threads = (0..<6).map { thread in
        BackgroundThread.start { count(100, in: shared, upTo: (round * 6 + thread + 1) * 100) }
      }
      for thread in threads { thread.join() }
    }
    #expect(Array(shared.totals[..<2]) == [rounds * 600, rounds * -1_200])
    #expect(shared.takeMaxima(2) == rounds * 600)
  }

  /// Whoever reads while others count sees each number grow, and the whole of it in the end.
  @Test func totalsGrowWhileThreadsCount() {
    let shared = Shared()
    let isDone = Atomic<Bool>(false)
    let counting = (0..<4).map { _ in BackgroundThread.start { count(20_000, in: shared, upTo: 20_000) } }
    let wentBack = Atomic<Bool>(false)
    let largest = Atomic<Int>(0)
    let reading = BackgroundThread.start {
      var last = 0
      while !isDone.load(ordering: .acquiring) {
        let total = shared.total(0)
        if total < last { wentBack.store(true, ordering: .relaxed) }
        last = total
        largest.max(shared.takeMaxima(2), ordering: .relaxed)
      }
    }
    for thread in counting { thread.join() }
    isDone.store(true, ordering: .releasing)
    reading.join()
    let hasGoneBack = wentBack.load(ordering: .relaxed)
    #expect(!hasGoneBack)
    #expect(shared.total(0) == 80_000)
    // A maximum is told by one of those that take it.
    let taken = largest.load(ordering: .relaxed)
    #expect(max(taken, shared.takeMaxima(2)) == 20_000)
  }

  @Test func whatNobodyCountsIsNothing() {
    let cells = MeterCells(count: 2)
    let totals = cells.totals
    let (one, largest) = (cells.total(1), cells.takeMaxima(0))
    #expect(totals == [0, 0])
    #expect(one == 0)
    #expect(largest == 0)
  }
}
