import Flywheel
import Foundation
import Testing

/// Random histories of all item operations, compared with a table that is a list. FLYWHEEL_LONG=1 runs a hundred times as many.
@Suite struct RandomHistoryTests {
  private static let stepsPerSeed = ProcessInfo.processInfo.environment["FLYWHEEL_LONG"] == "1" ? 100_000 : 1_000

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func operationsAgreeWithTheReference(seed: UInt64) throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    var history = try RandomHistory(seed: seed, on: database)
    for step in 0..<Self.stepsPerSeed {
      try history.step()
      if step % 100 == 0 { try history.checkCounters() }
    }
    try history.checkCounters()
  }
}
