import Flywheel
import Foundation
import Testing

/// Random histories of all item operations, compared with a table that is a list. FLYWHEEL_LONG=1 runs forty
/// times as many.
@Suite struct RandomHistoryTests {
  private static let stepsPerSeed =
    ProcessInfo.processInfo.environment["FLYWHEEL_LONG"] == "1" ? 100_000 : 2_500

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func operationsAgreeWithTheReference(seed: UInt64) throws {
    // Small, so that a history sees memtables sealed and flushed, and blocks that are not in memory.
    var options = DatabaseOptions()
    options.memtableBytesMax = 64 << 10
    options.cacheBytesMax = seed % 2 == 0 ? 0 : 256 << 10
    let database = try Database.inMemory(options: options)
    defer { try? database.close() }
    var history = try RandomHistory(seed: seed, on: database)
    for step in 0..<Self.stepsPerSeed {
      try history.step()
      if step % 100 == 0 { try history.checkCounters() }
    }
    try history.checkCounters()
  }
}
