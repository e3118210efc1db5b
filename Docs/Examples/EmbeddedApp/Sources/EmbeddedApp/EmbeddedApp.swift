import Flywheel

/// A database inside an app: no server, one import.
@main
struct EmbeddedApp {
  static func main() async throws {
    let database = try Database.open(at: "embedded-app-data")
    do {
      _ = try await database.createTable(
        CreateTableRequest(
          tableName: "orders",
          attributeDefinitions: [
            AttributeDefinition("customer", .string), AttributeDefinition("placed", .number),
          ],
          keySchema: [KeySchemaElement("customer", .hash), KeySchemaElement("placed", .range)],
          billingMode: .payPerRequest))
    } catch {
      guard error.code == .resourceInUse else { throw error }
      print("the table is there from an earlier run")
    }

    for placed in 1...3 {
      let order = try Item(["customer": "ada", "placed": .number(DynamoNumber(placed)), "state": "open"])
      _ = try await database.putItem(PutItemRequest(tableName: "orders", item: order))
    }
    let key = try Item(["customer": "ada", "placed": 2])
    let found = try await database.getItem(GetItemRequest(tableName: "orders", key: key))
    print("the second order is", found.item?["state"] ?? .null)

    var query = QueryRequest(tableName: "orders")
    query.keyConditionExpression = "customer = :customer AND placed >= :first"
    query.expressionAttributeValues = [":customer": try EncodedValue("ada"), ":first": try EncodedValue(2)]
    print("orders from the second on:", try await database.query(query).count)

    // Whoever ships an order first wins: the second attempt finds that it is not open any more.
    var ship = UpdateItemRequest(tableName: "orders", key: key)
    ship.updateExpression = "SET #state = :shipped"
    ship.conditionExpression = "#state = :open"
    ship.expressionAttributeNames = ["#state": "state"]
    ship.expressionAttributeValues = [
      ":shipped": try EncodedValue("shipped"), ":open": try EncodedValue("open"),
    ]
    for attempt in 1...2 {
      do {
        _ = try await database.updateItem(ship)
        print("attempt \(attempt): shipped")
      } catch {
        guard error.code == .conditionalCheckFailed else { throw error }
        print("attempt \(attempt): already shipped")
      }
    }
    try database.close()
  }
}
