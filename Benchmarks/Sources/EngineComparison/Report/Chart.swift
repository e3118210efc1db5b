import Foundation

/// The speeds as a picture: for each row of the table a group of bars, one an engine, from left to right on a scale in which
/// equal distances are equal ratios. Written as SVG, which is text.
struct Chart {
  private let report: Report
  private let rows: [Row]

  private static let barHeight = 11
  private static let gap = 10
  private static let labelWidth = 330
  private static let plotWidth = 620
  private static let valueWidth = 90
  private static let top = 78
  /// Apart for eyes that can't tell red from green, too (Okabe and Ito's colours).
  private static let colors = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#999999"]

  init(_ report: Report) {
    self.report = report
    rows = report.results.rows
  }

  var svg: String {
    let bottom = Self.top + rows.reduce(0) { $0 + height(of: $1) }
    let width = Self.labelWidth + Self.plotWidth + Self.valueWidth
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(bottom + 40)" \
      viewBox="0 0 \(width) \(bottom + 40)" font-family="Helvetica, Arial, sans-serif" font-size="12">
      <rect width="100%" height="100%" fill="white"/>
      <text x="12" y="24" font-size="16" font-weight="bold">Operations a second, logarithmic: longer is faster</text>
      \(legend)
      \(scale(bottom: bottom))
      \(groups)
      </svg>

      """
  }

  private var legend: String {
    report.systems.enumerated().map { index, system in
      let x = 12 + index * 110
      return """
        <rect x="\(x)" y="38" width="12" height="12" fill="\(Self.colors[index % Self.colors.count])"/>\
        <text x="\(x + 17)" y="48">\(system.rawValue)</text>
        """
    }.joined(separator: "\n")
  }

  // MARK: Scale

  /// Powers of ten, from that below the slowest to that above the fastest.
  private var decades: ClosedRange<Int> {
    let speeds = rows.flatMap { row in report.systems.compactMap { speed(row, $0) } }.filter { $0 > 0 }
    guard let least = speeds.min(), let most = speeds.max() else { return 0...1 }
    let first = Int(log10(least).rounded(.down))
    return first...max(first + 1, Int(log10(most).rounded(.up)))
  }

  private func x(_ value: Double) -> Int {
    let position = (log10(value) - Double(decades.lowerBound)) / Double(decades.count - 1)
    return Self.labelWidth + Int(position * Double(Self.plotWidth))
  }

  private func scale(bottom: Int) -> String {
    decades.map { exponent in
      let x =
        Self.labelWidth + (exponent - decades.lowerBound) * Self.plotWidth / (decades.count - 1)
      return """
        <line x1="\(x)" y1="\(Self.top - 6)" x2="\(x)" y2="\(bottom)" stroke="#dddddd"/>\
        <text x="\(x)" y="\(Self.top - 10)" text-anchor="middle" fill="#555555">\(Self.power(exponent))</text>\
        <text x="\(x)" y="\(bottom + 16)" text-anchor="middle" fill="#555555">\(Self.power(exponent))</text>
        """
    }.joined(separator: "\n")
  }

  private static func power(_ exponent: Int) -> String {
    switch exponent {
    case 0...2: "1" + String(repeating: "0", count: exponent)
    case 3...5: "1" + String(repeating: "0", count: exponent - 3) + " k"
    case 6...8: "1" + String(repeating: "0", count: exponent - 6) + " M"
    default: "1e\(exponent)"
    }
  }

  // MARK: Bars

  private func speed(_ row: Row, _ system: System) -> Double? {
    report.results.median(row, system)?.operationsPerSecond
  }

  private func height(of row: Row) -> Int {
    report.systems.filter { speed(row, $0) != nil }.count * Self.barHeight + Self.gap
  }

  private var groups: String {
    var lines: [String] = []
    var y = Self.top
    for row in rows {
      let middle = y + (height(of: row) - Self.gap) / 2 + 4
      let threads = row.threads == 1 ? "" : ", \(row.threads) threads"
      lines.append(
        "<text x=\"\(Self.labelWidth - 10)\" y=\"\(middle)\" text-anchor=\"end\">\(row.work)\(threads)</text>"
      )
      for (index, system) in report.systems.enumerated() {
        guard let speed = speed(row, system) else { continue }
        let end = speed > 0 ? x(speed) : Self.labelWidth
        lines.append(
          """
          <rect x="\(Self.labelWidth)" y="\(y)" width="\(max(end - Self.labelWidth, 1))" \
          height="\(Self.barHeight - 1)" fill="\(Self.colors[index % Self.colors.count])"/>\
          <text x="\(end + 4)" y="\(y + Self.barHeight - 2)" font-size="9" fill="#333333">\(Self.label(speed))</text>
          """)
        y += Self.barHeight
      }
      y += Self.gap
    }
    return lines.joined(separator: "\n")
  }

  private static func label(_ speed: Double) -> String {
    switch speed {
    case 1e6...: Report.number(speed / 1e6) + " M"
    case 1e3...: Report.number(speed / 1e3) + " k"
    default: Report.number(speed)
    }
  }
}
