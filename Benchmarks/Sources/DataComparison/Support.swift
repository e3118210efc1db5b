import Foundation

/// Nanoseconds of a clock that never goes back.
enum Clock {
  static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}

/// Marsaglia's xorshift64.
struct Random {
  private var state: UInt64

  init(seed: Int) { state = (UInt64(truncatingIfNeeded: seed) &+ 1) &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next(below bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(truncatingIfNeeded: state.multipliedFullWidth(by: UInt64(bound)).high)
  }
}

/// Where what was read ends, so that the reading isn't optimised away.
@_optimize(none) func sink(_ value: Int) {}

/// The folder that is removed at the end, whatever the end is. Set once, before anything else runs.
enum Scratch {
  nonisolated(unsafe) static var folder = ""

  static func remove() { try? FileManager.default.removeItem(atPath: folder) }
}

/// Ends the program: a comparison with a side that failed is none.
func fail(_ reason: String) -> Never {
  FileHandle.standardError.write(Data("data-comparison: \(reason)\n".utf8))
  Scratch.remove()
  exit(1)
}
