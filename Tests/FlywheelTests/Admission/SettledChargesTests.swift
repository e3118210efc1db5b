import DynamoModel
import Flywheel
import Testing

/// Units are charged, and refusals counted, for what is answered: once, however often it was attempted.
@Suite struct SettledChargesTests {
  private static let rich = "rich"
  private static let poor = "poor"

  /// Two tables, of which one owes a thousand units and more.
  private func stage() throws -> ScenarioStage {
    let stage = try ScenarioStage()
    for name in [Self.rich, Self.poor] {
      var request = CreateTableRequest.keyed(name)
      request.billingMode = .provisioned
      let units = name == Self.rich ? 1_000 : 1
      request.provisionedThroughput = ProvisionedThroughput(
        readCapacityUnits: units, writeCapacityUnits: units)
      _ = try stage.database.performAndWait(CreateTable.self, request)
    }
    for _ in 0..<3 {
      try? stage.database.performAndWait(
        PutItem.self,
        PutItemRequest(
          tableName: Self.poor,
          item: try Item(["id": "large", "v": .string(String(repeating: "x", count: 200_000))])))
    }
    for _ in 0..<100 {
      try? stage.database.performAndWait(
        GetItem.self,
        GetItemRequest(tableName: Self.poor, key: try Item(["id": "large"]), consistentRead: true))
    }
    return stage
  }

  private func units(_ table: String, _ database: Database) throws -> Double {
    try database.partitions(ofTable: table).reduce(0) { $0 + $1.consumedWriteUnits }
  }

  private func put(_ table: String, _ id: String, condition: String? = nil) throws -> TransactWriteItem {
    .put(.init(tableName: table, item: try Item(["id": .string(id)]), conditionExpression: condition))
  }

  private func cancel(_ actions: [TransactWriteItem], _ database: Database) -> [CancellationReason.Code] {
    let error = #expect(throws: ServiceError.self) {
      try database.performAndWait(
        TransactWriteItems.self, TransactWriteItemsRequest(transactItems: actions))
    }
    return error?.cancellationReasons.map(\.code) ?? []
  }

  @Test func aTransactionThatIsCancelledForItsRateAloneCostsNothing() throws {
    let stage = try stage()
    defer { try? stage.database.close() }
    let reasons = cancel([try put(Self.rich, "a"), try put(Self.poor, "a")], stage.database)
    #expect(reasons == [.none, .provisionedThroughputExceeded])
    #expect(try units(Self.rich, stage.database) == 0)
    // With a condition that fails it costs what was looked at.
    let condition = "attribute_exists(id)"
    let both = cancel(
      [try put(Self.rich, "a", condition: condition), try put(Self.poor, "a")], stage.database)
    #expect(both == [.conditionalCheckFailed, .provisionedThroughputExceeded])
    #expect(try units(Self.rich, stage.database) == 2)
  }
}
