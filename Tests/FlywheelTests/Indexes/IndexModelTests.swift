import DynamoModel
import Flywheel
import LSMTree
import Testing

/// Indexes against the plainest model of them: what a scan of the table says they must hold.
@Suite struct IndexModelTests {
  /// A table with a local index, a sparse global one, one over two partition and two sort attributes, and one
  /// over a number; all four kinds of projection.
  static func request(_ name: String) -> CreateTableRequest {
    CreateTableRequest(
      tableName: name,
      attributeDefinitions: [
        AttributeDefinition("pk", .string), AttributeDefinition("sk", .number),
        AttributeDefinition("a", .string),
        AttributeDefinition("b", .binary), AttributeDefinition("n", .number),
      ],
      keySchema: [KeySchemaElement("pk", .hash), KeySchemaElement("sk", .range)],
      localSecondaryIndexes: [
        LocalSecondaryIndex(
          indexName: "local", keySchema: [KeySchemaElement("pk", .hash), KeySchemaElement("n", .range)],
          projection: Projection(.keysOnly))
      ],
      globalSecondaryIndexes: [
        GlobalSecondaryIndex(
          indexName: "by-a", keySchema: [KeySchemaElement("a", .hash)], projection: Projection(.all)),
        GlobalSecondaryIndex(
          indexName: "by-many",
          keySchema: [
            KeySchemaElement("a", .hash), KeySchemaElement("b", .hash), KeySchemaElement("n", .range),
            KeySchemaElement("sk", .range),
          ], projection: Projection(.include, nonKeyAttributes: ["x", "y"])),
        GlobalSecondaryIndex(
          indexName: "by-n", keySchema: [KeySchemaElement("n", .hash), KeySchemaElement("a", .range)],
          projection: Projection(.include, nonKeyAttributes: ["z"])),
      ], billingMode: .payPerRequest)
  }

  /// An item whose key is one of a few and whose other attributes come and go, some of a type that an index
  /// can't have.
  static func randomItem(_ random: inout HistoryRandom) -> [String: AttributeValue] {
    var item = randomKey(&random)
    switch Int.random(in: 0..<5, using: &random) {
    case 0: break
    case 1: item["a"] = .number(DynamoNumber(Int.random(in: 0..<3, using: &random)))
    case 2: item["a"] = ""
    default: item["a"] = .string(["a", "a\0", "ab", "b"].randomElement(using: &random)!)
    }
    if Bool.random(using: &random) {
      item["b"] = .binary(
        (0..<Int.random(in: 0..<4, using: &random)).map { _ in UInt8.random(in: 0...2, using: &random) })
    }
    if Bool.random(using: &random) {
      item["n"] = .number(DynamoNumber(Int.random(in: -5..<5, using: &random)))
    }
    for name in ["x", "y", "z"] where Bool.random(using: &random) {
      item[name] = .list([.string(String(repeating: "v", count: Int.random(in: 0..<50, using: &random)))])
    }
    return item
  }

  static func randomKey(_ random: inout HistoryRandom) -> [String: AttributeValue] {
    [
      "pk": .string(["p", "q", "p\0"].randomElement(using: &random)!),
      "sk": .number(DynamoNumber(Int.random(in: -4..<4, using: &random))),
    ]
  }

  /// Checks every index of a table, its entries and its counters against the table's items.
  static func check(_ database: Database, _ name: String, _ comment: Comment) throws {
    let table = try #require(database.tableNow(name))
    let items = try database.contents(ofID: table.id)
    #expect(table.counters.totals.items == items.count, comment)
    #expect(table.counters.totals.bytes == items.values.reduce(0) { $0 + $1.sizeBytes }, comment)
    for index in table.indexes {
      let expected = Self.model(of: index, table, items.values.map(\.attributes))
      let found = try database.contents(ofID: index.id)
      #expect(found == expected, "\(comment) index \(index.name)")
      let bytes = found.values.reduce(0) { $0 + $1.sizeBytes }
      #expect(index.counters.totals == (found.count, bytes), "\(comment) counters of \(index.name)")
    }
  }

  /// What an index has to hold, made from dictionaries and not from encoded items.
  private static func model(
    of index: Index, _ table: Table, _ items: [[String: AttributeValue]]
  ) -> [[UInt8]: Item] {
    var entries: [[UInt8]: Item] = [:]
    for attributes in items {
      let fits = index.key.parts.allSatisfy { part in
        guard let value = attributes[part.name], value.type == part.type.attributeType else { return false }
        return value != .string("") && value != .binary([])
      }
      guard fits else { continue }
      let keys = Set((index.key.parts + table.key.parts).map(\.name))
      let entry = attributes.filter { name, _ in
        switch index.content {
        case .all: true
        case .keysOnly: keys.contains(name)
        case .include(let included): keys.contains(name) || included.contains(ByteText(name))
        }
      }
      let item = try! Item(attributes)
      var key = KeyBuffer()
      #expect(Keyspace.append(entryOf: item.view, in: index, of: table, to: &key))
      entries[[UInt8](copying: key.bytes)] = try! Item(entry)
    }
    return entries
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func holdsWhatAScanSays(seed: UInt64) throws {
    var random = HistoryRandom(seed: seed)
    let database = try Database.inMemory()
    defer { try? database.close() }
    try database.create(Self.request("table"))
    for step in 0..<400 {
      if Int.random(in: 0..<4, using: &random) == 0 {
        try database.delete("table", Self.randomKey(&random))
      } else {
        try database.put("table", Self.randomItem(&random))
      }
      if step % 40 == 39 { try Self.check(database, "table", "seed \(seed), step \(step)") }
    }
  }

  @Test func effectsSayWhatHappened() throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    var request = CreateTableRequest.plain("table")
    request.attributeDefinitions!.append(AttributeDefinition("g", .string))
    request.globalSecondaryIndexes = [
      GlobalSecondaryIndex(
        indexName: "by-g", keySchema: [KeySchemaElement("g", .hash)], projection: Projection(.keysOnly))
    ]
    try database.create(request)
    let table = try #require(database.tableNow("table"))
    let key: [UInt8] = [1, 2, 3]
    func effect(_ old: [String: AttributeValue]?, _ new: [String: AttributeValue]?) throws -> IndexEffect {
      var batch = WriteBatch()
      let view = database.tree.appliedView()
      return try ItemChange(
        of: table, key: key.span.bytes, old: old.map { try Item($0) }, new: new.map { try Item($0) },
        in: database.tree, view: view, io: .blocking, to: &batch
      ).effects[0]
    }
    // "pk" and "k" are 3 bytes, "g" and one letter 2.
    #expect(try effect(nil, ["pk": "k", "v": "1"]) == .unchanged)
    #expect(try effect(nil, ["pk": "k", "g": "1"]) == .inserted(sizeBytes: 5))
    #expect(try effect(["pk": "k", "g": "1"], nil) == .removed(sizeBytes: 5))
    #expect(try effect(["pk": "k", "g": "1"], ["pk": "k", "g": "1", "v": "2"]) == .unchanged)
    #expect(
      try effect(["pk": "k", "g": "1"], ["pk": "k", "g": "22"]) == .moved(oldSizeBytes: 5, newSizeBytes: 6))
  }
}
