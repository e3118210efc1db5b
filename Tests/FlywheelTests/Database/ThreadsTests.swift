import Flywheel
import LSMTree
import Synchronization
import Testing

@Suite struct ThreadsTests {
  @Test func poolRunsEachJobOnce() {
    let pool = BlockingPool(threadsMax: 3, queueMax: 10_000)
    let runs = (0..<1_000).map { _ in Tally() }
    for run in runs {
      #expect(pool.submit { run.add() })
    }
    pool.close()
    #expect(runs.allSatisfy { $0.value == 1 })
    #expect(!pool.submit {})
  }

  @Test func poolRefusesWhenItsQueueIsFull() {
    let pool = BlockingPool(threadsMax: 1, queueMax: 2)
    let gate = Guarded(false)
    let started = Guarded(false)
    #expect(
      pool.submit {
        started.withLock { $0 = true }
        started.broadcast()
        gate.wait { $0 ? () : nil }
      })
    started.wait { $0 ? () : nil }
    #expect(pool.submit {})
    #expect(pool.submit {})
    #expect(!pool.submit {})
    gate.withLock { $0 = true }
    gate.broadcast()
    pool.close()
  }

  @Test func housekeeperKeepsTheOrderAndTheDelays() {
    let housekeeper = Housekeeper()
    let list = Order()
    housekeeper.schedule(afterMilliseconds: 30) { list.add(3) }
    housekeeper.schedule { list.add(1) }
    housekeeper.schedule {
      list.add(2)
      housekeeper.schedule(afterMilliseconds: 60) { list.add(4) }
    }
    housekeeper.waitUntilIdle()
    housekeeper.close()
    housekeeper.schedule { list.add(5) }
    #expect(list.numbers == [1, 2, 3, 4])
  }

  @Test func publishedValuesAreSeenByAllThreads() {
    let published = Published([0])
    for round in 1...20 {
      published.publish([round])
      let seen = Tally()
      let threads = (0..<4).map { _ in
        BackgroundThread.start { seen.add(published.read { $0[0] }) }
      }
      for thread in threads { thread.join() }
      #expect(seen.value == 4 * round)
    }
  }

  private final class Order: Sendable {
    private let list = Mutex<[Int]>([])
    func add(_ number: Int) { list.withLock { $0.append(number) } }
    var numbers: [Int] { list.withLock { $0 } }
  }
}
