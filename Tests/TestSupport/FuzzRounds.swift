import Foundation

/// How long a fuzz test goes on: a fixed number of rounds with fixed seeds, or as `make fuzz-parsers` says for so many
/// seconds (`FLYWHEEL_FUZZ_SECONDS`) with seeds of its own (`FLYWHEEL_FUZZ_SEED`).
package struct FuzzRounds: Sequence, IteratorProtocol {
  private static let seconds = environment("FLYWHEEL_FUZZ_SECONDS").map { Double($0) }
  private static let seedOffset = environment("FLYWHEEL_FUZZ_SEED").map { UInt64($0) } ?? 0

  private let count: Int
  private let end: Double
  private var round = 0

  package init(_ count: Int) {
    self.count = count
    end = Self.now + (Self.seconds ?? 0)
  }

  package mutating func next() -> Int? {
    guard Self.seconds == nil ? round < count : Self.now < end else { return nil }
    defer { round += 1 }
    return round
  }

  /// The seed to use in place of a fixed one.
  package static func seed(_ fixed: UInt64) -> UInt64 { fixed &+ seedOffset &* 1_000 }

  private static var now: Double { ProcessInfo.processInfo.systemUptime }

  private static func environment(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init)
  }
}
