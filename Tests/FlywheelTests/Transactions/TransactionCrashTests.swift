import DynamoModel
import Flywheel
import Foundation
import LSMTree
import Testing

/// Power cuts at changes of the disk in the middle of transactions: afterwards each of them has happened as a whole, with its
/// token, or not at all, and those that were answered have.
@Suite struct TransactionCrashTests {
  private static let isLong = ProcessInfo.processInfo.environment["FLYWHEEL_LONG"] != nil
  private static let items = 6

  private static func request(_ number: Int) throws -> TransactWriteItemsRequest {
    let values = [
      ":number": try EncodedValue(.number(DynamoNumber(number))), ":one": try EncodedValue(.number(1)),
    ]
    return TransactWriteItemsRequest(
      transactItems: try (0..<items).map { item in
        .update(
          .init(
            tableName: "table", key: try Item(["pk": .string("\(item)")]),
            updateExpression: "SET v = :number, g = if_not_exists(g, :g) ADD times :one",
            expressionAttributeValues: values.merging([":g": try EncodedValue(.string("g"))]) { $1 }))
      } + [
        .put(
          .init(
            tableName: "table",
            item: try Item(["pk": .string("own \(number)"), "x": .string(String(repeating: "x", count: 700))])
          ))
      ], clientRequestToken: "token \(number)")
  }

  private static func options() -> DatabaseOptions {
    var options = DatabaseOptions.small
    options.tree.memtableBytesMax = 64 << 10
    return options
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func nothingIsEverHalf(seed: UInt64) throws {
    var random = HistoryRandom(seed: seed)
    let rounds = Self.isLong ? 200 : 12
    var answeredInAll = 0
    for round in 0..<rounds {
      let comment: Comment = "seed \(seed), round \(round)"
      var disk = FaultFileSystem()
      var answered = 0
      // Twice, so that what is recovered is recovered again.
      for life in 0..<3 {
        let before = disk.changeCount
        let cut = before + Int.random(in: life == 0 ? 20..<140 : 5..<80, using: &random)
        disk.setPlan { $0.number >= cut ? .cutPower : nil }
        answered = try run(on: disk, answered, comment)
        disk = disk.afterPowerCut(seed: random.next())
      }
      let database = try Database.open(at: "/db", options: Self.options(), fileSystem: disk)
      if answered > 0 { _ = try check(database, answered, comment) }
      try database.close()
      answeredInAll += answered
    }
    // Cuts that come before anything is answered test nothing: most rounds have come further.
    #expect(answeredInAll >= 10 * rounds, "seed \(seed): \(answeredInAll) in \(rounds) rounds")
  }

  /// Goes on with transactions where another database ended, until the power does.
  ///
  /// - Returns: how many have been answered.
  private func run(on disk: FaultFileSystem, _ answered: Int, _ comment: Comment) throws -> Int {
    let database: Database
    do {
      database = try Database.open(at: "/db", options: Self.options(), fileSystem: disk)
    } catch {
      #expect(disk.isOff, "\(comment): \(error)")
      return answered
    }
    defer { try? database.close() }
    do {
      return try transact(on: database, answered, comment)
    } catch {
      // Only the power that is cut ends a life.
      #expect(disk.isOff, "\(comment): \(error.error)")
      return error.answered
    }
  }

  /// What ended a life, and how many transactions had been answered by then.
  private struct End: Error {
    var answered: Int
    var error: any Error
  }

  private func transact(on database: Database, _ answered: Int, _ comment: Comment) throws(End) -> Int {
    var done = answered
    do {
      if database.tableNow("table") == nil {
        #expect(answered == 0, comment)
        try makeTable(in: database)
      }
      done = try check(database, answered, comment)
      // The last one is asked for again: whether it had happened or not, it has now, once.
      for number in max(1, done)...200 {
        _ = try database.performAndWait(TransactWriteItems.self, try Self.request(number))
        done = number
      }
    } catch {
      throw End(answered: done, error: error)
    }
    return done
  }

  private func makeTable(in database: Database) throws {
    var table = CreateTableRequest.plain("table")
    table.attributeDefinitions!.append(AttributeDefinition("g", .string))
    table.globalSecondaryIndexes = [
      GlobalSecondaryIndex(
        indexName: "by-g", keySchema: [KeySchemaElement("g", .hash)], projection: Projection(.all))
    ]
    try database.create(table)
  }

  /// Checks that all items are of the same transaction, which is at least the last one that was answered.
  private func check(_ database: Database, _ answered: Int, _ comment: Comment) throws -> Int {
    let gets = try (0..<Self.items).map {
      TransactGetItem(tableName: "table", key: try Item(["pk": .string("\($0)")]))
    }
    let found = try database.performAndWait(
      TransactGetItems.self, TransactGetItemsRequest(transactItems: gets)
    ).responses
    let states = Set(
      found.map { "\($0?["v"].map { "\($0)" } ?? "none") \($0?["times"].map { "\($0)" } ?? "none")" })
    #expect(states.count == 1, "\(comment): \(states)")
    var last = 0
    if case .number(let number)? = found[0]?["v"] {
      while DynamoNumber(last) < number { last += 1 }
    }
    #expect(last >= answered, comment)
    // Each has happened once.
    if last > 0 { #expect(found[0]?["times"] == .number(DynamoNumber(last)), comment) }
    let own = try database.performAndWait(Scan.self, ScanRequest(tableName: "table")).items!.count
    #expect(own == (last > 0 ? last + Self.items : 0), comment)
    let entries = try database.performAndWait(Scan.self, ScanRequest(tableName: "table", indexName: "by-g"))
      .items!
    #expect(entries.count == (last > 0 ? Self.items : 0), comment)
    #expect(Set(entries.map { $0["v"] }).count <= 1, comment)
    return last
  }
}
