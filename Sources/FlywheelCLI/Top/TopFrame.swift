package import FlywheelServer

/// One picture of `flywheel top`: what two moments of activity come to, as lines of text. Pure, so that it is tested
/// without a terminal.
package struct TopFrame {
  private let rates: [Rate]
  private let header: String
  private let isColoured: Bool
  private let width: Int
  private let layout: TopLayout

  private static let partitionReadUnits = 3_000.0
  private static let partitionWriteUnits = 1_000.0
  private static let heat = Array(" ▁▂▃▄▅▆▇█")
  private static let hotKeysMax = 10

  /// What happened to one table or index in a second.
  private struct Rate {
    var now: Activity.Resource
    var reads: Double
    var writes: Double
    var throttledReads: Double
    var throttledWrites: Double
    var requests: Double
    /// Of each partition: its load as a part of what it can give, and whether it refused anything.
    var partitions: [(load: Double, isThrottled: Bool)]
  }

  /// - Parameters:
  ///   - before: an earlier moment; nil shows no rates.
  ///   - width: columns that may be used.
  package init(
    _ now: Activity, since before: Activity?, source: String, width: Int, isColoured: Bool
  ) {
    self.width = max(TopLayout.widthMin, width)
    layout = TopLayout(width: width)
    self.isColoured = isColoured
    let seconds = before.map { now.seconds - $0.seconds } ?? 0
    rates = now.resources.map { resource in
      let earlier = before?.resources.first { $0.table == resource.table && $0.index == resource.index }
      return Self.rate(resource, since: earlier, seconds: seconds)
    }
    let requests = rates.reduce(0) { $0 + $1.requests }
    let tables = now.resources.count { $0.index == nil }
    header =
      "flywheel top  \(DisplayText.printable(source))  \(Self.clockText(now.time))  \(tables) table\(tables == 1 ? "" : "s")  "
      + "\(Self.short(requests)) requests/s"
  }

  private static func rate(
    _ now: Activity.Resource, since earlier: Activity.Resource?, seconds: Double
  ) -> Rate {
    // A database that was opened again counts from 0.
    func rate(_ now: Double, _ before: Double?) -> Double {
      guard let before, seconds > 0, now > before else { return 0 }
      return (now - before) / seconds
    }
    var partitions: [(load: Double, isThrottled: Bool)] = []
    for (position, partition) in now.partitions.enumerated() {
      // After a split positions are others: one picture without heat.
      let before = earlier?.partitions.count == now.partitions.count ? earlier?.partitions[position] : nil
      partitions.append(
        (
          max(
            rate(partition.readUnits, before?.readUnits) / partitionReadUnits,
            rate(partition.writeUnits, before?.writeUnits) / partitionWriteUnits),
          rate(partition.throttled, before?.throttled) > 0
        ))
    }
    return Rate(
      now: now, reads: rate(now.readUnits, earlier?.readUnits),
      writes: rate(now.writeUnits, earlier?.writeUnits),
      throttledReads: rate(now.throttledReads, earlier?.throttledReads),
      throttledWrites: rate(now.throttledWrites, earlier?.throttledWrites),
      requests: rate(now.requests, earlier?.requests), partitions: partitions)
  }

  /// The lines, at most `height` of them.
  package func lines(height: Int) -> [String] {
    var lines = [DisplayText.cut(header, to: width), ""]
    lines.append(
      styled(
        "1",
        layout.name("TABLE") + layout.columns.map { layout.number($0.head) }.joined() + "  PARTITIONS"))
    for rate in rates { lines.append(line(rate)) }
    if rates.isEmpty { lines.append("no tables") }
    let keys = hotKeys
    if !keys.isEmpty {
      lines += ["", styled("1", "HOT KEYS")]
      lines += keys
    }
    guard lines.count > height else { return lines }
    return Array(lines.prefix(max(1, height - 1))) + [
      DisplayText.cut("… \(lines.count - height + 1) more lines", to: width)
    ]
  }

  private func line(_ rate: Rate) -> String {
    let name = DisplayText.printable(rate.now.index.map { "  \($0)" } ?? rate.now.table)
    let numbers = layout.columns.map { column in
      let (text, isAlarming) = number(of: column, rate)
      return isAlarming ? styled("31", layout.number(text)) : layout.number(text)
    }
    return layout.name(name) + numbers.joined() + "  " + strip(rate.partitions)
  }

  private func number(of column: TopLayout.Column, _ rate: Rate) -> (text: String, isAlarming: Bool) {
    func provisioned(_ units: Int) -> String { rate.now.isProvisioned ? Self.short(Double(units)) : "-" }
    return switch column {
    case .reads: (Self.short(rate.reads), false)
    case .provisionedReads: (provisioned(rate.now.provisionedReadUnits), false)
    case .writes: (Self.short(rate.writes), false)
    case .provisionedWrites: (provisioned(rate.now.provisionedWriteUnits), false)
    case .throttledReads: (Self.short(rate.throttledReads), rate.throttledReads > 0)
    case .throttledWrites: (Self.short(rate.throttledWrites), rate.throttledWrites > 0)
    case .items: (Self.short(Double(rate.now.items)), false)
    }
  }

  /// A cell for each partition, or for each few if there are more than columns: the hottest of them counts.
  private func strip(_ partitions: [(load: Double, isThrottled: Bool)]) -> String {
    let total = partitions.count > 9_999 ? Self.short(Double(partitions.count)) : "\(partitions.count)"
    // Around the cells: two bars and a blank.
    let columns = max(1, layout.stripWidth - 3 - total.count)
    let count = min(columns, partitions.count)
    var strip = ""
    for cell in 0..<count {
      let range = cell * partitions.count / count..<(cell + 1) * partitions.count / count
      let load = partitions[range].map(\.load).max() ?? 0
      let step =
        load <= 0 ? 0 : 1 + Self.whole(min(load, 0.999) * Double(Self.heat.count - 1), max: Self.heat.count)
      let text = String(Self.heat[min(step, Self.heat.count - 1)])
      let isThrottled = partitions[range].contains { $0.isThrottled }
      strip += isThrottled ? styled("41", text) : styled(load > 0.8 ? "31" : load > 0.4 ? "33" : "32", text)
    }
    return "|\(strip)| \(total)"
  }

  private var hotKeys: [String] {
    var found: [(weight: Double, text: String)] = []
    for rate in rates {
      for (position, partition) in rate.now.partitions.enumerated() {
        for key in partition.hotKeys where key.share > 0 {
          let place = rate.now.table + (rate.now.index.map { "/\($0)" } ?? "")
          let percent = DisplayText.flushRight("\(Self.whole((key.share * 100).rounded(), max: 100))%", to: 5)
          found.append(
            (
              key.share,
              "\(percent) of partition \(position) of \(DisplayText.printable("\(place)  \(key.key)"))"
            ))
        }
      }
    }
    return found.sorted { $0.weight > $1.weight }.prefix(Self.hotKeysMax).map {
      DisplayText.cut($0.text, to: width)
    }
  }

  // MARK: Text

  private func styled(_ code: String, _ text: String) -> String {
    isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  /// Of a number that may be anything, the whole part from 0 to `max`.
  private static func whole(_ number: Double, max: Int) -> Int {
    number > 0 ? Int(min(number, Double(max))) : 0
  }

  /// A number in at most six characters: 0, 0.5, 12.3, 999, 1.2k, 34.5M; what is negative or none is 0, and what is
  /// beyond 999T is so much.
  package static func short(_ number: Double) -> String {
    let number = number > 0 ? min(number, 999e12) : 0
    func decimal(_ value: Double) -> String {
      let tenths = Int((value * 10).rounded())
      return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
    if number < 99.95 { return decimal(number) }
    if number < 999.5 { return "\(Int(number.rounded()))" }
    var value = number / 1_000
    for unit in ["k", "M", "G"] {
      if value < 999.5 { return (value < 99.95 ? decimal(value) : "\(Int(value.rounded()))") + unit }
      value /= 1_000
    }
    return decimal(value) + "T"
  }

  /// The time of day, UTC.
  private static func clockText(_ time: Double) -> String {
    let second = whole(time, max: 1 << 53) % 86_400
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60)) UTC"
  }
}
