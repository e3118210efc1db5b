import Dispatch
import DynamoModel
import Flywheel
import LSMTree
import Synchronization
import Testing

/// Yes and no by turns.
private final class Alternation: Sendable {
  private let turn = Atomic<Bool>(false)

  func next() -> Bool { turn.logicalXor(true, ordering: .relaxed).oldValue }
}

/// A random history of writes and reads, each compared with a reference.
struct RandomHistory {
  typealias Attributes = ReferenceTable.Attributes

  let database: Database
  var reference = ReferenceTable()
  var random: HistoryRandom
  let table = "reference"
  private let waysToRun = Alternation()

  init(seed: UInt64, on database: Database) throws {
    self.database = database
    random = HistoryRandom(seed: seed)
    _ = try database.performAndWait(CreateTable.self, ReferenceTable.definition)
  }

  /// Runs an operation in one of the two ways there are: on this thread, or as an event loop would.
  private func run<O: Flywheel.Operation>(_: O.Type, _ request: O.Request) throws -> O.Response {
    guard waysToRun.next() else { return try database.performAndWait(O.self, request) }
    let answer = Mutex<Result<O.Response, ServiceError>?>(nil)
    let isAnswered = DispatchSemaphore(value: 0)
    database.perform(O.self, request) { result in
      answer.withLock { $0 = result }
      isAnswered.signal()
    }
    isAnswered.wait()
    return try answer.withLock { $0! }.get()
  }

  mutating func step() throws {
    if chance(1) { try database.tree.flush() }
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<25: try put()
    case 25..<33: try delete()
    case 33..<50: try update()
    case 50..<55: try batchWrite()
    case 55..<63: try get()
    case 63..<67: try batchGet()
    case 67..<90: try query()
    default: try scan()
    }
  }

  // MARK: - Random things

  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements.randomElement(using: &random)!
  }

  private mutating func string() -> AttributeValue { .string(pick(["a", "aa", "b", "a\0", "é", "zz"])) }
  private mutating func number() -> AttributeValue {
    .number(try! DynamoNumber(text: pick(["-12.5", "-1", "0", "0.001", "3", "3.5", "40", "1E+20"])))
  }

  private mutating func key() -> Attributes { ["pk": string(), "sk": number()] }

  private mutating func item() -> Attributes {
    var item = key()
    if chance(60) { item["g"] = string() }
    if chance(60) { item["h"] = number() }
    if chance(60) { item["l"] = string() }
    if chance(80) { item["v"] = number() }
    if chance(20) {
      item["big"] = .string(String(repeating: "x", count: Int.random(in: 0..<3000, using: &random)))
    }
    if chance(20) { item["m"] = .map(["in": .list([number(), string(), .null])]) }
    return item
  }

  // MARK: - Writes

  /// A condition on the item and whether it holds.
  private mutating func condition(
    _ old: Attributes?
  ) throws -> (text: String?, values: [String: EncodedValue]?, holds: Bool) {
    guard chance(30) else { return (nil, nil, true) }
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return ("attribute_exists(pk)", nil, old != nil)
    case 1: return ("attribute_not_exists(g)", nil, old?["g"] == nil)
    default:
      let value = number()
      let holds = old?["v"].map { $0 < value } ?? false
      return ("v < :limit", [":limit": try EncodedValue(value)], holds)
    }
  }

  /// Runs a write and says whether its condition held.
  private func passes<Response>(_ body: () throws -> Response) throws -> Response? {
    do {
      return try body()
    } catch let error as ServiceError where error.code == .conditionalCheckFailed {
      return nil
    }
  }

  private mutating func put() throws {
    let item = item()
    let old = reference.find(item)
    let condition = try condition(old)
    let request = PutItemRequest(
      tableName: table, item: try Item(item), conditionExpression: condition.text,
      expressionAttributeValues: condition.values, returnValues: .allOld)
    let response = try passes { try run(PutItem.self, request) }
    #expect((response != nil) == condition.holds)
    guard let response else { return }
    #expect(response.attributes?.attributes == old)
    reference.put(item)
  }

  private mutating func delete() throws {
    let key = key()
    let old = reference.find(key)
    let condition = try condition(old)
    let request = DeleteItemRequest(
      tableName: table, key: try Item(key), conditionExpression: condition.text,
      expressionAttributeValues: condition.values, returnValues: .allOld)
    let response = try passes { try run(DeleteItem.self, request) }
    #expect((response != nil) == condition.holds)
    guard let response else { return }
    #expect(response.attributes?.attributes == old)
    reference.delete(key)
  }

  private mutating func update() throws {
    let key = key()
    let old = reference.find(key)
    let condition = try condition(old)
    var values = condition.values ?? [:]
    var new = old ?? key
    var clauses: [String] = []
    if chance(50) {
      let value = number()
      values[":v"] = try EncodedValue(value)
      new["v"] = value
      clauses.append("SET v = :v")
      if chance(50) {
        let value = string()
        values[":g"] = try EncodedValue(value)
        new["g"] = value
        clauses[0] += ", g = :g"
      }
    }
    let removed = pick(["h", "l", "big"])
    if chance(40) {
      new[removed] = nil
      clauses.append("REMOVE \(removed)")
    }
    let makesItem = old != nil || clauses.isEmpty || clauses[0].hasPrefix("SET")
    let request = UpdateItemRequest(
      tableName: table, key: try Item(key),
      updateExpression: clauses.isEmpty ? nil : clauses.joined(separator: " "),
      conditionExpression: condition.text, expressionAttributeValues: values.isEmpty ? nil : values,
      returnValues: .allNew)
    let response = try passes { try run(UpdateItem.self, request) }
    #expect((response != nil) == condition.holds)
    guard let response else { return }
    #expect(response.attributes?.attributes == (makesItem ? new : nil))
    if makesItem { reference.put(new) }
  }

  private mutating func batchWrite() throws {
    var writes: [WriteRequest] = []
    var seen = ReferenceTable()
    for _ in 0..<Int.random(in: 1...25, using: &random) {
      let item = item()
      guard seen.find(item) == nil else { continue }
      seen.put(item)
      if chance(70) {
        writes.append(.put(try Item(item)))
        reference.put(item)
      } else {
        writes.append(.delete(key: try Item(item.filter { $0.key == "pk" || $0.key == "sk" })))
        reference.delete(item)
      }
    }
    let request = BatchWriteItemRequest(requestItems: [TableWrites(tableName: table, requests: writes)])
    #expect(try run(BatchWriteItem.self, request).unprocessedItems.isEmpty)
  }
}

