import Foundation
import Testing

/// Whatever clients do at a time, and whenever the power goes: there is an order of all that was done, in agreement with
/// the clock, in which everybody was told what he would have been told had he been alone.
///
/// `FLYWHEEL_LONG` makes it a million operations (`FLYWHEEL_ISOLATION_OPERATIONS` another number).
@Suite(.serialized) struct IsolationTests {
  private static let isLong = ProcessInfo.processInfo.environment["FLYWHEEL_LONG"] != nil
  private static let operations =
    ProcessInfo.processInfo.environment["FLYWHEEL_ISOLATION_OPERATIONS"].flatMap(Int.init)
    ?? (isLong ? 1_000_000 : 4_000)

  @Test(arguments: isLong ? [UInt64.random(in: 0..<1_000_000)] : [1, 2])
  func strictlySerialisable(seed: UInt64) throws {
    let settings = IsolationWorkload.Settings(
      seed: seed, clients: Self.isLong ? 8 : 4, operations: Self.operations, powerCuts: Self.isLong ? 20 : 3)
    let (history, complaints) = try IsolationWorkload(settings).run()
    let anomalies = IsolationChecker.anomalies(of: history)
    #expect(anomalies == [], "seed \(seed)")
    #expect(complaints == [], "seed \(seed)")
    #expect(history.events.count >= Self.operations * 9 / 10)
    let done = history.events.count { $0.outcome == .done }
    let unknown = history.events.count { $0.outcome == .unknown }
    if Self.isLong {
      print("seed \(seed): \(history.events.count) events, \(done) done, \(unknown) unknown, no anomaly")
    }
    #expect(done > history.events.count / 3)
  }

  #if DEBUG
    /// With latches that keep nobody out, the same must be found wrong: otherwise the test above says nothing.
    @Test func brokenLatchesAreNoticed() throws {
      for attempt in 1...50 {
        let settings = IsolationWorkload.Settings(
          seed: UInt64(attempt), clients: 8, operations: 2_000, powerCuts: 0, latchesAreBroken: true)
        let (history, _) = try IsolationWorkload(settings).run()
        if !IsolationChecker.anomalies(of: history).isEmpty { return }
      }
      Issue.record("nothing was found wrong with broken latches")
    }

    /// With items unlatched that are only checked, every list is as it should be, and only the graph shows that two clients
    /// have passed each other.
    @Test func writeSkewIsNoticed() throws {
      for attempt in 1...50 {
        let settings = IsolationWorkload.Settings(
          seed: UInt64(attempt), clients: 8, operations: 2_000, powerCuts: 0, checksAreUnlatched: true,
          kinds: [7])
        let (history, _) = try IsolationWorkload(settings).run()
        let anomalies = IsolationChecker.anomalies(of: history)
        #expect(anomalies.allSatisfy { $0.hasPrefix("a cycle") && $0.contains("-rw->") })
        if !anomalies.isEmpty { return }
      }
      Issue.record("nothing was found wrong with checks that are not latched")
    }
  #endif
}
