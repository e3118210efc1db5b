import DynamoModel
import DynamoProtocol
import Flywheel
import GuardHarness
import LSMTree
import Synchronization

/// How many operations were answered. For all benches of the process, so that no completion has to carry anything.
private let answered = Atomic<Int>(0)

/// Notes an answer, which is to be one of work that was done.
@inline(__always)
private func answer<Response>(_ result: Result<Response, ServiceError>, _ isWhole: (Response) -> Bool) {
  guard case .success(let response) = result, isWhole(response) else { fatalError("answered with \(result)") }
  answered.add(1, ordering: .relaxed)
}

/// A database with a table of items on files in memory, and what the works do with it.
final class DataBench: GuardBench {
  private let work: Work
  private let database: Database
  private let endpoint: Endpoint
  /// What the tree has under its own keys, in their order.
  private var keys: [[UInt8]] = []
  private var values: [[UInt8]] = []
  /// As many as a page has, which ends with the item that makes a mebibyte full.
  private var pageItems = 0
  private var bodies: [[UInt8]] = []
  private var gets: [GetItemRequest] = []
  private var puts: [PutItemRequest] = []
  private var updates: [UpdateItemRequest] = []
  private var queries: [QueryRequest] = []
  private var state: UInt64 = 1
  /// How many operations were to be answered.
  private var asked = 0

  init(_ work: Work) throws {
    self.work = work
    var options = DatabaseOptions()
    options.durability = .none
    options.cacheBytesMax = 64 << 20
    database = try Database.open(at: "/database", options: options, fileSystem: MemoryFileSystem())
    endpoint = Endpoint(database: database)
    _ = try database.performAndWait(
      CreateTable.self,
      CreateTableRequest(
        tableName: "orders",
        attributeDefinitions: [AttributeDefinition("pk", .string), AttributeDefinition("sk", .number)],
        keySchema: [KeySchemaElement("pk", .hash), KeySchemaElement("sk", .range)],
        billingMode: .payPerRequest))
    for number in 0..<GuardItems.count {
      let item = try Self.item(GuardItems.item(number))
      _ = try database.performAndWait(PutItem.self, PutItemRequest(tableName: "orders", item: item))
    }
    if work.readsOnly { try database.tree.compact() }
    try makeRequests()
    try readAll()
  }

  func close() throws { try database.close() }

  private static func item(_ json: String) throws -> Item {
    let bytes = Array(json.utf8)
    return try ItemJSON.item(bytes.span.bytes)
  }

  private func makeRequests() throws {
    for number in 0..<GuardItems.count {
      let key = try Self.item(GuardItems.key(number))
      switch work {
      case .getItem:
        gets.append(GetItemRequest(tableName: "orders", key: key, consistentRead: true))
      case .putItem:
        puts.append(PutItemRequest(tableName: "orders", item: try Self.item(GuardItems.item(number))))
      case .updateItem:
        var request = UpdateItemRequest(tableName: "orders", key: key)
        request.updateExpression = "SET #c = #c + :one"
        request.conditionExpression = "#c >= :zero"
        request.expressionAttributeNames = ["#c": "counter"]
        request.expressionAttributeValues = [":one": try EncodedValue(1), ":zero": try EncodedValue(0)]
        updates.append(request)
      case .query:
        var request = QueryRequest(tableName: "orders", keyConditionExpression: "pk = :p")
        request.expressionAttributeValues = [
          ":p": try EncodedValue(.string(GuardItems.partition(number)))
        ]
        queries.append(request)
      case .getItemJSON: bodies.append(Array(GuardItems.get(number).utf8))
      case .putItemJSON: bodies.append(Array(GuardItems.put(number).utf8))
      case .updateItemJSON: bodies.append(Array(GuardItems.update(number).utf8))
      case .queryJSON: bodies.append(Array(GuardItems.query(number).utf8))
      default: break
      }
    }
  }

  /// Reads every item of the table, which is behind what the catalog has, so that all of them are in the cache.
  private func readAll() throws {
    var cursor = try database.tree.cursor(in: database.tree.view(), from: [0, 0, 1, 0])
    try cursor.seekToFirst()
    var bytes = 0
    while cursor.isValid {
      if bytes < 1 << 20 { pageItems += 1 }
      bytes += ItemView(trusting: cursor.value).sizeBytes
      keys.append(cursor.key.withUnsafeBytes { [UInt8]($0) })
      values.append(cursor.value.withUnsafeBytes { [UInt8]($0) })
      try cursor.next()
    }
    precondition(keys.count == GuardItems.count)
  }

