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
  private func count(_ times: Int, in cells: MeterCells, upTo maximum: Int) {
    for number in 0..<times {
      cells.add(1, to: 0)
      cells.add(-2, to: 1)
      cells.row.raise(2, to: maximum - times + 1 + number)
    }
  }

  @Test func nothingIsLostBetweenThreads() {
    let cells = MeterCells(count: 3)
    let threads = (0..<8).map { thread in
      BackgroundThread.start { count(10_000, in: cells, upTo: (thread + 1) * 10_000) }
    }
    for thread in threads { thread.join() }
    #expect(Array(cells.totals[..<2]) == [80_000, -160_000])
    #expect(cells.total(1) == -160_000)
    #expect(cells.takeMaxima(2) == 80_000)
    #expect(cells.takeMaxima(2) == 0)
  }

  /// Threads for which no slot is left share a row, and lose nothing there either.
  @Test func nothingIsLostBetweenMoreThreadsThanSlots() {
    let cells = MeterCells(count: 3)
    let threadCount = ThreadSlot.count + 15
    let sharing = Atomic<Int>(0)
    let ready = Atomic<Int>(0)
    let threads = (0..<threadCount).map { thread in
      BackgroundThread.start {
        if ThreadSlot.current == ThreadSlot.shared { sharing.wrappingAdd(1, ordering: .relaxed) }
        ready.wrappingAdd(1, ordering: .relaxed)
        // None ends, and gives its slot back, before the last has one.
        while ready.load(ordering: .relaxed) < threadCount { usleep(1_000) }
        count(2_000, in: cells, upTo: (thread + 1) * 2_000)
      }
    }
    for thread in threads { thread.join() }
    let sharingCount = sharing.load(ordering: .relaxed)
    #expect(sharingCount >= 16)
    #expect(Array(cells.totals[..<2]) == [threadCount * 2_000, threadCount * -4_000])
    #expect(cells.takeMaxima(2) == threadCount * 2_000)
  }

  /// A thread goes on with the row of the one whose slot it has.
  @Test func nothingIsLostWhenThreadsEndAndBegin() {
    let cells = MeterCells(count: 3)
    let rounds = 60
    for round in 0..<rounds {
      let threads = (0..<6).map { thread in
        BackgroundThread.start { count(100, in: cells, upTo: (round * 6 + thread + 1) * 100) }
      }
      for thread in threads { thread.join() }
    }
    #expect(Array(cells.totals[..<2]) == [rounds * 600, rounds * -1_200])
    #expect(cells.takeMaxima(2) == rounds * 600)
  }

  /// Whoever reads while others count sees each number grow, and the whole of it in the end.
  @Test func totalsGrowWhileThreadsCount() {
    let cells = MeterCells(count: 3)
    let isDone = Atomic<Bool>(false)
    let counting = (0..<4).map { _ in BackgroundThread.start { count(20_000, in: cells, upTo: 20_000) } }
    let wentBack = Atomic<Bool>(false)
    let largest = Atomic<Int>(0)
    let reading = BackgroundThread.start {
      var last = 0
      while !isDone.load(ordering: .acquiring) {
        let total = cells.total(0)
        if total < last { wentBack.store(true, ordering: .relaxed) }
        last = total
        largest.max(cells.takeMaxima(2), ordering: .relaxed)
      }
    }
    for thread in counting { thread.join() }
    isDone.store(true, ordering: .releasing)
    reading.join()
    let hasGoneBack = wentBack.load(ordering: .relaxed)
    #expect(!hasGoneBack)
    #expect(cells.total(0) == 80_000)
    // A maximum is told by one of those that take it.
    let taken = largest.load(ordering: .relaxed)
    #expect(max(taken, cells.takeMaxima(2)) == 20_000)
  }

  @Test func whatNobodyCountsIsNothing() {
    let cells = MeterCells(count: 2)
    #expect(cells.totals == [0, 0])
    #expect(cells.total(1) == 0)
    #expect(cells.takeMaxima(0) == 0)
  }
}
