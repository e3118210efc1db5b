package import Flywheel

/// Draws items as a table that fits a terminal, or, where that is too narrow for their columns, one below the other.
///
///     Artist     SongTitle   Year
///     ---------  ----------  ----
///     Acme Band  Happy Day   2020
///
/// The columns are the names that any item has. Each gets the room that its widest cell needs; where all that is
/// more than there is, the widest columns give way until it fits, and cells that were cut end with an ellipsis.
package enum TableDrawing {
  private static let gap = "  "
  /// Columns are not made narrower than this.
  private static let columnWidthMin = 4

  /// The lines that show some items.
  ///
  /// - Parameter width: the terminal's width in columns; nil for as much as it takes.
  package static func lines(_ items: [Item], width: Int?) -> [String] {
    let rows = items.map { item in item.attributes.mapValues(DisplayText.cell) }
    let names = columnNames(rows)
    guard !names.isEmpty else { return items.map { _ in "(no attributes)" } }
    let natural = names.map { name in
      rows.reduce(DisplayText.width(DisplayText.printable(name))) {
        max($0, DisplayText.width($1[name] ?? ""))
      }
    }
    guard let widths = fitted(natural, to: width) else { return records(rows, names, width: width) }
    var lines = [
      line(names.map { DisplayText.printable($0) }, widths),
      line(widths.map { String(repeating: "-", count: $0) }, widths),
    ]
    lines += rows.map { row in line(names.map { row[$0] ?? "" }, widths) }
    return lines
  }

  /// The names that any row has, in order.
  private static func columnNames(_ rows: [[String: String]]) -> [String] {
    var names: Set<String> = []
    for row in rows { names.formUnion(row.keys) }
    return names.sorted()
  }

  private static func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = zip(cells, widths).map { DisplayText.fitted($0, to: $1) }.joined(separator: gap)
    while line.last == " " { line.removeLast() }
    return line
  }

  /// Widths that fit; nil if the columns can't be made to.
  package static func fitted(_ natural: [Int], to width: Int?) -> [Int]? {
    guard let width else { return natural }
    let room = width - gap.count * (natural.count - 1)
    if natural.reduce(0, +) <= room { return natural }
    guard natural.map({ min($0, columnWidthMin) }).reduce(0, +) <= room else { return nil }
    // The widest give way: the greatest width that no column may exceed, found by halves.
    var lower = columnWidthMin
    var upper = natural.max() ?? columnWidthMin
    while lower < upper {
      let middle = (lower + upper + 1) / 2
      if natural.reduce(0, { $0 + min($1, middle) }) <= room { lower = middle } else { upper = middle - 1 }
    }
    var widths = natural.map { min($0, lower) }
    var left = room - widths.reduce(0, +)
    for position in widths.indices where left > 0 && widths[position] < natural[position] {
      widths[position] += 1
      left -= 1
    }
    return widths
  }

  /// Items one below the other, a line for each attribute.
  private static func records(_ rows: [[String: String]], _ names: [String], width: Int?) -> [String] {
    let nameWidth = names.map { DisplayText.width(DisplayText.printable($0)) }.max() ?? 0
    var lines: [String] = []
    for (position, row) in rows.enumerated() {
      lines.append("-- \(position + 1)")
      for name in names {
        guard let cell = row[name] else { continue }
        let line = DisplayText.fitted(DisplayText.printable(name), to: nameWidth) + " | " + cell
        lines.append(width.map { DisplayText.cut(line, to: $0) } ?? line)
      }
    }
    return lines
  }
}
