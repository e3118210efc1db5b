import Foundation

/// What one thread of a work did.
struct Outcome: Sendable {
  /// Operations, or entries for a work that counts those.
  var units = 0
  var start: UInt64 = 0
  var end: UInt64 = 0
  var latencies = LatencyHistogram()
}

enum Threads {
  /// Runs `body` on `count` threads. Each prepares, then all are let go at once. Returns what they did, by index.
  static func run(
    _ count: Int, _ body: @escaping @Sendable (_ index: Int, _ ready: () -> Void) -> Outcome
  ) -> [Outcome] {
    let ready = DispatchSemaphore(value: 0)
    let go = DispatchSemaphore(value: 0)
    let done = DispatchGroup()
    let outcomes = Collected(count)
    for index in 0..<count {
      done.enter()
      Thread {
        let outcome = body(index) {
          ready.signal()
          go.wait()
        }
        outcomes.set(outcome, at: index)
        done.leave()
      }.start()
    }
    for _ in 0..<count { ready.wait() }
    for _ in 0..<count { go.signal() }
    done.wait()
    return outcomes.all
  }

  private final class Collected: @unchecked Sendable {
    // Sendable: under a lock.
    private let lock = NSLock()
    private var outcomes: [Outcome]

    init(_ count: Int) { outcomes = Array(repeating: Outcome(), count: count) }
    func set(_ outcome: Outcome, at index: Int) { lock.withLock { outcomes[index] = outcome } }
    var all: [Outcome] { lock.withLock { outcomes } }
  }
}
