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

/// Numbers of threads. Other tests' threads take and give back numbers meanwhile, so nothing here says which they are.
@Suite struct ThreadSlotTests {
  @Test func aThreadKeepsItsNumber() {
    let seen = Mutex<Set<Int>>([])
    BackgroundThread.start {
      for _ in 0..<1_000 { seen.withLock { _ = $0.insert(ThreadSlot.current) } }
    }.join()
    #expect(seen.withLock { $0.count } == 1)
    #expect(seen.withLock { $0.allSatisfy { (0..<ThreadSlot.count).contains($0) } })
  }

  @Test func threadsThatLiveTogetherShareNoNumberButTheLast() {
    let threadCount = ThreadSlot.count + 10
    let seen = Mutex<[Int]>([])
    let done = Atomic<Bool>(false)
    let threads = (0..<threadCount).map { _ in
      BackgroundThread.start {
        seen.withLock { $0.append(ThreadSlot.current) }
        while !done.load(ordering: .acquiring) { usleep(1_000) }
      }
    }
    while seen.withLock({ $0.count }) < threadCount { usleep(1_000) }
    done.store(true, ordering: .releasing)
    for thread in threads { thread.join() }
    let numbers = seen.withLock { $0 }
    let own = numbers.filter { $0 != ThreadSlot.shared }
    #expect(Set(own).count == own.count)
    #expect(own.count < numbers.count, "more threads than numbers")
  }

  /// What only a number's threads write, without an atomic addition, is complete: each sees what the one before it wrote.
  @Test func aNumberThatIsGivenBackIsTakenAgain() {
    let sums = (0..<ThreadSlot.count).map { _ in Sum() }
    let perRound = 8
    let rounds = 50
    for _ in 0..<rounds {
      let threads = (0..<perRound).map { _ in
        BackgroundThread.start {
          sums[ThreadSlot.current].addOne(isShared: ThreadSlot.current == ThreadSlot.shared)
        }
      }
      for thread in threads { thread.join() }
    }
    #expect(sums.reduce(0) { $0 + $1.value.load(ordering: .relaxed) } == rounds * perRound)
  }

  private final class Sum: Sendable {
    let value = Atomic<Int>(0)

    func addOne(isShared: Bool) {
      if isShared {
        value.wrappingAdd(1, ordering: .relaxed)
      } else {
        value.store(value.load(ordering: .relaxed) + 1, ordering: .relaxed)
      }
    }
  }
}
