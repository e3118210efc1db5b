import DynamoModel
import Flywheel
import Testing

/// Statements use a table's throughput as the data operations do.
@Suite struct StatementThrottlingTests {
  /// A table of a unit a second, which begins with the units of five minutes.
  private func database() throws -> Database {
    var options = DatabaseOptions()
    options.clock = HandClock().clock
    options.throttling = .all
    options.durability = .none
    let database = try Database.inMemory(options: options)
    _ = try database.performAndWait(
      CreateTable.self,
      CreateTableRequest(
        tableName: "things", attributeDefinitions: [AttributeDefinition("id", .string)],
        keySchema: [KeySchemaElement("id", .hash)],
        provisionedThroughput: ProvisionedThroughput(readCapacityUnits: 1, writeCapacityUnits: 1)))
    return database
  }

  /// How many times a statement is run before it is refused: as often as the units suffice, and once more, since a request
  /// is admitted while the bucket is not in debt.
  private func admitted(_ statement: String, _ database: Database) throws -> Int {
    for count in 0..<1_000 {
      do throws(ServiceError) {
        _ = try database.performAndWait(
          ExecuteStatement.self, ExecuteStatementRequest(statement: statement, consistentRead: true))
      } catch {
        #expect(error.code == .provisionedThroughputExceeded, "\(count) times")
        return count
      }
    }
    return 1_000
  }

  @Test(arguments: [
    ("SELECT * FROM things WHERE id = 'a'", 301), ("SELECT * FROM things WHERE id IN ['a', 'b', 'c']", 101),
    ("SELECT * FROM things WHERE id = 'a' OR id = 'b'", 151), ("SELECT * FROM things", 301),
  ])
  func readsAreChargedForEachReadOfTheirs(statement: String, count: Int) throws {
    let database = try database()
    defer { try? database.close() }
    #expect(try admitted(statement, database) == count)
  }

  @Test func writesAreChargedOnce() throws {
    let database = try database()
    defer { try? database.close() }
    _ = try database.performAndWait(
      ExecuteStatement.self,
      ExecuteStatementRequest(statement: "INSERT INTO things VALUE {'id': 'a', 'n': 0}"))
    #expect(try admitted("UPDATE things SET n = n + 1 WHERE id = 'a'", database) == 300)
  }

  @Test func statementsOfABatchAreRefusedOneByOne() throws {
    let database = try database()
    defer { try? database.close() }
    _ = try admitted("SELECT * FROM things WHERE id = 'a'", database)
    let response = try database.performAndWait(
      BatchExecuteStatement.self,
      BatchExecuteStatementRequest(statements: [
        BatchStatement(statement: "SELECT * FROM things WHERE id = 'a'"),
        BatchStatement(statement: "nonsense"),
      ]))
    #expect(response.responses.map(\.error?.code) == [.provisionedThroughputExceeded, .validation])
  }
}
