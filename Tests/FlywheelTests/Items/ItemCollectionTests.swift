import DynamoModel
import Flywheel
import LSMTree
import Testing

/// Sizes of item collections: what they are after any history, and that they end at the limit.
@Suite struct ItemCollectionTests {
  private static func put(_ key: Int, _ text: String, partition: String = "p") throws -> PutItemRequest {
    var request = PutItemRequest(
      tableName: "reference",
      item: try Item([
        "pk": .string(partition), "sk": .number(DynamoNumber(key)), "l": "local", "v": 1, "t": .string(text),
      ]))
    request.returnItemCollectionMetrics = .size
    return request
  }

  private static func database(bytesMax: Int) throws -> Database {
    var options = DatabaseOptions()
    options.itemCollectionBytesMax = bytesMax
    let database = try Database.inMemory(options: options)
    _ = try database.performAndWait(CreateTable.self, ReferenceTable.definition)
    return database
  }

  private func expectTooLarge(_ body: () throws -> Void) {
    let error = #expect(throws: ServiceError.self) { try body() }
    #expect(error?.code == .itemCollectionSizeLimitExceeded)
    #expect(error?.message == "Collection size exceeded.")
  }

  @Test func aCollectionEndsAtItsLimit() throws {
    let database = try Self.database(bytesMax: 10_000)
    defer { try? database.close() }
    let text = String(repeating: "x", count: 4_000)
    _ = try database.performAndWait(PutItem.self, Self.put(1, text))
    _ = try database.performAndWait(PutItem.self, Self.put(2, text))
    expectTooLarge { _ = try database.performAndWait(PutItem.self, Self.put(3, text)) }
    // Another collection has room, and what makes this one smaller or leaves it as it is goes on.
    _ = try database.performAndWait(PutItem.self, Self.put(3, text, partition: "q"))
    _ = try database.performAndWait(PutItem.self, Self.put(1, text))
    expectTooLarge {
      var request = UpdateItemRequest(tableName: "reference", key: try Item(["pk": "p", "sk": 1]))
      request.updateExpression = "SET u = t"
      _ = try database.performAndWait(UpdateItem.self, request)
    }
    expectTooLarge {
      let item = try Self.put(4, String(repeating: "x", count: 1_000)).item
      let half = try Self.put(5, String(repeating: "x", count: 1_000)).item
      let writes = TableWrites(tableName: "reference", requests: [.put(item), .put(half)])
      _ = try database.performAndWait(BatchWriteItem.self, BatchWriteItemRequest(requestItems: [writes]))
    }
    _ = try database.performAndWait(
      DeleteItem.self, DeleteItemRequest(tableName: "reference", key: try Item(["pk": "p", "sk": 1])))
    _ = try database.performAndWait(PutItem.self, Self.put(3, text))
  }

  @Test func tablesWithoutLocalIndexesHaveNoCollections() throws {
    var options = DatabaseOptions()
    options.itemCollectionBytesMax = 1
    let database = try Database.inMemory(options: options)
    defer { try? database.close() }
    var definition = ReferenceTable.definition
    definition.localSecondaryIndexes = nil
    definition.attributeDefinitions?.removeAll { $0.attributeName == "l" }
    _ = try database.performAndWait(CreateTable.self, definition)
    let response = try database.performAndWait(PutItem.self, Self.put(1, "text"))
    #expect(response.itemCollectionMetrics == nil)
  }

  @Test func metricsGoUpByGigabytes() throws {
    let database = try Self.database(bytesMax: 10 << 30)
    defer { try? database.close() }
    let metrics = try database.performAndWait(PutItem.self, Self.put(1, "text")).itemCollectionMetrics
    #expect(metrics?.sizeEstimateRangeGB == 0...1)
    #expect(metrics?.itemCollectionKey.attributes == ["pk": "p"])
  }

  /// The sizes that are kept, after a random history, are those of the items and entries that are there.
  @Test(arguments: [1, 2] as [UInt64])
  func sizesAreThoseOfWhatIsThere(seed: UInt64) throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    var history = try RandomHistory(seed: seed, on: database)
    for _ in 0..<1_000 { try history.step() }
    var expected: [String: Int] = [:]
    for item in history.reference.items {
      guard case .string(let partition)? = item["pk"] else { continue }
      expected[partition, default: 0] += try Item(item).sizeBytes
    }
    for entry in history.reference.entries(of: .byL) {
      guard case .string(let partition)? = entry["pk"] else { continue }
      expected[partition, default: 0] += try Item(entry).sizeBytes
    }
    var context = OperationContext(io: .blocking)
    let table = try database.table("reference", &context)
    let id = try #require(table.definition.collectionsID)
    let range = CatalogKeys.range(ofID: id)
    var found: [Int] = []
    var cursor = try database.tree.cursor(in: database.tree.view(), from: range.lower, to: range.upper)
    try cursor.seekToFirst()
    while cursor.isValid {
      found.append(Int(cursor.value.unsafeLoadUnaligned(as: UInt64.self)))
      try cursor.next()
    }
    #expect(found.sorted() == expected.values.sorted())
    _ = try database.performAndWait(DeleteTable.self, DeleteTableRequest(tableName: "reference"))
    cursor = try database.tree.cursor(in: database.tree.view(), from: range.lower, to: range.upper)
    try cursor.seekToFirst()
    let isEmpty = !cursor.isValid
    #expect(isEmpty)
  }
}
