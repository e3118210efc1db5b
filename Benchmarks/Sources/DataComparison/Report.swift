import Foundation

/// The samples of all rounds, in nanoseconds an operation.
struct Results {
  private var samples: [Work: [String: [Double]]] = [:]

  mutating func add(_ nanoseconds: Double, _ work: Work, _ side: String) {
    samples[work, default: [:]][side, default: []].append(nanoseconds)
  }

  func median(_ work: Work, _ side: String) -> Double? {
    guard let sorted = samples[work]?[side]?.sorted() else { return nil }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

/// Results as a table for people and JSON for programs.
struct Report {
  let results: Results
  let plan: Plan

  /// The ratios that have a bar: how long the first may take in times of the second; with SQLite, how much faster it
  /// has to be.
  private static let ratios = [
    (name: "item/tree", "item", "tree"), (name: "json/item", "json", "item"),
    (name: "sqlite/item", "sqlite", "item"), (name: "typed/item", "typed", "item"),
  ]

  func print() {
    var rows = [["work, ns"] + plan.sides + Self.ratios.map(\.name)]
    for work in plan.works {
      let times = plan.sides.map { side in results.median(work, side).map { number($0) } ?? "" }
      let ratios = Self.ratios.map { ratio in
        value(of: ratio, work).map { String(format: "%.2f", $0) } ?? ""
      }
      rows.append([work.title] + times + ratios)
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
    for (index, row) in rows.enumerated() {
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + padding : padding + cell
      }
      Swift.print(cells.joined(separator: " | "))
      if index == 0 { Swift.print(widths.map { String(repeating: "-", count: $0) }.joined(separator: "-|-")) }
    }
  }

  /// An array with an object a work: nanoseconds by side, and the ratios.
  func write(to path: String) {
    let objects = plan.works.map { work in
      var object: [String: Any] = ["work": work.rawValue]
      for side in plan.sides { object[side] = results.median(work, side) }
      for ratio in Self.ratios { object[ratio.name] = value(of: ratio, work) }
      return object
    }
    do {
      try JSONSerialization.data(withJSONObject: objects, options: [.prettyPrinted, .sortedKeys])
        .write(to: URL(fileURLWithPath: path))
    } catch {
      fail("\(error)")
    }
  }

  private func value(of ratio: (name: String, String, String), _ work: Work) -> Double? {
    guard let one = results.median(work, ratio.1), let other = results.median(work, ratio.2) else {
      return nil
    }
    return one / other
  }

  private func number(_ value: Double) -> String {
    String(format: value < 100 ? "%.1f" : "%.0f", value)
  }
}
