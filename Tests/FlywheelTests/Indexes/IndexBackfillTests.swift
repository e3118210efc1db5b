import DynamoModel
import Flywheel
import LSMTree
import Testing

@Suite struct IndexBackfillTests {
  private static func options(chunk: Int) -> DatabaseOptions {
    var options = DatabaseOptions.small
    options.housekeepingChunkItems = chunk
    return options
  }

  private static func waitUntilActive(_ database: Database, _ table: String) throws {
    for _ in 0..<20_000 {
      database.housekeeper.waitUntilIdle()
      let indexes = try #require(database.tableNow(table)).definition.globalIndexes
      if indexes.allSatisfy({ $0.status == .active }) { return }
    }
    Issue.record("the index did not become active")
  }

  private static func item(_ random: inout HistoryRandom) -> [String: AttributeValue] {
    var item: [String: AttributeValue] = ["pk": .string("\(Int.random(in: 0..<400, using: &random))")]
    if Int.random(in: 0..<4, using: &random) > 0 {
      item["g"] = .string("\(Int.random(in: 0..<9, using: &random))")
    }
    item["v"] = .string(String(repeating: "v", count: Int.random(in: 0..<20, using: &random)))
    return item
  }

  @Test func smallTablesAreDoneAtOnce() throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    try database.create(.plain("table"))
    for number in 0..<20 {
      try database.put("table", ["pk": .string("\(number)"), "g": .string("g\(number % 3)")])
    }
    let answer = try database.update(.addIndex("by-g", on: "g", to: "table"))
    let shown = try #require(answer.globalSecondaryIndexes?.first)
    #expect(answer.tableStatus == .updating)
    #expect(shown.indexStatus == .creating)
    #expect(shown.backfilling == false)
    let now = try #require(database.describe("table").globalSecondaryIndexes?.first)
    #expect(now.indexStatus == .active)
    #expect(now.backfilling == nil)
    #expect(now.itemCount == 20)
    try IndexModelTests.check(database, "table", "after the backfill")
  }

  @Test(arguments: [11, 12, 13] as [UInt64])
  func isRightBesideWriters(seed: UInt64) throws {
    let database = try Database.inMemory(options: Self.options(chunk: 7))
    defer { try? database.close() }
    try database.create(.plain("table"))
    var random = HistoryRandom(seed: seed)
    for _ in 0..<500 { try database.put("table", Self.item(&random)) }
    let failures = Tally()
    let writers = (0..<2).map { number in
      BackgroundThread.start {
        var random = HistoryRandom(seed: seed &* 1_000 &+ UInt64(number))
        for _ in 0..<600 {
          do {
            let item = Self.item(&random)
            if Int.random(in: 0..<4, using: &random) == 0 {
              try database.delete("table", ["pk": item["pk"]!])
            } else {
              try database.put("table", item)
            }
          } catch {
            failures.add()
          }
        }
      }
    }
    try database.update(
      .addIndex("by-g", on: "g", to: "table", Projection(.include, nonKeyAttributes: ["v"])))
    for writer in writers { writer.join() }
    try Self.waitUntilActive(database, "table")
    #expect(failures.value == 0)
    try IndexModelTests.check(database, "table", "seed \(seed)")
  }

  /// Cuts the power after every few steps of a backfill, until it is done.
  @Test(arguments: [21, 22, 23, 24] as [UInt64])
  func goesOnAfterAPowerCut(seed: UInt64) throws {
    var random = HistoryRandom(seed: seed)
    var disk = FaultFileSystem()
    var database = try Database.open(at: "/db", options: Self.options(chunk: 5), fileSystem: disk)
    try database.create(.plain("table"))
    for number in 0..<120 {
      try database.put("table", ["pk": .string("\(number)"), "g": .string("\(number % 7)")])
    }
    try database.update(.addIndex("by-g", on: "g", to: "table"))
    var cuts = 0
    while database.tableNow("table")?.definition.globalIndexes.first?.status != .active, cuts < 200 {
      let index = try #require(database.tableNow("table")?.indexes.first)
      for _ in 0..<Int.random(in: 0..<6, using: &random) {
        _ = try database.backfillStep(ofIndex: index.id, table: "table")
      }
      try database.put("table", ["pk": .string("\(Int.random(in: 0..<150, using: &random))"), "g": "new"])
      let after = disk.afterPowerCut(seed: random.next())
      database.housekeeper.close()
      disk = after
      database = try Database.open(at: "/db", options: Self.options(chunk: 5), fileSystem: disk)
      cuts += 1
      if Bool.random(using: &random) { database.housekeeper.waitUntilIdle() }
    }
    #expect(database.tableNow("table")?.definition.globalIndexes.first?.status == .active)
    database.housekeeper.waitUntilIdle()
    try IndexModelTests.check(database, "table", "seed \(seed), \(cuts) power cuts")
    try database.close()
  }

  @Test func deletingAnIndexEndsItsBackfill() throws {
    let database = try Database.inMemory(options: Self.options(chunk: 1))
    defer { try? database.close() }
    try database.create(.plain("table"))
    for number in 0..<200 { try database.put("table", ["pk": .string("\(number)"), "g": "x"]) }
    try database.update(.addIndex("by-g", on: "g", to: "table"))
    let id = try #require(database.tableNow("table")?.indexes.first?.id)
    var request = UpdateTableRequest(tableName: "table")
    request.globalSecondaryIndexUpdates = [
      GlobalSecondaryIndexUpdate(delete: DeleteGlobalSecondaryIndexAction(indexName: "by-g"))
    ]
    let answer = try database.update(request)
    #expect(answer.globalSecondaryIndexes?.first?.indexStatus == .deleting)
    database.housekeeper.waitUntilIdle()
    #expect(try database.contents(ofID: id).isEmpty)
    let described = try database.describe("table")
    #expect(described.globalSecondaryIndexes == nil)
    #expect(described.attributeDefinitions?.map(\.attributeName) == ["pk"])
  }
}
