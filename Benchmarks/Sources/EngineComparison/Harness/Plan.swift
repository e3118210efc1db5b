import Foundation

/// How much is done: read from the environment, the same for every engine.
struct Plan: Sendable {
  let isQuick: Bool
  let rounds: Int
  /// Entries of the stores with values of 100 bytes.
  let keys: Int
  /// How long a timed work lasts.
  let seconds: Double
  /// After which a work that is measured by its number of writes is cut short.
  let secondsMax: Double
  let jsonPath: String?
  let systems: [System]
  let groups: [WorkGroup]

  init(environment: [String: String]) {
    let isQuick = environment["QUICK"] == "1"
    self.isQuick = isQuick
    rounds = environment["ROUNDS"].flatMap(Int.init) ?? (isQuick ? 1 : 3)
    keys = environment["KEYS"].flatMap(Int.init) ?? (isQuick ? 100_000 : 1_000_000)
    seconds = environment["SECONDS_EACH"].flatMap(Double.init) ?? (isQuick ? 0.25 : 1)
    secondsMax = isQuick ? 1 : 8
    jsonPath = environment["JSON"].flatMap { $0.isEmpty ? nil : $0 }
    systems = Self.chosen(environment["SYSTEMS"], System.allCases)
    let all = WorkGroup.allCases.filter { !isQuick || $0.isInQuick }
    groups = Self.chosen(environment["WORKS"], all)
  }

  var timed: Limit { Limit(operations: .max, seconds: seconds) }
  func counted(_ operations: Int) -> Limit { Limit(operations: operations, seconds: secondsMax) }
  /// For what must be complete, because later works need it.
  func complete(_ operations: Int) -> Limit { Limit(operations: operations, seconds: .infinity) }

  var description: String {
    """
    \(keys) keys of 16 B; values half compressible; 8 KiB blocks, LZ4 (LevelDB: Snappy), 10-bit Bloom filters, \
    256 MB cache, 64 MB memtables, log on (LMDB has none); medians of \(rounds) interleaved run\(rounds == 1 ? "" : "s")
    """
  }

  static let quickCuts = """
    QUICK=1: a tenth of the keys, one run, a quarter of a second a work, slow loads cut after a second. Left out: \
    values of 1,000 B and 100 KB, two threads loading or overwriting, 64 synced writers.
    """

  /// Those whose names are listed (`a,b`), or all.
  private static func chosen<Choice: RawRepresentable<String>>(
    _ names: String?, _ all: [Choice]
  ) -> [Choice] {
    guard let names, !names.isEmpty else { return all }
    let wanted = names.lowercased().split(separator: ",").map(String.init)
    let found = all.filter { wanted.contains($0.rawValue.lowercased()) }
    if found.isEmpty { fail("none of \(names) is among \(all.map(\.rawValue).joined(separator: ","))") }
    return found
  }
}

/// When a loop ends: whichever comes first.
struct Limit: Sendable {
  let operations: Int
  let seconds: Double
}