  private func random() -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % GuardItems.count
  }

  func run(_ count: Int) {
    do {
      for _ in 0..<count { try runOnce(random()) }
    } catch {
      fatalError("\(work): \(error)")
    }
  }

  @inline(__always)
  private func runOnce(_ number: Int) throws {
    switch work {
    case .treeGet: try treeGet(number)
    case .treePut: try treePutSame(number)
    case .treeUpdate: try treeUpdate(number)
    case .treeQuery: try treeScan(from: number / 100 * 100, entries: GuardItems.partitionItems)
    case .treeScan: try treeScan(from: 0, entries: pageItems)
    case .getItem: database.perform(GetItem.self, gets[number]) { answer($0) { $0.item != nil } }
    case .putItem: database.perform(PutItem.self, puts[number]) { answer($0) { $0.attributes == nil } }
    case .updateItem:
      database.perform(UpdateItem.self, updates[number]) { answer($0) { $0.attributes == nil } }
    case .query:
      database.perform(Query.self, queries[number]) {
        answer($0) { $0.count == GuardItems.partitionItems && $0.items?.count == $0.count }
      }
    case .scan:
      database.perform(Scan.self, Self.scan) {
        answer($0) { GuardItems.isPage($0.scannedCount) && GuardItems.isFiltered($0.items?.count ?? 0) }
      }
    case .getItemJSON:
      handle("DynamoDB_20120810.GetItem", bodies[number]) { GuardItems.isText($0.count, ofItems: 1) }
    case .putItemJSON: handle("DynamoDB_20120810.PutItem", bodies[number]) { $0 == Array("{}".utf8) }
    case .updateItemJSON: handle("DynamoDB_20120810.UpdateItem", bodies[number]) { $0 == Array("{}".utf8) }
    case .queryJSON:
      handle("DynamoDB_20120810.Query", bodies[number]) {
        GuardItems.isText($0.count, ofItems: GuardItems.partitionItems)
      }
    case .scanJSON:
      handle("DynamoDB_20120810.Scan", Self.scanBody) { GuardItems.isText($0.count, ofItems: 27) }
    }
    if work.isAnswered {
      asked += 1
      // All of it is in memory: what is answered later was done elsewhere, and not counted.
      if answered.load(ordering: .relaxed) != asked { fatalError("\(work) has not been answered") }
    }
  }

  // MARK: The database and its wire

  private static let scan = {
    var request = ScanRequest(tableName: "orders")
    request.filterExpression = "#b = :b"
    request.expressionAttributeNames = ["#b": "bucket"]
    request.expressionAttributeValues = [":b": try! EncodedValue(7)]
    return request
  }()
  private static let scanBody = Array(GuardItems.scan.utf8)

  private func handle(
    _ target: String, _ body: [UInt8], _ isWhole: @escaping @Sendable ([UInt8]) -> Bool
  ) {
    endpoint.handle(target: target, body: body.span.bytes) { response in
      guard response.status == 200, isWhole(response.body) else {
        fatalError(String(decoding: response.body, as: UTF8.self))
      }
      answered.add(1, ordering: .relaxed)
    }
  }

  // MARK: The tree

  private func treePutSame(_ number: Int) throws(TreeError) {
    let value = values[number]
    try treePut(number, value.span.bytes)
  }

  private func treeGet(_ number: Int) throws(TreeError) {
    guard let value = try database.tree.get(keys[number], in: database.tree.view()) else {
      fatalError("a key is missing")
    }
    if value.bytes.byteCount != values[number].count { fatalError("another value") }
  }

  private func treePut(_ number: Int, _ value: RawSpan) throws(TreeError) {
    var batch = WriteBatch(capacityBytes: 512)
    let key = keys[number]
    batch.put(key.span.bytes, value)
    try database.tree.commit(batch)
  }

  private func treeUpdate(_ number: Int) throws(TreeError) {
    guard let value = try database.tree.get(keys[number], in: database.tree.appliedView()) else {
      fatalError("a key is missing")
    }
    try treePut(number, value.bytes)
  }

  private func treeScan(from first: Int, entries: Int) throws(TreeError) {
    let last = first + entries
    var cursor = try database.tree.cursor(
      in: database.tree.view(), from: keys[first], to: last < keys.count ? keys[last] : nil)
    try cursor.seekToFirst()
    var found = 0
    while cursor.isValid {
      found += cursor.value.byteCount > 0 ? 1 : 0
      try cursor.next()
    }
    if found != entries { fatalError("a scan found \(found)") }
  }
}
