import Flywheel
import LSMTree
import Testing

@Suite struct MeterCellsTests {
  @Test func nothingIsLostBetweenThreads() {
    let cells = MeterCells(count: 3)
    let threads = (0..<8).map { thread in
      BackgroundThread.start {
        for number in 0..<10_000 {
          cells.add(1, to: 0)
          cells.add(-2, to: 1)
          cells.raise(2, to: thread * 10_000 + number)
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(Array(cells.totals[..<2]) == [80_000, -160_000])
    #expect(cells.takeMaxima(2) == 79_999)
    #expect(cells.takeMaxima(2) == 0)
  }
}
