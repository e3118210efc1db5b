import DynamoModel
import Flywheel
import Testing

/// A transaction is admitted or refused as one: what one of its items costs refuses no other, and one that comes again by its
/// token is admitted as the reads that it is charged for.
@Suite struct TransactionThrottlingTests {
  private static let table = "table"
  private let database: Database

  /// A table, with an index of all attributes, that gives 300 units at once.
  init() throws {
    var options = DatabaseOptions()
    options.clock = HandClock().clock
    database = try Database.inMemory(options: options)
    let units = ProvisionedThroughput(readCapacityUnits: 1, writeCapacityUnits: 1)
    var request = CreateTableRequest(
      tableName: Self.table,
      attributeDefinitions: [AttributeDefinition("id", .string), AttributeDefinition("group", .string)],
      keySchema: [KeySchemaElement("id", .hash)], billingMode: .provisioned,
      provisionedThroughput: ProvisionedThroughput(readCapacityUnits: 1, writeCapacityUnits: 1_000))
    request.globalSecondaryIndexes = [
      GlobalSecondaryIndex(
        indexName: "index", keySchema: [KeySchemaElement("group", .hash)], projection: Projection(.all),
        provisionedThroughput: units)
    ]
    _ = try database.performAndWait(CreateTable.self, request)
  }

  private func item(_ id: String, bytes: Int, isIndexed: Bool = false) throws -> Item {
    var attributes: [String: AttributeValue] = [
      "id": .string(id), "text": .string(String(repeating: "x", count: bytes)),
    ]
    if isIndexed { attributes["group"] = .string("g") }
    return try Item(attributes)
  }

  private func write(_ items: [Item], condition: String? = nil, token: String? = nil) -> ServiceError? {
    do throws(ServiceError) {
      var request = TransactWriteItemsRequest(
        transactItems: items.map {
          .put(.init(tableName: Self.table, item: $0, conditionExpression: condition))
        })
      request.clientRequestToken = token
      _ = try database.performAndWait(TransactWriteItems.self, request)
      return nil
    } catch {
      return error
    }
  }

  private func read(_ ids: [String]) -> ServiceError? {
    do throws(ServiceError) {
      _ = try database.performAndWait(
        TransactGetItems.self,
        TransactGetItemsRequest(
          transactItems: ids.map {
            TransactGetItem(tableName: Self.table, key: try! Item(["id": .string($0)]))
          }))
      return nil
    } catch {
      return error
    }
  }

  /// What the table has been charged for writes.
  private var writeUnits: Double {
    get throws { try database.partitions(ofTable: Self.table).reduce(0) { $0 + $1.consumedWriteUnits } }
  }

  private func codes(_ error: ServiceError?) -> [CancellationReason.Code] {
    error?.cancellationReasons.map(\.code) ?? []
  }

  /// Three reads of 196 units each, of which two empty the bucket.
  @Test func readsAreAdmittedTogether() throws {
    let ids = ["a", "b", "c"]
    for id in ids {
      _ = try database.performAndWait(
        PutItem.self, PutItemRequest(tableName: Self.table, item: try item(id, bytes: 399_000)))
    }
    #expect(read(ids) == nil)
    let refused = CancellationReason.Code.provisionedThroughputExceeded
    #expect(codes(read(ids)) == [refused, refused, refused])
  }

  /// A table that has what is asked for, beside one that has not, is not charged for what is refused.
  @Test func aRefusedReadIsChargedToNobody() throws {
    _ = try database.performAndWait(
      PutItem.self, PutItemRequest(tableName: Self.table, item: try item("a", bytes: 399_000)))
    var rich = CreateTableRequest.keyed("rich")
    rich.billingMode = .provisioned
    rich.provisionedThroughput = ProvisionedThroughput(readCapacityUnits: 1_000, writeCapacityUnits: 1)
    _ = try database.performAndWait(CreateTable.self, rich)
    #expect(read(["a", "b"]) == nil)
    #expect(read(["a", "b"]) == nil)
    let both = TransactGetItemsRequest(
      transactItems: ["rich", Self.table].map {
        TransactGetItem(tableName: $0, key: try! Item(["id": "a"]))
      })
    let refusal = serviceError { _ = try database.performAndWait(TransactGetItems.self, both) }
    #expect(codes(refusal) == [.none, .provisionedThroughputExceeded])
    #expect(try database.partitions(ofTable: "rich").allSatisfy { $0.consumedReadUnits == 0 })
  }

  /// Three writes that cost an index 154 units each, of which two empty its bucket.
  @Test func writesOfAnIndexAreAdmittedTogether() throws {
    let items = try ["a", "b", "c"].map { try item($0, bytes: 157_000, isIndexed: true) }
    #expect(write(items) == nil)
    let others = try ["d", "e", "f"].map { try item($0, bytes: 1, isIndexed: true) }
    let refused = CancellationReason.Code.provisionedThroughputExceeded
    let unitsBefore = try writeUnits
    #expect(codes(write(others)) == [refused, refused, refused])
    #expect(try writeUnits == unitsBefore)
    // What does not change the index is not refused for it.
    #expect(write([try item("g", bytes: 1)]) == nil)
  }

  @Test func aTokenThatComesAgainIsAdmittedAsReads() throws {
    let items = try [item("a", bytes: 399_000), item("b", bytes: 399_000)]
    #expect(write(items, token: "token") == nil)
    #expect(write(items, token: "token") == nil)
    let refused = CancellationReason.Code.provisionedThroughputExceeded
    #expect(codes(write(items, token: "token")) == [refused, refused])
  }

  /// Eleven items of 399 KB: their conditions, which don't hold, are not asked.
  @Test func whatIsTooLargeIsRefusedBeforeItemsAreRead() throws {
    let items = try (0..<11).map { try item("\($0)", bytes: 399_000) }
    let error = write(items, condition: "attribute_exists(id)")
    #expect(error?.code == .validation)
    #expect(error?.message.contains("4 MB") == true)
    #expect(codes(write(Array(items.dropLast()), condition: "attribute_exists(id)")).count == 10)
  }
}
