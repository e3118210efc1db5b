import DynamoModel
import Flywheel
import LSMTree
import Testing

@Suite struct KeyLatchesTests {
  private static func key(_ number: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
  }

  /// Threads latch random keys, one or several at a time or all, some waiting and some only trying, and while
  /// they hold them count up a number for each stripe that is not protected in any other way.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func keepHoldersApart(seed: UInt64) {
    /// Numbers at fixed addresses: an array would be one thing that all of them change.
    final class Numbers: @unchecked Sendable {
      let values = UnsafeMutablePointer<Int>.allocate(capacity: KeyLatches.stripeCount)
      init() { values.initialize(repeating: 0, count: KeyLatches.stripeCount) }
      deinit { values.deallocate() }
      var total: Int { (0..<KeyLatches.stripeCount).reduce(0) { $0 + values[$1] } }
    }
    let latches = KeyLatches()
    let unprotected = Numbers()
    let expected = Tally()
    let threads = (0..<4).map { number in
      BackgroundThread.start {
        var random = HistoryRandom(seed: seed &* 100 &+ UInt64(number))
        for round in 0..<2_000 {
          let stripes = (0..<Int.random(in: 1...5, using: &random)).map { _ in
            KeyLatches.stripe(of: Self.key(Int.random(in: 0..<40, using: &random)).span.bytes)
          }
          do throws(Interruption) {
            let held =
              round % 500 == 499
              ? latches.acquireAll()
              : try latches.acquire(
                stripes: stripes, io: Bool.random(using: &random) ? .blocking : .memoryOnly)
            let distinct = Set(stripes)
            for stripe in distinct { unprotected.values[stripe] += 1 }
            expected.add(distinct.count)
            held.release()
          } catch {}
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(unprotected.total == expected.value, "seed \(seed)")
  }

  @Test func anEventLoopDoesNotWait() throws {
    let latches = KeyLatches()
    let held = try latches.acquire(Self.key(1).span.bytes, io: .memoryOnly)
    let isRefused = Tally()
    let isFreeLater = Tally()
    @Sendable func attempt(_ result: Tally, whenRefused: Bool) {
      do throws(Interruption) {
        let latch = try latches.acquire(Self.key(1).span.bytes, io: .memoryOnly)
        latch.release()
        if !whenRefused { result.add() }
      } catch {
        if case .wouldBlock = error, whenRefused { result.add() }
      }
    }
    BackgroundThread.start { attempt(isRefused, whenRefused: true) }.join()
    held.release()
    BackgroundThread.start { attempt(isFreeLater, whenRefused: false) }.join()
    #expect(isRefused.value == 1)
    #expect(isFreeLater.value == 1)
  }

  @Test func severalAreGivenBackWhenOneIsHeld() throws {
    let latches = KeyLatches()
    let stripes = [3, 1, 2, 3]
    let done = Tally()
    let held = try latches.acquire(stripes: [2], io: .blocking)
    BackgroundThread.start {
      do throws(Interruption) {
        try latches.acquire(stripes: stripes, io: .memoryOnly).release()
      } catch {
        // 1 was taken before 2 was found to be held, and has to be free again.
        if let latch = try? latches.acquire(stripes: [1, 3], io: .memoryOnly) {
          latch.release()
          done.add()
        }
      }
    }.join()
    held.release()
    #expect(done.value == 1)
  }

  /// A latch lives to the end of its scope even if nothing names it again, in release builds as well.
  @Test func livesToTheEndOfItsScope() throws {
    let latches = KeyLatches()
    let wasHeld = Tally()
    do {
      let latch = try latches.acquire(Self.key(7).span.bytes, io: .blocking)
      look(at: latch)
      BackgroundThread.start {
        do throws(Interruption) {
          try latches.acquire(Self.key(7).span.bytes, io: .memoryOnly).release()
        } catch {
          wasHeld.add()
        }
      }.join()
    }
    #expect(wasHeld.value == 1)
    try latches.acquire(Self.key(7).span.bytes, io: .memoryOnly).release()
  }

  private func look(at latch: borrowing KeyLatch) {}

  @Test func keysSpreadOverTheStripes() {
    var counts = [Int](repeating: 0, count: KeyLatches.stripeCount)
    for number in 0..<KeyLatches.stripeCount * 32 {
      counts[KeyLatches.stripe(of: Self.key(number).span.bytes)] += 1
    }
    #expect(counts.max()! < 32 * 3)
    #expect(counts.min()! > 0)
  }
}
