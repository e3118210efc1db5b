/// What one table came to in one minute, as it is kept. The layout is in Docs/Formats/Metrics.md.
package struct MetricRecord: Sendable, Equatable {
  package var tableName: String
  package var series: [MetricSeries: MetricStatistics]

  private static let version: UInt8 = 1

  package init(tableName: String, series: [MetricSeries: MetricStatistics]) {
    self.tableName = tableName
    self.series = series
  }

  /// Adds what another record says of the same minute. Gauges keep the later value, which is this one's.
  package mutating func merge(_ other: MetricRecord) {
    for (key, statistics) in other.series {
      if key.metric.isGauge, series[key] != nil { continue }
      var merged = series[key] ?? MetricStatistics()
      merged.merge(statistics)
      series[key] = merged
    }
  }

  package var encoded: [UInt8] {
    var bytes = [Self.version]
    func text(_ text: String) {
      let utf8 = Array(text.utf8)
      bytes.append(UInt8(utf8.count))
      bytes += utf8
    }
    func number(_ bits: UInt64) {
      for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    }
    text(tableName)
    for (key, statistics) in series.sorted(by: { Self.order($0.key) < Self.order($1.key) }) {
      bytes.append(key.metric.code)
      text(key.operation ?? "")
      text(key.indexName ?? "")
      number(UInt64(max(0, statistics.sampleCount)))
      number(statistics.sum.bitPattern)
      number((statistics.minimum ?? .nan).bitPattern)
      number((statistics.maximum ?? .nan).bitPattern)
    }
    return bytes
  }

  private static func order(_ series: MetricSeries) -> (UInt8, String, String) {
    (series.metric.code, series.operation ?? "", series.indexName ?? "")
  }

  /// Nil for bytes that no known release wrote. Metrics that are not known are left out.
  package init?(_ bytes: [UInt8]) {
    var reader = Reader(bytes: bytes)
    guard reader.byte() == Self.version, let name = reader.text() else { return nil }
    tableName = name
    series = [:]
    while !reader.isAtEnd {
      guard let code = reader.byte(), let operation = reader.text(), let index = reader.text(),
        let count = reader.number(), let sum = reader.number(), let minimum = reader.number(),
        let maximum = reader.number()
      else { return nil }
      guard let metric = MetricName(code: code) else { continue }
      let key = MetricSeries(
        metric, operation: operation.isEmpty ? nil : operation, indexName: index.isEmpty ? nil : index)
      var statistics = MetricStatistics(
        sampleCount: Int(truncatingIfNeeded: count), sum: Double(bitPattern: sum))
      (statistics.minimum, statistics.maximum) = Self.extremes(minimum, maximum, of: metric)
      series[key] = statistics
    }
  }

  /// What is kept as smallest and largest. Where it follows from what the metric is, early releases kept other numbers.
  private static func extremes(
    _ minimum: UInt64, _ maximum: UInt64, of metric: MetricName
  ) -> (minimum: Double?, maximum: Double?) {
    guard metric.isSeenSingly else { return metric.isSummed ? (nil, nil) : (1, 1) }
    let values = [minimum, maximum].map { Double(bitPattern: $0) }
    return (values[0].isNaN ? nil : values[0], values[1].isNaN ? nil : values[1])
  }

  private struct Reader {
    let bytes: [UInt8]
    var position = 0

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() -> UInt8? {
      guard position < bytes.count else { return nil }
      defer { position += 1 }
      return bytes[position]
    }

    mutating func text() -> String? {
      guard let count = byte(), position + Int(count) <= bytes.count else { return nil }
      defer { position += Int(count) }
      return String(validating: bytes[position..<position + Int(count)], as: UTF8.self)
    }

    mutating func number() -> UInt64? {
      guard position + 8 <= bytes.count else { return nil }
      defer { position += 8 }
      return (0..<8).reversed().reduce(0) { $0 << 8 | UInt64(bytes[position + $1]) }
    }
  }
}
