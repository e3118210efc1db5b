import DynamoModel
import Flywheel
import Synchronization
import Testing

/// Reads that lag behind: what they see is the table as it was at least that long ago, and all of it once
/// nothing was written for that long.
@Suite struct PastReadTests {
  /// A clock that is moved by hand.
  private final class HandClock: Sendable {
    private let time = Atomic<Int64>(1_700_000_000_000_000_000)

    var clock: DatabaseClock { DatabaseClock { [self] in time.load(ordering: .relaxed) } }
    var milliseconds: Int64 { time.load(ordering: .relaxed) / 1_000_000 }
    func advance(milliseconds: Int64) { time.add(milliseconds * 1_000_000, ordering: .relaxed) }
  }

  private static let table = CreateTableRequest(
    tableName: "things",
    attributeDefinitions: [
      AttributeDefinition("pk", .string), AttributeDefinition("g", .string),
      AttributeDefinition("l", .number),
      AttributeDefinition("sk", .number),
    ],
    keySchema: [KeySchemaElement("pk", .hash), KeySchemaElement("sk", .range)],
    localSecondaryIndexes: [
      LocalSecondaryIndex(
        indexName: "local", keySchema: [KeySchemaElement("pk", .hash), KeySchemaElement("l", .range)],
        projection: Projection(.keysOnly))
    ],
    globalSecondaryIndexes: [
      GlobalSecondaryIndex(
        indexName: "global", keySchema: [KeySchemaElement("g", .hash)], projection: Projection(.all))
    ],
    billingMode: .payPerRequest)

  private struct Subject {
    let time = HandClock()
    let database: Database

    init(indexDelay: Int = 0, eventualLag: Int = 0) throws {
      var options = DatabaseOptions()
      options.clock = time.clock
      options.indexDelayMilliseconds = indexDelay
      options.eventualLagMilliseconds = eventualLag
      database = try Database.inMemory(options: options)
      _ = try database.performAndWait(CreateTable.self, PastReadTests.table)
    }

    func put(_ value: Int) throws {
      let item = try Item([
        "pk": "p", "sk": 1, "g": "g", "l": 1, "v": .number(DynamoNumber(value)),
      ])
      _ = try database.performAndWait(PutItem.self, PutItemRequest(tableName: "things", item: item))
    }

    /// The value that a read finds; 0 if it finds no item.
    func value(_ item: Item?) -> Int {
      guard case .number(let number)? = item?["v"] else { return 0 }
      return Int("\(number)")!
    }

    func get(consistent: Bool = false) throws -> Int {
      let request = GetItemRequest(
        tableName: "things", key: try Item(["pk": "p", "sk": 1]), consistentRead: consistent)
      return value(try database.performAndWait(GetItem.self, request).item)
    }

    func batchGet(consistent: Bool = false) throws -> Int {
      var keys = KeysAndAttributes(tableName: "things", keys: [try Item(["pk": "p", "sk": 1])])
      keys.consistentRead = consistent
      let response = try database.performAndWait(
        BatchGetItem.self, BatchGetItemRequest(requestItems: [keys]))
      return value(response.responses[0].items.first)
    }

    func query(_ index: String?, consistent: Bool = false) throws -> Int {
      var request = QueryRequest(tableName: "things", indexName: index)
      request.keyConditionExpression = index == "global" ? "g = :k" : "pk = :k"
      request.expressionAttributeValues = [":k": try EncodedValue(index == "global" ? "g" : "p")]
      request.consistentRead = consistent
      if index == "local" { request.select = .allAttributes }
      return value(try database.performAndWait(Query.self, request).items!.first)
    }

    func scan(_ index: String?, consistent: Bool = false) throws -> Int {
      var request = ScanRequest(tableName: "things", indexName: index)
      request.consistentRead = consistent
      if index == "local" { request.select = .allAttributes }
      return value(try database.performAndWait(Scan.self, request).items!.first)
    }
  }

  @Test func readsOfGlobalIndexesLag() throws {
    let subject = try Subject(indexDelay: 1_000)
    defer { try? subject.database.close() }
    try subject.put(1)
    #expect(try subject.query("global") == 0)
    #expect(try subject.scan("global") == 0)
    #expect(try subject.get() == 1)
    #expect(try subject.query(nil) == 1)
    #expect(try subject.query("local") == 1)
    subject.time.advance(milliseconds: 999)
    #expect(try subject.query("global") == 0)
    subject.time.advance(milliseconds: 1)
    #expect(try subject.query("global") == 1)
  }

  @Test func readsThatDoNotAskForConsistencyLag() throws {
    let subject = try Subject(indexDelay: 200, eventualLag: 1_000)
    defer { try? subject.database.close() }
    try subject.put(1)
    subject.time.advance(milliseconds: 2_000)
    try subject.put(2)
    for reads in [
      try subject.get(), try subject.batchGet(), try subject.query(nil), try subject.query("local"),
      try subject.query("global"), try subject.scan(nil), try subject.scan("local"),
    ] { #expect(reads == 1) }
    for reads in [
      try subject.get(consistent: true), try subject.batchGet(consistent: true),
      try subject.query(nil, consistent: true), try subject.query("local", consistent: true),
      try subject.scan(nil, consistent: true),
    ] { #expect(reads == 2) }
    subject.time.advance(milliseconds: 1_000)
    #expect(try subject.get() == 2)
    #expect(try subject.query("global") == 2)
  }

  /// A random history on a clock that jumps, against the list of all writes with their times.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func aReadSeesTheTableAsItWas(seed: UInt64) throws {
    let lag: Int64 = 160
    let subject = try Subject(eventualLag: Int(lag))
    defer { try? subject.database.close() }
    var random = HistoryRandom(seed: seed)
    var writes: [(time: Int64, value: Int)] = [(0, 0)]
    for step in 1...2_000 {
      subject.time.advance(milliseconds: Int64.random(in: 0...(step % 500 < 20 ? 400 : 12), using: &random))
      let now = subject.time.milliseconds
      if Bool.random(using: &random) {
        try subject.put(step)
        writes.append((now, step))
      } else {
        let value = try subject.get()
        // The last write that must be seen and the last one that may be.
        let due = writes.last { $0.time <= now - lag - lag / 16 }!.value
        let allowed = writes.last { $0.time <= now - lag }!.value
        #expect((due...allowed).contains(value), "\(seed): \(value) at \(now), step \(step)")
        #expect(try subject.get(consistent: true) == writes.last!.value)
      }
      #expect(subject.database.pastOfItems!.momentCount <= 18)
    }
  }

  @Test func withoutDelaysThereIsNoPast() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    #expect(subject.database.pastOfItems == nil && subject.database.pastOfIndexes == nil)
    try subject.put(1)
    #expect(try subject.query("global") == 1)
  }
}