// MARK: - Reads

extension RandomHistory {
  private mutating func get() throws {
    let key = key()
    let request = GetItemRequest(tableName: table, key: try Item(key))
    #expect(try run(GetItem.self, request).item?.attributes == reference.find(key))
  }

  private mutating func batchGet() throws {
    var keys: [Attributes] = []
    for _ in 0..<Int.random(in: 1...20, using: &random) {
      let key = key()
      if !keys.contains(key) { keys.append(key) }
    }
    let request = BatchGetItemRequest(
      requestItems: [KeysAndAttributes(tableName: table, keys: try keys.map { try Item($0) })])
    let found = try run(BatchGetItem.self, request).responses[0].items.map(\.attributes)
    #expect(found == keys.compactMap { reference.find($0) })
  }

  /// Compares all pages of a random query with what the reference has.
  private mutating func query() throws {
    let target = pick(ReferenceTable.Target.allCases)
    let partition = string()
    var expected = reference.partition(partition, of: target)
    var request = QueryRequest(tableName: table, indexName: target.indexName)
    var values = [":p": try EncodedValue(partition)]
    request.keyConditionExpression = "\(target.partition) = :p"
    if let sort = target.sort, chance(60) {
      let range = sortRange(isNumber: sort != "l")
      request.keyConditionExpression! += " AND " + range.text.replacing("KEY", with: sort)
      for (name, value) in range.values { values[name] = try EncodedValue(value) }
      expected = expected.filter { range.holds($0[sort]!) }
    }
    var filter: (Attributes) -> Bool = { _ in true }
    if chance(30), target != .keysG {
      let limit = number()
      values[":limit"] = try EncodedValue(limit)
      request.filterExpression = "v >= :limit"
      filter = { $0["v"].map { !($0 < limit) } ?? false }
    }
    request.expressionAttributeValues = values
    if chance(40) {
      request.scanIndexForward = false
      expected.reverse()
    }
    let pageSize = chance(70) ? Int.random(in: 1...8, using: &random) : nil
    request.limit = pageSize
    try comparePages(expected, filter, pageSize) { startKey in
      var request = request
      request.exclusiveStartKey = startKey
      let page = try run(Query.self, request)
      return (page.items!, page.count, page.scannedCount, page.lastEvaluatedKey)
    }
  }

