import DynamoModel
import Flywheel
import LSMTree
import Testing

/// What is left of tables when a database ends, in one way or another, and is opened again.
@Suite struct CatalogRecoveryTests {
  @Test func everythingIsThereAfterAClose() throws {
    let disk = MemoryFileSystem()
    var database = try Database.open(at: "/db", options: .small, fileSystem: disk)
    var request = IndexModelTests.request("table")
    request.tags = [TableTag(key: "b", value: "2"), TableTag(key: "a", value: "1")]
    request.deletionProtectionEnabled = true
    request.tableClass = .standardInfrequentAccess
    request.sseSpecification = SSESpecification(enabled: true)
    request.onDemandThroughput = OnDemandThroughput(maxReadRequestUnits: 10)
    try database.create(request)
    try database.create(.plain("other"))
    var random = HistoryRandom(seed: 7)
    for _ in 0..<200 { try database.put("table", IndexModelTests.randomItem(&random)) }
    let before = try database.describe("table")
    let id = try #require(database.tableNow("other")?.id)
    try database.close()
    database = try Database.open(at: "/db", options: .small, fileSystem: disk)
    #expect(try database.describe("table") == before)
    #expect(database.recountsPending == 0)
    try IndexModelTests.check(database, "table", "after a clean close")
    // Ids are not given out twice.
    try database.drop("other")
    try database.create(.plain("other"))
    #expect(try #require(database.tableNow("other")).id > id)
    try database.close()
  }

  @Test func itemsAreCountedAfreshAfterAPowerCut() throws {
    let disk = FaultFileSystem()
    var options = DatabaseOptions.small
    options.housekeepingChunkItems = 1
    var database = try Database.open(at: "/db", options: options, fileSystem: disk)
    try database.create(IndexModelTests.request("table"))
    var random = HistoryRandom(seed: 8)
    for _ in 0..<200 { try database.put("table", IndexModelTests.randomItem(&random)) }
    let after = disk.afterPowerCut(seed: 1)
    database = try Database.open(at: "/db", options: options, fileSystem: after)
    // Beside the count, writers go on.
    for _ in 0..<200 { try database.put("table", IndexModelTests.randomItem(&random)) }
    database.housekeeper.waitUntilIdle()
    #expect(database.recountsPending == 0)
    try IndexModelTests.check(database, "table", "after the recount")
    try database.close()
    database = try Database.open(at: "/db", options: options, fileSystem: after)
    try IndexModelTests.check(database, "table", "after the close behind it")
    try database.close()
  }

