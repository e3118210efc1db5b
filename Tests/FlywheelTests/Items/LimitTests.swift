import DynamoModel
import Flywheel
import Testing

/// Where pages and batches end.
@Suite struct ItemLimitTests {
  private func database(_ items: [Item]) throws -> Database {
    let database = try Database.inMemory()
    _ = try database.performAndWait(CreateTable.self, .plain("limits", sortKey: true))
    for item in items {
      _ = try database.performAndWait(PutItem.self, PutItemRequest(tableName: "limits", item: item))
    }
    return database
  }

  private func item(_ number: Int, sizeBytes: Int) throws -> Item {
    let bare = try Item(["pk": "p", "sk": .string("\(1000 + number)"), "v": ""])
    let padding = String(repeating: "x", count: sizeBytes - bare.sizeBytes)
    return try Item(["pk": "p", "sk": .string("\(1000 + number)"), "v": .string(padding)])
  }

  /// The entry that takes a page to a megabyte is its last, in both directions and whatever is kept of it.
  @Test func aPageEndsAtAMegabyte() throws {
    let database = try database((0..<24).map { try item($0, sizeBytes: 60_000) })
    var request = QueryRequest(
      tableName: "limits", keyConditionExpression: "pk = :p",
      expressionAttributeValues: [":p": try EncodedValue("p")])
    var page = try database.performAndWait(Query.self, request)
    #expect(page.count == 18)
    #expect(page.lastEvaluatedKey?["sk"] == "1017")
    request.scanIndexForward = false
    page = try database.performAndWait(Query.self, request)
    #expect(page.count == 18)
    #expect(page.lastEvaluatedKey?["sk"] == "1006")
    request.filterExpression = "attribute_not_exists(v)"
    page = try database.performAndWait(Query.self, request)
    #expect((page.count, page.scannedCount) == (0, 18))
    request.exclusiveStartKey = page.lastEvaluatedKey
    page = try database.performAndWait(Query.self, request)
    #expect((page.scannedCount, page.lastEvaluatedKey == nil) == (6, true))
    let scan = try database.performAndWait(Scan.self, ScanRequest(tableName: "limits", select: .count))
    #expect((scan.count, scan.items == nil, scan.lastEvaluatedKey != nil) == (18, true, true))
  }

  /// A query that reads nothing but exactly a megabyte still says where to go on, as one that a limit ends does.
  @Test func aPageOfExactlyAMegabyteHasAKeyToGoOnWith() throws {
    let database = try database((0..<4).map { try item($0, sizeBytes: 262_144) })
    let page = try database.performAndWait(Scan.self, ScanRequest(tableName: "limits"))
    #expect((page.count, page.lastEvaluatedKey?["sk"]) == (4, "1003"))
  }

  @Test func aBatchOfReadsEndsAtSixteenMegabytes() throws {
    let items = try (0..<50).map { try item($0, sizeBytes: 400_000) }
    let database = try database(items)
    let keys = try (0..<50).map { try Item(["pk": "p", "sk": .string("\(1000 + $0)")]) }
    var request = BatchGetItemRequest(
      requestItems: [KeysAndAttributes(tableName: "limits", keys: keys, consistentRead: true)],
      returnConsumedCapacity: .total)
    let first = try database.performAndWait(BatchGetItem.self, request)
    #expect(first.responses[0].items.count == 41)
    #expect(first.consumedCapacity?[0].capacityUnits == 4018)
    #expect(first.unprocessedKeys.map(\.keys) == [Array(keys[41...])])
    #expect(first.unprocessedKeys[0].consistentRead == true)
    request.requestItems = first.unprocessedKeys
    let rest = try database.performAndWait(BatchGetItem.self, request)
    #expect(rest.responses[0].items.elementsEqual(items[41...]))
    #expect(rest.unprocessedKeys.isEmpty)
  }

  @Test func batchesHaveNoMoreThanTheyMay() throws {
    let database = try database([])
    func keys(_ count: Int) throws -> [Item] {
      try (0..<count).map { try Item(["pk": "p", "sk": .string("\($0)")]) }
    }
    let writes = BatchWriteItemRequest(requestItems: [
      TableWrites(tableName: "limits", requests: try keys(13).map { .put($0) }),
      TableWrites(tableName: "missing", requests: try keys(13).map { .put($0) }),
    ])
    #expect(throws: ServiceError.self) { try database.performAndWait(BatchWriteItem.self, writes) }
    #expect(
      serviceError { _ = try database.performAndWait(BatchWriteItem.self, writes) }?.message
        == "Too many items requested for the BatchWriteItem call")
    let reads = BatchGetItemRequest(requestItems: [
      KeysAndAttributes(tableName: "limits", keys: try keys(51)),
      KeysAndAttributes(tableName: "missing", keys: try keys(50)),
    ])
    #expect(
      serviceError { _ = try database.performAndWait(BatchGetItem.self, reads) }?.message
        == "Too many items requested for the BatchGetItem call")
  }

  /// The methods that an app calls are the operations that the wire calls.
  @Test func theAsyncMethodsRunTheOperations() async throws {
    let database = try database([])
    let item = try Item(["pk": "a", "sk": "b", "n": 1])
    let key = try Item(["pk": "a", "sk": "b"])
    _ = try await database.putItem(PutItemRequest(tableName: "limits", item: item))
    let updated = try await database.updateItem(
      UpdateItemRequest(
        tableName: "limits", key: key, updateExpression: "ADD n :n",
        expressionAttributeValues: [":n": try EncodedValue(1)], returnValues: .updatedNew))
    #expect(updated.attributes?.attributes == ["n": 2])
    #expect(try await database.getItem(GetItemRequest(tableName: "limits", key: key)).item?["n"] == 2)
    #expect(try await database.scan(ScanRequest(tableName: "limits")).count == 1)
    let queried = try await database.query(
      QueryRequest(
        tableName: "limits", keyConditionExpression: "pk = :p",
        expressionAttributeValues: [":p": try EncodedValue("a")]))
    #expect(queried.items?.first?["n"] == 2)
    let batch = [TableWrites(tableName: "limits", requests: [.delete(key: key)])]
    _ = try await database.batchWriteItem(BatchWriteItemRequest(requestItems: batch))
    let found = try await database.batchGetItem(
      BatchGetItemRequest(requestItems: [KeysAndAttributes(tableName: "limits", keys: [key])]))
    #expect(found.responses[0].items.isEmpty)
    #expect(try await database.deleteItem(DeleteItemRequest(tableName: "limits", key: key)).attributes == nil)
  }
}
