/// What is asked of a work beside its speed.
enum Figure: String, CaseIterable, Sendable {
  case longestPauseMicroseconds
  case bytesWrittenPerByte
  case bytesStoredPerByte
  case costGrowth
  case openMilliseconds
  case replayedMegabytesPerSecond

  var title: String {
    switch self {
    case .longestPauseMicroseconds: "longest pause, µs"
    case .bytesWrittenPerByte: "bytes written per byte"
    case .bytesStoredPerByte: "bytes on disk per byte"
    case .costGrowth: "cost, times that of the smallest"
    case .openMilliseconds: "ms until a read is answered"
    case .replayedMegabytesPerSecond: "MB/s replayed (more is better)"
    }
  }
}

/// A row of the table: a work and its number of threads.
struct Row: Hashable, Sendable {
  let work: String
  let threads: Int
}

struct Sample: Sendable {
  let operationsPerSecond: Double
  let p99Microseconds: Double
  let figures: [Figure: Double]
}

/// The samples of all runs. Used from the main thread alone.
final class Results {
  private(set) var rows: [Row] = []
  private var samples: [Row: [System: [Sample]]] = [:]

  func add(_ row: Row, _ system: System, _ outcomes: [Outcome], _ figures: [Figure: Double] = [:]) {
    let start = outcomes.map(\.start).min()!
    let end = outcomes.map(\.end).max()!
    let units = outcomes.reduce(0) { $0 + $1.units }
    var latencies = LatencyHistogram()
    for outcome in outcomes { latencies.add(outcome.latencies) }
    if samples[row] == nil { rows.append(row) }
    samples[row, default: [:]][system, default: []].append(
      Sample(
        operationsPerSecond: Double(units) / Double(max(end - start, 1)) * 1e9,
        p99Microseconds: Double(latencies.nanoseconds(at: 0.99)) / 1e3, figures: figures))
  }

  /// The medians of a row's samples, each number for itself.
  func median(_ row: Row, _ system: System) -> Sample? {
    guard let all = samples[row]?[system] else { return nil }
    var figures: [Figure: Double] = [:]
    for figure in Figure.allCases {
      let values = all.compactMap { $0.figures[figure] }
      if !values.isEmpty { figures[figure] = Self.median(values) }
    }
    return Sample(
      operationsPerSecond: Self.median(all.map(\.operationsPerSecond)),
      p99Microseconds: Self.median(all.map(\.p99Microseconds)), figures: figures)
  }

  /// How far apart a row's samples were: the largest less the smallest, over the median.
  func spread(_ row: Row, _ system: System) -> Double {
    let speeds = (samples[row]?[system] ?? []).map(\.operationsPerSecond)
    guard let least = speeds.min(), let most = speeds.max(), most > 0 else { return 0 }
    return (most - least) / Self.median(speeds)
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
