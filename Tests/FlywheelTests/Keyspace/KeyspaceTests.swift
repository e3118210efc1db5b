import DynamoModel
import Flywheel
import Testing

@Suite struct KeyspaceTests {
  private static let shape = KeyShape(
    partition: [KeyPart(name: "pk", type: .string)], sort: [KeyPart(name: "sk", type: .number)])

  private static func table() -> Table {
    Table(
      TableDefinition(
        id: 300, name: "table", tableId: "", created: Timestamp(nanosecondsSince1970: 0), status: .active,
        keySchema: [KeySchemaElement("pk", .hash), KeySchemaElement("sk", .range)],
        attributeDefinitions: [AttributeDefinition("pk", .string), AttributeDefinition("sk", .number)],
        billingMode: .payPerRequest, throughput: ThroughputHistory(), warmThroughput: .onDemandInitial),
      arn: "", counters: [:], sequence: 0)
  }

  private static func key(_ attributes: [String: AttributeValue]) throws -> [UInt8] {
    var key = KeyBuffer()
    let item = try Item(attributes)
    try Keyspace.append(keyOf: item.view, in: table(), to: &key)
    return [UInt8](copying: key.bytes)
  }

  private static func hash(of partition: String) -> UInt64 {
    let bytes = Array(partition.utf8)
    return PartitionHash.of(bytes.span.bytes, as: .string)
  }

  private static func plainHash(of text: String) -> UInt64 {
    let bytes = Array(text.utf8)
    return xxHash64(bytes.span.bytes)
  }

  private static func prefix(of partition: String) throws -> [UInt8] {
    let value = try EncodedValue(.string(partition))
    var key = KeyBuffer()
    Keyspace.appendPartition([value], id: 300, shape, to: &key)
    return [UInt8](copying: key.bytes)
  }

  private static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool { a.lexicographicallyPrecedes(b) }

  /// The bytes of one key, worked out by hand but for the hash: these are on disk for ever.
  @Test func layout() throws {
    let key = try Self.key(["pk": "a\0b", "sk": 5])
    #expect(key[0..<4] == [0, 0, 1, 44])
    let hash = Self.hash(of: "a\0b")
    #expect(Array(key[4..<12]) == (0..<8).map { UInt8(truncatingIfNeeded: hash >> (56 - 8 * UInt64($0))) })
    #expect(key[12..<18] == [0x61, 0x00, 0xFF, 0x62, 0x00, 0x01])
    // The ordered form of 5 stands behind its tag and its length in the encoded value.
    let number = try EncodedValue(AttributeValue.number(5)).bytes
    #expect(key[18...] == number[2...])
    #expect(Self.plainHash(of: "abc") == 0x44BC_2CF5_AD77_0999)
  }

  @Test func itemsOfOnePartitionLieTogetherInOrder() throws {
    var random = HistoryRandom(seed: 1)
    var partitions: [String: [(Int, [UInt8])]] = [:]
    for _ in 0..<400 {
      let partition = ["", "a", "a\0", "aa", "a\0\u{1}", "b"].randomElement(using: &random)! + "x"
      let sort = Int.random(in: -1_000_000...1_000_000, using: &random)
      let key = try Self.key(["pk": .string(partition), "sk": .number(DynamoNumber(sort))])
      partitions[partition, default: []].append((sort, key))
    }
    var prefixes: [[UInt8]] = []
    for (partition, rows) in partitions {
      let prefix = try Self.prefix(of: partition)
      let end = Keyspace.successor(ofPrefix: prefix.span.bytes) ?? []
      for (_, key) in rows {
        #expect(key.starts(with: prefix))
        #expect(Self.precedes(key, end))
      }
      let byNumber = rows.sorted { $0.0 < $1.0 }.map(\.1)
      let byBytes = rows.map(\.1).sorted(by: Self.precedes)
      #expect(byNumber == byBytes)
      prefixes.append(prefix)
    }
    for (first, a) in prefixes.enumerated() {
      for (second, b) in prefixes.enumerated() where first != second { #expect(!a.starts(with: b)) }
    }
  }

  @Test(arguments: [1, 2, 3, 7, 1_000_000])
  func segmentsCoverTheHashSpaceOnce(count: Int) {
    let step = max(1, count / 50)
    var positions = Set(stride(from: 0, to: count, by: step))
    positions.insert(count - 1)
    for segment in positions {
      let range = Keyspace.segment(segment, of: count, id: 300)
      #expect(Self.precedes(range.lower, range.upper))
      if segment + 1 < count {
        #expect(Keyspace.segment(segment + 1, of: count, id: 300).lower == range.upper)
      }
    }
    #expect(Keyspace.segment(0, of: count, id: 300).lower == CatalogKeys.range(ofID: 300).lower)
    #expect(Keyspace.segment(count - 1, of: count, id: 300).upper == CatalogKeys.range(ofID: 300).upper)
  }

  @Test func faultsNameTheAttribute() throws {
    func fault(_ attributes: [String: AttributeValue]) throws -> KeyFault? {
      do {
        _ = try Self.key(attributes)
        return nil
      } catch {
        return error as? KeyFault
      }
    }
    let partition = Self.shape.partition[0]
    let sort = Self.shape.sort[0]
    #expect(try fault(["sk": 1]) == .missing(partition))
    #expect(try fault(["pk": "a"]) == .missing(sort))
    #expect(
      try fault(["pk": 1, "sk": 1]) == .invalid(partition, .typeMismatch(expected: .string, actual: .number)))
    #expect(try fault(["pk": "", "sk": 1]) == .invalid(partition, .empty))
    #expect(
      try fault(["pk": .string(String(repeating: "a", count: 2_049)), "sk": 1])
        == .invalid(partition, .tooLong(bytes: 2_049, limitBytes: 2_048)))
  }

  @Test func catalogKeysAreApart() {
    #expect(CatalogKeys.table("ab") == [0, 0, 0, 0, 2, 0x61, 0x62, 0])
    #expect(CatalogKeys.counters(300) == [0, 0, 0, 0, 3, 0, 0, 1, 44])
    #expect(CatalogKeys.meta == [0, 0, 0, 0, 1])
    let range = CatalogKeys.range(.table)
    #expect(
      Self.precedes(range.lower, CatalogKeys.table("A"))
        && Self.precedes(CatalogKeys.table("zzz"), range.upper))
    #expect(!Self.precedes(CatalogKeys.counters(0), range.upper))
  }
}
