import DynamoProtocol
import Flywheel

/// Metrics over the admin port: what was counted since the start in Prometheus' text format, and the kept minutes.
extension AdminAPI {
  func metrics() -> AdminResponse {
    var text = PrometheusText()
    for total in database.metricTotals() { text.append(total) }
    return AdminResponse(contentType: "text/plain; version=0.0.4; charset=utf-8", body: Array(text.text.utf8))
  }

  /// The points of one metric: `metric`, and as far as they are wanted `index`, `operation`, `minutes` (60) up to now,
  /// `period` (1).
  func history(_ call: AdminCall, table: String?) throws(AdminFault) -> AdminResponse {
    let table = try table.map { name throws(AdminFault) in try self.table(name) }
    guard let metric = call.query["metric"].flatMap(MetricName.init(rawValue:)) else {
      throw .badRequest(
        "metric must be one of \(MetricName.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    try checkOperation(call.query["operation"], of: metric)
    try checkIndex(call.query["index"], of: table)
    let minutes = try number("minutes", call, 60, 1...21_600)
    let now = database.clockControl.now.nanosecondsSince1970
    let query = MetricQuery(
      metric, tableName: table?.name, indexName: call.query["index"], operation: call.query["operation"],
      from: Timestamp(nanosecondsSince1970: now - Int64(minutes) * 60_000_000_000),
      to: Timestamp(nanosecondsSince1970: now), periodMinutes: try number("period", call, 1, 1...1_440))
    let points: [MetricPoint]
    do throws(DatabaseError) {
      points = try database.metricHistory(query)
    } catch {
      throw AdminFault(status: 503, message: "the records can't be read: \(error)")
    }
    return .json { json in
      json.member("metric", metric.rawValue)
      json.name("points")
      json.beginArray()
      for point in points {
        json.beginObject()
        json.member("time", Int(point.time.nanosecondsSince1970 / 1_000_000_000))
        json.member("sampleCount", point.statistics.sampleCount)
        json.member("sum", point.statistics.sum)
        json.member("average", point.statistics.average)
        if let minimum = point.statistics.minimum { json.member("minimum", minimum) }
        if let maximum = point.statistics.maximum { json.member("maximum", maximum) }
        json.endObject()
      }
      json.endArray()
    }
  }

  private func checkOperation(_ operation: String?, of metric: MetricName) throws(AdminFault) {
    guard let operation else { return }
    guard metric.hasOperations else { throw .badRequest("\(metric.rawValue) is not told by operation") }
    guard MeteredOperations.number(of: operation) != nil else {
      throw .badRequest("there is no operation \(operation)")
    }
  }

  private func checkIndex(_ index: String?, of table: Table?) throws(AdminFault) {
    guard let index else { return }
    guard let table else { throw .badRequest("index is not known here") }
    guard table.definition.globalIndex(named: index) != nil else {
      throw .notFound("table \(table.name) has no global index \(index)")
    }
  }

  private func number(
    _ name: String, _ call: AdminCall, _ usual: Int, _ range: ClosedRange<Int>
  ) throws(AdminFault) -> Int {
    guard let text = call.query[name] else { return usual }
    guard let value = Int(text), range.contains(value) else {
      throw .badRequest("\(name) must be between \(range.lowerBound) and \(range.upperBound)")
    }
    return value
  }
}

/// Metrics in Prometheus' text format: the service's names behind `flywheel_`, its dimensions as labels.
private struct PrometheusText {
  private(set) var text = ""
  private var last: MetricName?

  mutating func append(_ total: MetricTotal) {
    let isLatency = total.metric == .successfulRequestLatency
    let name =
      "flywheel_\(total.metric.rawValue)"
      + (isLatency ? "_milliseconds" : total.metric.isGauge ? "" : "_total")
    if last != total.metric {
      last = total.metric
      text += "# TYPE \(name) \(isLatency ? "summary" : total.metric.isGauge ? "gauge" : "counter")\n"
    }
    var labels: [String] = []
    func label(_ name: String, _ value: String?) {
      if let value { labels.append("\(name)=\"\(Self.escaped(value))\"") }
    }
    label("TableName", total.tableName)
    label("GlobalSecondaryIndexName", total.indexName)
    label("Operation", total.operation)
    let suffix = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
    if isLatency {
      text += "\(name)_sum\(suffix) \(total.statistics.sum)\n"
      text += "\(name)_count\(suffix) \(total.statistics.sampleCount)\n"
    } else {
      text += "\(name)\(suffix) \(total.statistics.sum)\n"
    }
  }

  private static func escaped(_ value: String) -> String {
    var escaped = ""
    for character in value {
      switch character {
      case "\\": escaped += "\\\\"
      case "\"": escaped += "\\\""
      case "\n": escaped += "\\n"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
