import Foundation

/// Results as a table for people and JSON for programs.
struct Report {
  let results: Results
  let systems: [System]

  func print() {
    printTable(
      ["work", "threads"] + systems.map { "\($0.rawValue): k/s, ×, p99 µs" },
      results.rows.map { row in
        [row.work, "\(row.threads)"]
          + systems.map { system in
            guard let sample = results.median(row, system) else { return "" }
            let ratio = ratio(sample.operationsPerSecond, row, \.operationsPerSecond)
            return [number(sample.operationsPerSecond / 1e3), ratio, number(sample.p99Microseconds)]
              .joined(separator: "  ")
          }
      })
    let figures = results.rows.flatMap { row in
      Figure.allCases.filter { results.median(row, systems[0])?.figures[$0] != nil }.map { (row, $0) }
    }
    if figures.isEmpty { return }
    Swift.print()
    printTable(
      ["less is better", "threads"] + systems.map { "\($0.rawValue), ×" },
      figures.map { row, figure in
        ["\(row.work): \(figure.title)", "\(row.threads)"]
          + systems.map { system in
            guard let value = results.median(row, system)?.figures[figure] else { return "" }
            return number(value) + "  " + ratio(value, row, { $0.figures[figure] ?? 0 })
          }
      })
  }

  /// An array with an object a row and system. Figures stand in the same object under their own names.
  func write(to path: String) {
    var objects: [[String: Any]] = []
    for row in results.rows {
      for system in systems {
        guard let sample = results.median(row, system) else { continue }
        var object: [String: Any] = [
          "work": row.work, "system": system.rawValue, "threads": row.threads,
          "opsPerSecond": sample.operationsPerSecond, "p99Microseconds": sample.p99Microseconds,
        ]
        for (figure, value) in sample.figures { object[figure.rawValue] = value }
        objects.append(object)
      }
    }
    attempt { () throws in
      let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys]
      try JSONSerialization.data(withJSONObject: objects, options: options)
        .write(to: URL(fileURLWithPath: path))
    }
  }

  private func ratio(_ value: Double, _ row: Row, _ part: (Sample) -> Double) -> String {
    guard let yardstick = System.yardstick, let sample = results.median(row, yardstick), part(sample) > 0
    else { return "-" }
    return String(format: "%.2f", value / part(sample))
  }

  private func number(_ value: Double) -> String {
    String(format: value < 10 ? "%.2f" : value < 1_000 ? "%.1f" : "%.0f", value)
  }

  private func printTable(_ heading: [String], _ rows: [[String]]) {
    let all = [heading] + rows
    let widths = heading.indices.map { column in all.map { $0[column].count }.max()! }
    for (index, row) in all.enumerated() {
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + padding : padding + cell
      }
      Swift.print(cells.joined(separator: " | "))
      if index == 0 { Swift.print(widths.map { String(repeating: "-", count: $0) }.joined(separator: "-|-")) }
    }
  }
}
