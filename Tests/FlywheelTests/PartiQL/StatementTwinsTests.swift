import DynamoModel
import Flywheel
import Testing

/// Statements whose texts are the same to Swift's strings and differ in their bytes.
@Suite struct StatementTwinsTests {
  private static let scalar = "caf\u{e9}"
  private static let letters = "cafe\u{301}"

  private func makeDatabase() throws -> Database {
    let database = try Database.inMemory()
    try database.create(.plain("table"))
    for key in [Self.scalar, Self.letters] {
      _ = try database.performAndWait(
        PutItem.self, PutItemRequest(tableName: "table", item: try Item(["pk": .string(key)])))
    }
    return database
  }

  private func keys(_ database: Database) throws -> [[UInt8]] {
    try database.performAndWait(Scan.self, ScanRequest(tableName: "table")).items!.compactMap { item in
      if case .string(let key)? = item["pk"] { Array(key.utf8) } else { nil }
    }
  }

  @Test func aDeletionDeletesTheItemThatItNames() throws {
    #expect(Self.scalar == Self.letters)
    let database = try makeDatabase()
    defer { try? database.close() }
    for key in [Self.scalar, Self.letters] {
      // Known to the cache by its twin before.
      for read in [Self.scalar, Self.letters] {
        let answer = try database.performAndWait(
          ExecuteStatement.self,
          ExecuteStatementRequest(statement: "SELECT * FROM \"table\" WHERE pk = '\(read)'"))
        #expect(answer.items.count == 1)
      }
      _ = try database.performAndWait(
        ExecuteStatement.self, ExecuteStatementRequest(statement: "DELETE FROM \"table\" WHERE pk = '\(key)'")
      )
      let left = try keys(database)
      #expect(!left.contains(Array(key.utf8)))
      _ = try database.performAndWait(
        PutItem.self, PutItemRequest(tableName: "table", item: try Item(["pk": .string(key)])))
    }
    #expect(try keys(database).count == 2)
  }

  @Test func aTransactionWritesTheItemsThatItNames() throws {
    let database = try makeDatabase()
    defer { try? database.close() }
    _ = try database.performAndWait(
      ExecuteTransaction.self,
      ExecuteTransactionRequest(
        transactStatements: [Self.scalar, Self.letters].map {
          ParameterizedStatement(statement: "DELETE FROM \"table\" WHERE pk = '\($0)'")
        }))
    #expect(try keys(database).isEmpty)
  }
}
