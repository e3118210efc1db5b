import DynamoModel
import Flywheel
import LSMTree
import Testing

/// What threads see of the catalog by their stripes' copies of it.
@Suite struct CatalogStripeTests {
  @Test func aStripeHasATableOfItsOwn() throws {
    let database = try Database.inMemory(options: .small)
    try database.create(IndexModelTests.request("table"))
    database.housekeeper.waitUntilIdle()
    let snapshot = database.catalog.snapshot
    var first = CatalogStripe(snapshot)
    var second = CatalogStripe(snapshot)
    let table = try Self.table("table", in: &first)
    let other = try Self.table("table", in: &second)
    let again = try Self.table("table", in: &first)
    #expect(again === table)
    #expect(table !== other)
    #expect(table !== snapshot.tables["table"])
    #expect(table.meter !== other.meter)
    // What is one thing.
    #expect(table.counters === other.counters)
    #expect(table.admission === other.admission)
    // What it says is the same.
    #expect(table.definition == other.definition)
    #expect(table.key == other.key)
    #expect(table.sequence == other.sequence)
    #expect(!table.indexes.isEmpty && table.indexes.count == other.indexes.count)
    for (index, otherIndex) in zip(table.indexes, other.indexes) {
      #expect(index !== otherIndex)
      #expect(index.id == otherIndex.id && index.name == otherIndex.name && index.key == otherIndex.key)
      #expect(index.kind == otherIndex.kind && index.status == otherIndex.status)
      #expect(index.content == otherIndex.content && index.projectedNames == otherIndex.projectedNames)
      #expect(index.counters === otherIndex.counters && index.admission === otherIndex.admission)
    }
    // All of them are outdated at once.
    #expect(table.isCurrent && other.isCurrent)
    try database.tag("new")
    #expect(!table.isCurrent && !other.isCurrent)
    let unknown = Array("another".utf8)
    let none = first.table(unknown.span.bytes)
    #expect(none === nil)
    try database.close()
  }

  /// Under a latch a table that says it is current is the one that the catalog has, however often that changes.
  @Test func aCurrentTableIsTheCatalogs() throws {
    let database = try Database.inMemory(options: .small)
    try database.create(IndexModelTests.request("table"))
    let isOver = Tally()
    let checks = Tally()
    let wrong = Tally()
    let threads = Threads(4) { thread in
      let key = Array("key \(thread)".utf8)
      while isOver.value == 0 {
        guard let isRight = Self.look(database, key) else { continue }
        checks.add()
        if !isRight { wrong.add() }
      }
    }
    for round in 0..<60 {
      let before = checks.value
      try database.tag(String(round))
      // So that each state is met.
      while checks.value < before + 4 {}
    }
    isOver.add()
    threads.join()
    #expect(wrong.value == 0)
    var context = OperationContext(io: .blocking)
    let found = database.catalog.table("table", &context)
    let table = try #require(found)
    #expect(table.isCurrent && table.definition.tags == [TableTag(key: "round", value: "59")])
    try database.close()
    #expect(!table.isCurrent)
    let gone = database.catalog.table("table", &context)
    #expect(gone === nil)
  }

  private static func table(_ name: String, in stripe: inout CatalogStripe) throws -> Table {
    let bytes = Array(name.utf8)
    let table = stripe.table(bytes.span.bytes)
    return try #require(table)
  }

  /// Looks the table up and latches a key; whether it is what the catalog has then, nil if it was changed in between.
  private static func look(_ database: Database, _ key: [UInt8]) -> Bool? {
    var context = OperationContext(io: .blocking)
    do throws(Interruption) {
      let table = try database.table("table", &context)
      let latch = try database.latch(key.span.bytes, of: table, io: .blocking)
      let now = database.catalog.snapshot.tables["table"]
      latch.release()
      return now?.sequence == table.sequence && now?.definition == table.definition
    } catch {
      if case .restart = error { return nil }
      return false
    }
  }

  private struct Threads {
    private let threads: [BackgroundThread]

    init(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
      threads = (0..<count).map { number in BackgroundThread.start { body(number) } }
    }

    func join() { for thread in threads { thread.join() } }
  }
}

extension Database {
  /// Makes a change that every later look at the table's definition shows.
  fileprivate func tag(_ value: String) throws {
    let arn = catalog.snapshot.tables["table"]!.arn
    _ = try performAndWait(
      TagResource.self, TagResourceRequest(resourceArn: arn, tags: [TableTag(key: "round", value: value)]))
  }
}