  /// Whatever the moment of a power cut, a table is there whole or not at all, with all that was answered.
  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func aPowerCutLeavesNoHalfTables(seed: UInt64) throws {
    var random = HistoryRandom(seed: seed)
    for round in 0..<12 {
      let disk = FaultFileSystem()
      let cutAfter = Int.random(in: 0..<60, using: &random)
      disk.setPlan { $0.number > cutAfter ? .cutPower : nil }
      var answered: Set<String> = []
      var dropped: Set<String> = []
      if let database = try? Database.open(at: "/db", options: .small, fileSystem: disk) {
        for step in 0..<12 {
          let name = "table-\(step % 4)"
          if answered.contains(name) {
            if (try? database.drop(name)) != nil {
              answered.remove(name)
              dropped.insert(name)
            } else {
              // Asked for and not answered: either is right.
              answered.remove(name)
              dropped.remove(name)
            }
          } else if (try? database.create(.plain(name))) != nil {
            answered.insert(name)
            dropped.remove(name)
            if (try? database.put(name, ["pk": "k"])) == nil { break }
          } else {
            dropped.remove(name)
          }
        }
      }
      let reopened = try Database.open(
        at: "/db", options: .small, fileSystem: disk.afterPowerCut(seed: random.next()))
      let comment: Comment = "seed \(seed), round \(round), cut after \(cutAfter)"
      for name in answered { #expect(reopened.tableNow(name) != nil, comment) }
      for name in dropped where !answered.contains(name) { #expect(reopened.tableNow(name) == nil, comment) }
      reopened.housekeeper.waitUntilIdle()
      for name in try reopened.performAndWait(ListTables.self, ListTablesRequest()).tableNames {
        try IndexModelTests.check(reopened, name, comment)
      }
      try reopened.close()
    }
  }

  @Test func aDeleteThatWasUnderWayIsFinished() throws {
    let disk = MemoryFileSystem()
    var options = DatabaseOptions.small
    var database = try Database.open(at: "/db", options: options, fileSystem: disk)
    try database.create(.plain("table"))
    try database.put("table", ["pk": "k"])
    try database.update(.addIndex("by-g", on: "g", to: "table"))
    let ids = try #require(database.tableNow("table")).definition.ids
    try database.close()
    options.tableDelayMilliseconds = 600_000
    database = try Database.open(at: "/db", options: options, fileSystem: disk)
    #expect(try database.drop("table").tableStatus == .deleting)
    #expect(try database.describe("table").tableStatus == .deleting)
    try database.create(.plain("slow"))
    #expect(try database.describe("slow").tableStatus == .creating)
    try database.close()
    database = try Database.open(at: "/db", options: options, fileSystem: disk)
    #expect(database.tableNow("table") == nil)
    for id in ids { #expect(try database.contents(ofID: id).isEmpty) }
    #expect(try database.describe("slow").tableStatus == .active)
    try database.close()
  }

  @Test func aDatabaseIsOpenOnceOnly() throws {
    let disk = MemoryFileSystem()
    let database = try Database.open(at: "/db", options: .small, fileSystem: disk)
    #expect(throws: DatabaseError.self) {
      try Database.open(at: "/db", options: .small, fileSystem: disk)
    }
    try database.close()
    try database.close()
    let error = serviceError { try database.create(.plain("table")) }
    #expect(error?.code == .serviceUnavailable)
  }

  @Test func definitionsSurviveTheirStoredForm() throws {
    var random = HistoryRandom(seed: 5)
    for _ in 0..<300 {
      let definition = Self.randomDefinition(&random)
      let stored = try Item(validating: StoredDefinition.encode(definition))
      #expect(try StoredDefinition.decode(stored) == definition)
    }
  }

  @Test func brokenDefinitionsAreRefused() throws {
    var random = HistoryRandom(seed: 6)
    let stored = try Item(validating: StoredDefinition.encode(Self.randomDefinition(&random)))
    for name in ["Id", "Name", "Key", "Throughput", "Status"] {
      var fields = stored.attributes
      fields[name] = nil
      #expect(throws: DatabaseError.self) { try StoredDefinition.decode(Item(fields)) }
      fields[name] = .bool(true)
      #expect(throws: DatabaseError.self) { try StoredDefinition.decode(Item(fields)) }
    }
    #expect(throws: DatabaseError.unsupportedFormat(what: "catalog", found: 2, newestKnown: 1)) {
      try StoredDefinition.decodeMeta(Item(["Format": 2, "NextId": 300]))
    }
  }

  private static func randomDefinition(_ random: inout HistoryRandom) -> TableDefinition {
    func number(_ random: inout HistoryRandom) -> Int { Int.random(in: 0..<1_000_000, using: &random) }
    func time(_ random: inout HistoryRandom) -> Timestamp? {
      Bool.random(using: &random)
        ? nil : Timestamp(nanosecondsSince1970: Int64.random(in: -5...Int64.max, using: &random))
    }
    func insights(_ random: inout HistoryRandom) -> ContributorInsights? {
      time(&random).map {
        ContributorInsights(
          isEnabled: Bool.random(using: &random),
          mode: ContributorInsightsMode.allCases.randomElement(using: &random)!, changed: $0, rulesMade: $0)
      }
    }
    func throughput(_ random: inout HistoryRandom) -> ThroughputHistory {
      var history = ThroughputHistory(
        ProvisionedThroughput(readCapacityUnits: number(&random), writeCapacityUnits: number(&random)))
      history.lastDecrease = time(&random)
      history.lastIncrease = time(&random)
      history.decreasesThatDay = number(&random)
      return history
    }
    var table = TableDefinition(
      id: UInt32.random(in: 256...UInt32.max, using: &random), name: "table-\(number(&random))",
      tableId: RandomIdentifier.make(), created: Timestamp(nanosecondsSince1970: 5),
      status: TableStatus.allCases.randomElement(using: &random)!,
      keySchema: [KeySchemaElement("ключ", .hash), KeySchemaElement("", .range)],
      attributeDefinitions: [AttributeDefinition("ключ", .binary), AttributeDefinition("", .number)],
      billingMode: BillingMode.allCases.randomElement(using: &random)!, throughput: throughput(&random),
      warmThroughput: WarmLevel(readUnitsPerSecond: number(&random), writeUnitsPerSecond: number(&random)))
    for position in 0..<Int.random(in: 0..<3, using: &random) {
      table.localIndexes.append(
        LocalIndexDefinition(
          id: UInt32(position),
          specification: LocalSecondaryIndex(
            indexName: "l\(position)", keySchema: table.keySchema, projection: Projection(.keysOnly))))
      var index = GlobalIndexDefinition(
        id: UInt32(position + 9),
        specification: GlobalSecondaryIndex(
          indexName: "g\(position)", keySchema: table.keySchema,
          projection: Projection(.include, nonKeyAttributes: ["x"]),
          onDemandThroughput: Bool.random(using: &random) ? OnDemandThroughput(maxWriteRequestUnits: 7) : nil),
        status: IndexStatus.allCases.randomElement(using: &random)!, throughput: throughput(&random),
        warmThroughput: WarmLevel(readUnitsPerSecond: 1, writeUnitsPerSecond: 2))
      index.isBackfilling = Bool.random(using: &random)
      index.contributorInsights = insights(&random)
      table.globalIndexes.append(index)
    }
    table.becameOnDemand = time(&random)
    table.onDemandSwitches = (0..<Int.random(in: 0...4, using: &random)).compactMap { _ in time(&random) }
    table.tableClassChanged = time(&random)
    table.tableClassChangedBefore = time(&random)
    table.deletionProtectionChanged = time(&random)
    table.timeToLiveChanged = time(&random)
    table.contributorInsights = insights(&random)
    table.encryptionChanges = time(&random).map { EncryptionChanges(first: $0, last: $0, count: 3) }
    table.tableClass = Bool.random(using: &random) ? .standard : nil
    table.deletionProtection = Bool.random(using: &random)
    table.sse =
      Bool.random(using: &random) ? SSESpecification(enabled: true, sseType: .kms, kmsMasterKeyId: "k") : nil
    table.tags = Bool.random(using: &random) ? [TableTag(key: "k", value: "")] : []
    return table
  }
}
