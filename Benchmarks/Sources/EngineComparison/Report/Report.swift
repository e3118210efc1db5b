import Foundation

/// Results as text for a terminal, as Markdown for a page, and as JSON for programs. `Chart` draws them.
struct Report {
  let results: Results
  let systems: [System]
  let heading: [String]

  // MARK: Tables

  private struct Table {
    var heading: [String]
    var rows: [[String]]
  }

  /// The engines' speeds: thousands a second, how many times the yardstick's, and the slowest hundredth.
  private var speeds: Table {
    Table(
      heading: ["work", "threads"] + systems.map { "\($0.rawValue): k/s, ×, p99 µs" },
      rows: results.rows.map { row in
        [row.work, "\(row.threads)"]
          + systems.map { system in
            guard let sample = results.median(row, system) else { return "" }
            return [
              Self.number(sample.operationsPerSecond / 1e3), ratio(row, system),
              Self.number(sample.p99Microseconds),
            ].joined(separator: "  ")
          }
      })
  }

  private var figures: Table {
    let all = results.rows.flatMap { row in
      Figure.allCases.filter { figure in
        systems.contains { results.median(row, $0)?.figures[figure] != nil }
      }.map { (row, $0) }
    }
    return Table(
      heading: ["less is better", "threads"] + systems.map { "\($0.rawValue), ×" },
      rows: all.map { row, figure in
        ["\(row.work): \(figure.title)", "\(row.threads)"]
          + systems.map { system in
            guard let value = results.median(row, system)?.figures[figure] else { return "" }
            return Self.number(value) + "  " + ratio(value, row, { $0.figures[figure] })
          }
      })
  }

  var text: String {
    [speeds, figures].filter { !$0.rows.isEmpty }.map { table in
      let all = [table.heading] + table.rows
      let widths = table.heading.indices.map { column in all.map { $0[column].count }.max()! }
      var lines = all.map { row in
        row.enumerated().map { column, cell in
          let padding = String(repeating: " ", count: widths[column] - cell.count)
          return column == 0 ? cell + padding : padding + cell
        }.joined(separator: " | ")
      }
      lines.insert(widths.map { String(repeating: "-", count: $0) }.joined(separator: "-|-"), at: 1)
      return lines.joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  var markdown: String {
    let tables = [speeds, figures].filter { !$0.rows.isEmpty }.map { table in
      let rule = table.heading.indices.map { $0 == 0 ? "---" : "---:" }
      return ([table.heading, rule] + table.rows).map { "| " + $0.joined(separator: " | ") + " |" }
        .joined(separator: "\n")
    }
    return (heading + tables).joined(separator: "\n\n") + "\n"
  }

  /// An array with an object a row and system. Figures stand in the same object under their own names; `spread` is how far
  /// apart the runs were, the largest less the smallest over the median.
  var json: String {
    var objects: [[String: Any]] = []
    for row in results.rows {
      for system in systems {
        guard let sample = results.median(row, system) else { continue }
        var object: [String: Any] = [
          "work": row.work, "system": system.rawValue, "threads": row.threads,
          "opsPerSecond": sample.operationsPerSecond, "p99Microseconds": sample.p99Microseconds,
          "spread": results.spread(row, system),
        ]
        for (figure, value) in sample.figures { object[figure.rawValue] = value }
        objects.append(object)
      }
    }
    let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys]
    let data = attempt { () throws in try JSONSerialization.data(withJSONObject: objects, options: options) }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  // MARK: Numbers

  private func ratio(_ row: Row, _ system: System) -> String {
    ratio(results.median(row, system)!.operationsPerSecond, row, { $0.operationsPerSecond })
  }

  private func ratio(_ value: Double, _ row: Row, _ part: (Sample) -> Double?) -> String {
    guard let yardstick = System.yardstick, let sample = results.median(row, yardstick),
      let other = part(sample), other > 0
    else { return "-" }
    return String(format: "%.2f", value / other)
  }

  /// 1000000 as 1,000,000.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return String(
      digits.indices.flatMap { index in
        index > 0 && (digits.count - index) % 3 == 0 ? [",", digits[index]] : [digits[index]]
      })
  }

  static func number(_ value: Double) -> String {
    String(format: value < 10 ? "%.2f" : value < 1_000 ? "%.1f" : "%.0f", value)
  }
}