  private mutating func sortRange(
    isNumber: Bool
  ) -> (text: String, values: [(String, AttributeValue)], holds: (AttributeValue) -> Bool) {
    let low = isNumber ? number() : string()
    let other = isNumber ? number() : string()
    switch Int.random(in: 0..<(isNumber ? 6 : 7), using: &random) {
    case 0: return ("KEY = :a", [(":a", low)], { $0 == low })
    case 1: return ("KEY < :a", [(":a", low)], { $0 < low })
    case 2: return ("KEY <= :a", [(":a", low)], { !(low < $0) })
    case 3: return ("KEY > :a", [(":a", low)], { low < $0 })
    case 4: return (":a <= KEY", [(":a", low)], { !($0 < low) })
    case 5:
      let (first, last) = other < low ? (other, low) : (low, other)
      return ("KEY BETWEEN :a AND :b", [(":a", first), (":b", last)], { !($0 < first) && !(last < $0) })
    default:
      guard case .string(let prefix) = low else { preconditionFailure("a number has no beginning") }
      return (
        "begins_with(KEY, :a)", [(":a", low)],
        { value in
          guard case .string(let text) = value else { return false }
          return text.utf8.starts(with: prefix.utf8)
        }
      )
    }
  }

  private mutating func scan() throws {
    let target = pick(ReferenceTable.Target.allCases)
    let segments = chance(40) ? Int.random(in: 1...5, using: &random) : nil
    let pageSize = chance(70) ? Int.random(in: 1...15, using: &random) : nil
    let expected = reference.entries(of: target)
    var found: [Attributes] = []
    for segment in 0..<(segments ?? 1) {
      var request = ScanRequest(tableName: table, indexName: target.indexName)
      request.limit = pageSize
      if let segments { (request.segment, request.totalSegments) = (segment, segments) }
      repeat {
        let page = try run(Scan.self, request)
        #expect(page.scannedCount <= pageSize ?? .max)
        found += page.items!.map(\.attributes)
        request.exclusiveStartKey = page.lastEvaluatedKey
        try #require(found.count <= expected.count, "pages without end")
      } while request.exclusiveStartKey != nil
    }
    #expect(found.count == expected.count)
    #expect(Set(found) == Set(expected))
  }

  /// Reads page after page and compares each with what it should have, in order.
  private func comparePages(
    _ expected: [Attributes], _ filter: (Attributes) -> Bool, _ pageSize: Int?,
    _ read: (Item?) throws -> (items: ItemPage, count: Int, scannedCount: Int, lastKey: Item?)
  ) throws {
    var rest = expected[...]
    var startKey: Item?
    var pages = 0
    repeat {
      pages += 1
      try #require(pages <= expected.count + 2, "pages without end")
      let page = try read(startKey)
      let looked = rest.prefix(pageSize ?? .max)
      #expect(page.scannedCount == looked.count)
      #expect(page.items.map(\.attributes) == looked.filter(filter))
      #expect(page.count == page.items.count)
      rest = rest.dropFirst(looked.count)
      startKey = page.lastKey
      if startKey == nil { #expect(rest.isEmpty) }
    } while startKey != nil
  }

  /// Compares what the counters say with what there is.
  func checkCounters() throws {
    var context = OperationContext(io: .blocking)
    let table = try database.table(table, &context)
    let sizes = try reference.items.map { try Item($0).sizeBytes }
    #expect(table.counters.totals == (sizes.count, sizes.reduce(0, +)))
    for target in ReferenceTable.Target.allCases where target != .table {
      let sizes = try reference.entries(of: target).map { try Item($0).sizeBytes }
      let index = try #require(table.index(named: target.rawValue))
      #expect(index.counters.totals == (sizes.count, sizes.reduce(0, +)))
    }
  }
}
