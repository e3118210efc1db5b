import DynamoModel
import Flywheel
import LSMTree
import Testing

/// What a query reads of the disk.
@Suite struct QueryReadsTests {
  /// Tables' filters know which partition keys they have, so that a query for another one ends where it came in.
  @Test func aQueryForAnAbsentPartitionReadsNoBlock() throws {
    var options = DatabaseOptions()
    options.cacheBytesMax = 0
    let database = try Database.inMemory(options: options)
    _ = try database.performAndWait(CreateTable.self, .plain("reads", sortKey: true))
    for number in 0..<400 {
      let item = try Item(["pk": .string("pk-\(number)"), "sk": "s", "v": .string("v-\(number)")])
      _ = try database.performAndWait(PutItem.self, PutItemRequest(tableName: "reads", item: item))
      if number % 150 == 149 { try database.tree.flush() }
    }
    try database.tree.flush()
    var found = 0
    var readsForNothing = 0
    for number in 0..<800 {
      let isThere = number < 400
      let request = QueryRequest(
        tableName: "reads", keyConditionExpression: "pk = :p",
        expressionAttributeValues: [":p": try EncodedValue(.string("pk-\(number)"))])
      // The first one opens the tables.
      #expect(try database.performAndWait(Query.self, request).count == (isThere ? 1 : 0))
      var context = OperationContext(io: .memoryOnly)
      do throws(Interruption) {
        #expect(try Query.run(request, in: database, &context).count == 0)
        #expect(!isThere)
      } catch .wouldBlock {
        if isThere { found += 1 } else { readsForNothing += 1 }
      }
    }
    #expect(found == 400)
    // One in a hundred gets through the filter of a table.
    #expect(readsForNothing < 40)
  }
}
