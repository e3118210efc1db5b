import DynamoModel
import Flywheel
import LSMTree
import Testing

/// What is counted, in which minute it is told, and for how long it is kept.
@Suite struct MetricsTests {
  @Test func countsByTableAndOperation() throws {
    let subject = try MeteredDatabase()
    defer { try? subject.database.close() }
    try subject.createTable()
    for _ in 0..<3 { #expect(subject.put() == nil) }
    for _ in 0..<4 { #expect(subject.get() == nil) }
    #expect(subject.put(condition: "attribute_not_exists(id)") == .conditionalCheckFailed)
    #expect(subject.put(condition: "nonsense") == .validation)
    _ = try subject.database.performAndWait(Scan.self, ScanRequest(tableName: "table"))
    #expect(subject.total(.successfulRequests, "PutItem") == 3)
    #expect(subject.total(.successfulRequests, "GetItem") == 4)
    #expect(subject.total(.successfulRequests, "Scan") == 1)
    #expect(subject.total(.returnedItemCount, "Scan") == 1)
    #expect(subject.total(.returnedItemCount, "GetItem") == 0)
    #expect(subject.total(.conditionalCheckFailedRequests) == 1)
    #expect(subject.total(.userErrors, table: nil) == 1)
    #expect(subject.total(.consumedWriteCapacityUnits) == 4)
    #expect(subject.total(.consumedReadCapacityUnits) == 2.5)
    #expect(subject.total(.provisionedWriteCapacityUnits) == 2)
    #expect(subject.total(.successfulRequests, "CreateTable", table: nil) == 1)
    #expect(subject.total(.successfulRequestLatency, "CreateTable", table: nil) > 0)
    #expect(subject.total(.successfulRequestLatency, "PutItem") > 0)
  }

  @Test func countsWhatStatementsReturn() throws {
    let subject = try MeteredDatabase()
    defer { try? subject.database.close() }
    try subject.createTable()
    for id in ["a", "b", "c"] { #expect(subject.put(id) == nil) }
    for statement in [

      #"SELECT * FROM "table""#, #"SELECT * FROM "table" WHERE id = 'b'"#,
      #"DELETE FROM "table" WHERE id = 'c'"#,
    ] {
      _ = try subject.database.performAndWait(
        ExecuteStatement.self, ExecuteStatementRequest(statement: statement))
    }
    #expect(subject.total(.successfulRequests, "ExecuteStatement") == 3)
    #expect(subject.total(.returnedItemCount, "ExecuteStatement") == 4)
  }

  @Test func tellsHowThingsStand() throws {
    let subject = try MeteredDatabase()
    defer { try? subject.database.close() }
    subject.database.clockControl.freeze()
    try subject.createTable()
    try subject.createIndex("index")
    var request = CreateTableRequest.keyed("on-demand")
    request.billingMode = .payPerRequest
    request.onDemandThroughput = OnDemandThroughput(maxReadRequestUnits: 7)
    _ = try subject.database.performAndWait(CreateTable.self, request)
    _ = try subject.database.performAndWait(Scan.self, ScanRequest(tableName: "on-demand"))
    subject.database.clockControl.advance(by: .seconds(60))
    let expected: [(MetricName, String?, [Double])] = [
      (.onDemandMaxReadRequestUnits, "on-demand", [7]),
      (.onDemandMaxWriteRequestUnits, "on-demand", []),
      (.provisionedReadCapacityUnits, "on-demand", []),
      (.accountMaxReads, nil, [80_000]),
      (.accountMaxWrites, nil, [80_000]),
      (.accountMaxTableLevelReads, nil, [40_000]),
      (.accountMaxTableLevelWrites, nil, [40_000]),
      (.accountProvisionedReadCapacityUtilization, nil, [6.0 / 800]),
      (.accountProvisionedWriteCapacityUtilization, nil, [7.0 / 800]),
      (.maxProvisionedTableReadCapacityUtilization, nil, [5.0 / 400]),
      (.maxProvisionedTableWriteCapacityUtilization, nil, [5.0 / 400]),
    ]
    for (metric, table, values) in expected {
      #expect(try subject.history(metric, table: table).map { $0[1] } == values, "\(metric)")
      #expect(subject.total(metric, table: table) == values.first ?? 0, "\(metric)")
    }
    // Nothing happens: nothing is told.
    subject.database.clockControl.advance(by: .seconds(600))
    #expect(try subject.history(.accountMaxReads, table: nil).count == 1)
  }

  @Test func countsWhatIsThrottled() throws {
    let subject = try MeteredDatabase()
    defer { try? subject.database.close() }
    try subject.createTable()
    // Two units a second with 300 seconds' worth saved; nothing comes back while the clock stands.
    var admitted = 0
    while subject.put() == nil { admitted += 1 }
    #expect(subject.put() == .provisionedThroughputExceeded)
    #expect(subject.total(.consumedWriteCapacityUnits) == Double(admitted))
    #expect(subject.total(.writeThrottleEvents) == 2)
    #expect(subject.total(.writeProvisionedThroughputThrottleEvents) == 2)
    #expect(subject.total(.readThrottleEvents) == 0)
    #expect(subject.total(.throttledRequests, "PutItem") == 2)
    // A fault counts as what it plays.
    try subject.database.faults.add(Fault(.throttle, operations: ["GetItem"], extent: .next(1)))
    try subject.database.faults.add(
      Fault(.fail(ServiceError(.internalServerError)), operations: ["Scan"], extent: .next(1)))
    subject.get()
    _ = subject.code { _ = try subject.database.performAndWait(Scan.self, ScanRequest(tableName: "table")) }
    #expect(subject.total(.throttledRequests, "GetItem") == 1)
    #expect(subject.total(.systemErrors, "Scan") == 1)
  }

  @Test func countsWhatTheClientIsTold() throws {
    let subject = try MeteredDatabase {
      $0.blockingThreadsMax = 1
      $0.blockingQueueMax = 1
    }
    defer { try? subject.database.close() }
    try subject.createTable()
    // An answer that is lost on its way is no success.
    try subject.database.faults.add(
      Fault(
        .failAfterwards(ServiceError(.internalServerError)), operations: ["PutItem"], extent: .next(1)))
    #expect(subject.put() == .internalServerError)
    #expect(subject.total(.systemErrors, "PutItem") == 1)
    #expect(subject.total(.successfulRequests, "PutItem") == 0)
    // A transaction that is cancelled for its rate is throttled.
    while subject.put() == nil {}
    let action = TransactWriteItem.put(.init(tableName: "table", item: try Item(["id": "a"])))
    let code = subject.code {
      _ = try subject.database.performAndWait(
        TransactWriteItems.self, TransactWriteItemsRequest(transactItems: [action]))
    }
    #expect(code == .transactionCanceled)
    #expect(subject.total(.throttledRequests, "TransactWriteItems") == 1)
    // Who finds no room is told of an error of the database's.
    let full = FullPool(of: subject.database)
    subject.database.perform(CreateTable.self, .keyed("other")) { _ in }
    #expect(subject.total(.systemErrors, "CreateTable", table: nil) == 1)
    full.open()
  }

  @Test func countsIndexesByThemselvesAndWhatHasExpired() throws {
    let subject = try MeteredDatabase()
    defer { try? subject.database.close() }
    var request = CreateTableRequest.keyed("table")
    request.attributeDefinitions?.append(AttributeDefinition("g", .string))
    request.globalSecondaryIndexes = [
      GlobalSecondaryIndex(
        indexName: "byG", keySchema: [KeySchemaElement("g", .hash)], projection: Projection(.all))
    ]
    _ = try subject.database.performAndWait(CreateTable.self, request)
    let expired = MeteredDatabase.start - 5
    let item = try Item(["id": "x", "g": "y", "until": .number(DynamoNumber(expired))])
    _ = try subject.database.performAndWait(PutItem.self, PutItemRequest(tableName: "table", item: item))
    let ofIndex = subject.database.metricTotals().first {
      $0.metric == .consumedWriteCapacityUnits && $0.indexName == "byG"
    }
    #expect(ofIndex?.statistics.sum == 1)
    _ = try subject.database.performAndWait(
      UpdateTimeToLive.self,
      UpdateTimeToLiveRequest(
        tableName: "table",
        timeToLiveSpecification: TimeToLiveSpecification(enabled: true, attributeName: "until")))
    while try subject.database.expireStep(ofTable: "table") ?? 0 > 0 {}
    #expect(subject.total(.timeToLiveDeletedItemCount) == 1)
  }

  @Test func aMinuteIsToldWhenItHasPassed() throws {
    let subject = try MeteredDatabase()
    defer { try? subject.database.close() }
    try subject.createTable()
    subject.database.clockControl.freeze()
    subject.put()
    subject.put()
    #expect(try subject.history(.consumedWriteCapacityUnits).isEmpty)
    subject.database.clockControl.advance(by: .seconds(60))
    #expect(try subject.history(.consumedWriteCapacityUnits) == [[0, 2]])
    subject.put()
    subject.database.clockControl.advance(by: .seconds(180))
    subject.put()
    subject.get()
    subject.database.clockControl.advance(by: .seconds(60))
    #expect(try subject.history(.consumedWriteCapacityUnits) == [[0, 2], [1, 1], [4, 1]])
    #expect(try subject.history(.successfulRequests, "GetItem") == [[4, 1]])
    #expect(try subject.history(.provisionedReadCapacityUnits) == [[0, 1], [1, 1], [4, 1]])
    #expect(try subject.history(.successfulRequests, "CreateTable", table: nil) == [[0, 1]])
    // Periods begin at multiples of their length: the start is 0 minutes past an hour.
    #expect(try subject.history(.consumedWriteCapacityUnits, period: 2) == [[0, 3], [4, 1]])
    #expect(throws: DatabaseError.self) { try subject.history(.userErrors, period: 0) }
  }

  @Test func minutesSurviveACloseAndAreAddedTo() throws {
    let disk = MemoryFileSystem()
    var subject = try MeteredDatabase(disk)
    try subject.createTable()
    subject.put()
    try subject.database.close()
    subject = try MeteredDatabase(disk)
    defer { try? subject.database.close() }
    #expect(try subject.history(.consumedWriteCapacityUnits) == [[0, 1]])
    subject.put()
    subject.put()
    subject.database.clockControl.advance(by: .seconds(60))
    #expect(try subject.history(.consumedWriteCapacityUnits) == [[0, 3]])
  }

  @Test func whatIsOlderThanFifteenDaysIsThrownAway() throws {
    let subject = try MeteredDatabase()
    defer { try? subject.database.close() }
    try subject.createTable()
    subject.database.clockControl.freeze()
    subject.put()
    subject.database.clockControl.advance(by: .seconds(15 * 86_400))
    #expect(try subject.history(.consumedWriteCapacityUnits) == [[0, 1]])
    subject.put()
    subject.database.clockControl.advance(by: .seconds(3_600))
    #expect(try subject.history(.consumedWriteCapacityUnits) == [[15 * 1_440, 1]])
    // Not only hidden.
    let range = CatalogKeys.range(.metrics)
    var cursor = try subject.database.tree.cursor(
      in: subject.database.tree.appliedView(), from: range.lower, to: range.upper)
    var minutes: Set<UInt32> = []
    try cursor.seekToFirst()
    while cursor.isValid {
      minutes.insert(try #require(CatalogKeys.minuteAndID(ofMetrics: [UInt8](copying: cursor.key))).minute)
      try cursor.next()
    }
    #expect(minutes == [UInt32(MeteredDatabase.start / 60 + 15 * 1_440)])
  }

  @Test func recordsAreReadAsTheyAreWritten() {
    var record = MetricRecord(tableName: "täble", series: [:])
    for (position, metric) in MetricName.allCases.enumerated() {
      #expect(MetricName(code: metric.code) == metric)
      let series = MetricSeries(
        metric, operation: position % 2 == 0 ? "GetItem" : nil, indexName: position % 3 == 0 ? "index" : nil)
      var statistics = MetricStatistics(sampleCount: position, sum: Double(position) / 3)
      if !metric.isSummed { (statistics.minimum, statistics.maximum) = (1, 1) }
      if metric.isGauge { (statistics.minimum, statistics.maximum) = (-1, 1e300) }
      if metric == .successfulRequestLatency { (statistics.minimum, statistics.maximum) = (nil, nil) }
      record.series[series] = statistics
    }
    let bytes = record.encoded
    #expect(MetricRecord(bytes) == record)
    #expect(Set(MetricName.allCases.map(\.code)).count == MetricName.allCases.count)
    for count in 0..<bytes.count where MetricRecord(Array(bytes[..<count])) != nil {
      // Only a cut between two series leaves a record.
      #expect(MetricRecord(Array(bytes[..<count]))!.series.count < record.series.count)
    }
    #expect(MetricRecord([2]) == nil)
    // Early releases kept sums for the smallest and largest of counts.
    let old = MetricRecord(
      tableName: "t",
      series: [
        MetricSeries(.systemErrors): MetricStatistics(sampleCount: 5, sum: 5, minimum: 5, maximum: 5)
      ])
    #expect(MetricRecord(old.encoded)?.series.values.first == MetricStatistics(count: 5))
    // A metric of a later release is left out.
    var newer = MetricRecord(
      tableName: "t", series: [MetricSeries(.userErrors): MetricStatistics(sampleCount: 1, sum: 1)]
    )
    .encoded
    newer[3] = 250
    #expect(MetricRecord(newer)?.series.isEmpty == true)
  }

  @Test func everyOperationHasItsNumber() {
    #expect(Set(MeteredOperations.names) == OperationNames.all)
    for (number, name) in MeteredOperations.names.enumerated() {
      #expect(MeteredOperations.number(of: name) == number)
    }
    #expect(GetItem.meterNumber == MeteredOperations.number(of: GetItem.name))
    #expect(PutItem.meterNumber == MeteredOperations.number(of: PutItem.name))
    #expect(UpdateItem.meterNumber == MeteredOperations.number(of: UpdateItem.name))
    #expect(DeleteItem.meterNumber == MeteredOperations.number(of: DeleteItem.name))
    #expect(Query.meterNumber == MeteredOperations.number(of: Query.name))
    #expect(Scan.meterNumber == MeteredOperations.number(of: Scan.name))
    #expect(BatchGetItem.meterNumber == MeteredOperations.number(of: BatchGetItem.name))
    #expect(BatchWriteItem.meterNumber == MeteredOperations.number(of: BatchWriteItem.name))
  }
}
