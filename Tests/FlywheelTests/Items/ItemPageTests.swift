import DynamoModel
import Flywheel
import Testing

/// How much memory pages of items hold.
@Suite struct ItemPageTests {
  private func items(_ count: Int) throws -> [Item] {
    var items: [Item] = []
    for number in 0..<count {
      let padding = String(repeating: "x", count: 400)
      items.append(try Item(["pk": "p", "sk": .string("\(100 + number)"), "v": .string(padding)]))
    }
    return items
  }

  private func page(_ count: Int, itemsMax: Int = .max) throws -> ItemPage {
    var page = ItemPage(itemsMax: itemsMax)
    for item in try items(count) { page.append(item.view) }
    return page
  }

  /// Twice what the items take, and a little more.
  private func isTight(_ page: ItemPage) -> Bool { page.capacityBytes <= 2 * page.byteCount + 1_024 }

  @Test(arguments: [1, 2, 3, 20, 100])
  func roomForMoreThanCameIsGivenBack(count: Int) throws {
    var page = try page(count)
    page.finish()
    #expect(isTight(page), "\(count) items hold \(page.capacityBytes) bytes")
    let items = try items(count)
    #expect(Array(page) == items)
  }

  @Test func noRoomIsMadeForMoreThanCanCome() throws {
    let whole = try page(2, itemsMax: 2)
    #expect(isTight(whole))
    let almost = try page(3, itemsMax: 4)
    #expect(isTight(almost))
  }

  /// A page is the same however much was expected of it.
  @Test func whatWasExpectedIsNoPartOfThePage() throws {
    let expected = try page(3, itemsMax: 3)
    let unexpected = try page(3)
    #expect(expected == unexpected)
  }

  /// Answers of two items hold what two items need, whichever operation they are of.
  @Test func answersOfFewItemsAreSmall() throws {
    let database = try Database.inMemory()
    _ = try database.performAndWait(CreateTable.self, .plain("pages", sortKey: true))
    for item in try items(2) {
      _ = try database.performAndWait(PutItem.self, PutItemRequest(tableName: "pages", item: item))
    }
    let query = QueryRequest(
      tableName: "pages", keyConditionExpression: "pk = :p",
      expressionAttributeValues: [":p": try EncodedValue("p")])
    let queried = try database.performAndWait(Query.self, query)
    #expect(queried.count == 2)
    #expect(isTight(queried.items!))

    var keys: [Item] = []
    for number in 0..<100 { keys.append(try Item(["pk": "p", "sk": .string("\(100 + number)")])) }
    let batch = BatchGetItemRequest(requestItems: [KeysAndAttributes(tableName: "pages", keys: keys)])
    let got = try database.performAndWait(BatchGetItem.self, batch)
    #expect(got.responses[0].items.count == 2)
    #expect(isTight(got.responses[0].items))

    let select = ExecuteStatementRequest(statement: #"SELECT pk, v FROM "pages" WHERE pk = 'p'"#)
    let selected = try database.performAndWait(ExecuteStatement.self, select)
    #expect(selected.items.count == 2)
    #expect(isTight(selected.items))
  }
}
