import LSMTree

/// Which measurements to read.
public struct MetricQuery: Sendable {
  public var metric: MetricName
  /// The table; nil for what belongs to the whole database: ``MetricName/userErrors``, the account's quotas, and the requests
  /// of operations on tables.
  public var tableName: String?
  /// The global index; nil for the table itself.
  public var indexName: String?
  /// The operation, for metrics that have one; nil for all together.
  public var operation: String?
  /// From this minute on.
  public var from: Timestamp
  /// Up to but not including this minute.
  public var to: Timestamp
  /// Minutes that become one point. At least 1.
  public var periodMinutes: Int

  public init(
    _ metric: MetricName, tableName: String? = nil, indexName: String? = nil, operation: String? = nil,
    from: Timestamp, to: Timestamp, periodMinutes: Int = 1
  ) {
    self.metric = metric
    self.tableName = tableName
    self.indexName = indexName
    self.operation = operation
    self.from = from
    self.to = to
    self.periodMinutes = periodMinutes
  }
}

/// What was measured in one period.
public struct MetricPoint: Sendable, Hashable {
  /// When the period began.
  public var time: Timestamp
  public var statistics: MetricStatistics
}

/// A count since the database was opened, or how something stands.
public struct MetricTotal: Sendable, Hashable {
  public var metric: MetricName
  /// Nil for what belongs to the whole database.
  public var tableName: String?
  public var indexName: String?
  public var operation: String?
  public var statistics: MetricStatistics
}

extension Database {
  /// Reads what was measured, a point for each period in which there was anything, oldest first.
  ///
  /// Minutes are kept for 15 days, also while the database is closed. The minute under way is not there yet, nor is a
  /// minute until about a second after it has passed. A period begins at a multiple of its length since 1970.
  ///
  /// Blocks the calling thread. Cost: reading the records of all tables in the minutes asked for.
  ///
  /// - Throws: ``DatabaseError/invalidOption(name:reason:)`` for a period below 1, and what keeps records from being
  ///   read.
  public func metricHistory(_ query: MetricQuery) throws(DatabaseError) -> [MetricPoint] {
    guard query.periodMinutes >= 1 else {
      throw .invalidOption(name: "periodMinutes", reason: "\(query.periodMinutes) is not at least 1")
    }
    guard isOpen else { throw .closed }
    let period = Int64(query.periodMinutes)
    var points: [MetricPoint] = []
    let minutes = query.from.minute..<max(query.from.minute, query.to.minute)
    try forEachMetricRecord(minutes) { minute, id, record in
      guard query.tableName.map({ $0 == record.tableName }) ?? (id == 0) else { return }
      var statistics = MetricStatistics()
      for (series, value) in record.series where query.matches(series) { statistics.merge(value) }
      guard statistics != MetricStatistics() else { return }
      let time = Timestamp(nanosecondsSince1970: minute / period * period * 60_000_000_000)
      if points.last?.time == time {
        points[points.count - 1].statistics.merge(statistics)
      } else {
        points.append(MetricPoint(time: time, statistics: statistics))
      }
    }
    return points
  }

  /// What was counted since the database was opened, and how gauges stand. Latencies come without smallest and largest,
  /// which belong to the minutes.
  public func metricTotals() -> [MetricTotal] {
    var totals: [MetricTotal] = []
    func gather(_ table: GatheredMinute.Table, _ name: String?) {
      for (series, statistics) in table.gathered {
        totals.append(
          MetricTotal(
            metric: series.metric, tableName: name, indexName: series.indexName, operation: series.operation,
            statistics: statistics))
      }
    }
    var database = metrics.ofDatabase.sinceOpening()
    database.gatherQuotas(catalog.snapshot.tables.values)
    gather(database, nil)
    for table in catalog.snapshot.tables.values {
      var gathered = table.meter.sinceOpening()
      gathered.gatherResources(of: table)
      gathered.gatherGauges(of: table.definition)
      gather(gathered, table.name)
    }
    return totals.sorted { $0.order < $1.order }
  }
}

extension RequestMeter {
  /// All that was counted; the extremes stay for the minute that they belong to.
  fileprivate func sinceOpening() -> GatheredMinute.Table {
    var table = GatheredMinute.Table()
    totals.forEachMetric(since: Totals(), taking: nil) { metric, operation, statistics in
      table.gathered[MetricSeries(metric, operation: operation)] = statistics
    }
    return table
  }
}

extension MetricTotal {
  fileprivate var order: (String, String, String, String) {
    (metric.rawValue, tableName ?? "", indexName ?? "", operation ?? "")
  }
}

extension MetricQuery {
  fileprivate func matches(_ series: MetricSeries) -> Bool {
    series.metric == metric && series.indexName == indexName
      && (operation == nil || series.operation == operation)
  }
}

extension Timestamp {
  /// Whole minutes since 1970.
  fileprivate var minute: Int64 { nanosecondsSince1970 / 60_000_000_000 }
}
