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
  /// How long one writer writes at full load.
  let pauseSeconds: Double
  let jsonPath: String?
  let tablePath: String?
  let chartPath: String?
  let systems: [System]
  let groups: [WorkGroup]

  init(environment: [String: String]) {
    let isQuick = environment["QUICK"] == "1"
    self.isQuick = isQuick
    rounds = environment["ROUNDS"].flatMap(Int.init) ?? (isQuick ? 1 : 3)
    keys = environment["KEYS"].flatMap(Int.init) ?? (isQuick ? 100_000 : 1_000_000)
    seconds = environment["SECONDS_EACH"].flatMap(Double.init) ?? (isQuick ? 0.15 : 1)
    secondsMax = isQuick ? 0.4 : 4
    pauseSeconds = environment["PAUSE_SECONDS"].flatMap(Double.init) ?? (isQuick ? 0.5 : 10)
    func path(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    jsonPath = path("JSON")
    tablePath = path("TABLE")
    chartPath = path("CHART")
    systems = Self.chosen(environment["SYSTEMS"], System.allCases)
    let all = WorkGroup.allCases.filter { !isQuick || $0.isInQuick }
    groups = Self.chosen(environment["WORKS"], all)
  }

  var timed: Limit { Limit(operations: .max, seconds: seconds) }
  func counted(_ operations: Int) -> Limit { Limit(operations: operations, seconds: secondsMax) }
  /// For what must be complete, because later works need it.
  func complete(_ operations: Int) -> Limit { Limit(operations: operations, seconds: .infinity) }

  /// What was measured, a fact a line.
  var heading: [String] {
    var lines = [
      """
      \(Report.grouped(keys)) keys of 16 B; values half compressible; nothing synced but where it says so; medians of \(rounds) interleaved \
      run\(rounds == 1 ? "" : "s"); works cut after \(secondsMax) s where they load or overwrite
      """,
      """
      All: 256 MB cache, 64 MB memtables and 32 MB tables unless a row says small, 8 KiB blocks, 10-bit Bloom filters, LZ4, \
      checksums verified on every read from a file, dynamic level sizes, one flush and one compaction at a time
      """,
    ]
    lines += systems.compactMap { system in system.difference.map { "\(system.rawValue): \($0)" } }
    if isQuick {
      lines.append(
        """
        QUICK=1: a tenth of the keys, one run, \(seconds) s a timed work. Left out: values of 1,000 B, two threads loading \
        or overwriting.
        """)
    }
    return lines
  }

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
