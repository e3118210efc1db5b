import DynamoModel
import Flywheel
import LSMTree

/// The database of a scenario, its clock, and its commands.
///
///     table read=10 write=5            a provisioned table; on-demand=yes for one that is not, with maxread, maxwrite,
///                                      warmread, warmwrite; iread=5 iwrite=5 for an index byG on g
///     throughput read=20 write=5       UpdateTable
///     advance seconds=60
///     put|get|query|queryG|scan rate=5 seconds=60    so many requests a second, evenly; with keys=spread (each another
///                                      one of 10,000, the default), one, SAME (two of one partition), or names; bytes=1024, the size of items;
///                                      g=none (the default), one or spread
///     batchWrite|batchGet items=25     one request
///     partitions [index=byG]           how many there are, and how many requests each has refused
///     warm                             what an on-demand table is ready for
///
/// What is done beside requests at the end of a minute is waited for.
final class ScenarioStage {
  let database: Database
  let hand: HandClock
  private var sent = 0

  init(
    in files: (any FileSystem)? = nil, _ hand: HandClock = HandClock(), partitionBytesMax: Int? = nil,
    throttling: DatabaseOptions.Throttling = .all
  )
    throws
  {
    self.hand = hand
    var options = DatabaseOptions()
    if let partitionBytesMax { options.partitionBytesMax = partitionBytesMax }
    options.clock = hand.clock
    options.throttling = throttling
    options.durability = .none
    database =
      try files.map { try Database.open(at: "/database", options: options, fileSystem: $0) }
      ?? Database.inMemory(options: options)
  }

  func perform(_ command: String) throws -> String {
    var words = command.split(separator: " ").map(String.init)[...]
    let verb = words.removeFirst()
    var parameters: [String: String] = [:]
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1)
      parameters[String(parts[0])] = String(parts[1])
    }
    return try perform(verb, Parameters(values: parameters))
  }

  struct Parameters {
    var values: [String: String]

    func int(_ name: String) -> Int? { values[name].map { Int($0)! } }
  }

  private func perform(_ verb: String, _ parameters: Parameters) throws -> String {
    switch verb {
    case "table": return try createTable(parameters)
    case "throughput": return try setThroughput(parameters)
    case "advance":
      hand.now += Int64(parameters.int("seconds")!) * 1_000_000_000
      return "ok"
    case "partitions": return try partitions(parameters)
    case "warm": return try warm()
    case "batchWrite", "batchGet": return try batch(verb, parameters)
    default: return try load(verb, parameters)
    }
  }

  // MARK: Tables

  private func createTable(_ parameters: Parameters) throws -> String {
    let isOnDemand = parameters.values["on-demand"] == "yes"
    var request = CreateTableRequest(
      tableName: "table", attributeDefinitions: [AttributeDefinition("pk", .string)],
      keySchema: [KeySchemaElement("pk", .hash)])
    request.billingMode = isOnDemand ? .payPerRequest : .provisioned
    func throughput(_ read: String, _ write: String) -> ProvisionedThroughput? {
      guard let read = parameters.int(read), let write = parameters.int(write) else { return nil }
      return ProvisionedThroughput(readCapacityUnits: read, writeCapacityUnits: write)
    }
    request.provisionedThroughput = throughput("read", "write")
    let maximum = OnDemandThroughput(
      maxReadRequestUnits: parameters.int("maxread"), maxWriteRequestUnits: parameters.int("maxwrite"))
    if maximum != OnDemandThroughput() { request.onDemandThroughput = maximum }
    if let read = parameters.int("warmread"), let write = parameters.int("warmwrite") {
      request.warmThroughput = WarmThroughput(readUnitsPerSecond: read, writeUnitsPerSecond: write)
    }
    if parameters.values["iread"] != nil {
      request.attributeDefinitions?.append(AttributeDefinition("g", .string))
      request.globalSecondaryIndexes = [
        GlobalSecondaryIndex(
          indexName: "byG", keySchema: [KeySchemaElement("g", .hash)],
          projection: Projection(.keysOnly),
          provisionedThroughput: throughput("iread", "iwrite"))
      ]
    }
    _ = try database.performAndWait(CreateTable.self, request)
    return "ok"
  }

  private func setThroughput(_ parameters: Parameters) throws -> String {
    var request = UpdateTableRequest(tableName: "table")
    request.provisionedThroughput = ProvisionedThroughput(
      readCapacityUnits: parameters.int("read")!, writeCapacityUnits: parameters.int("write")!)
    _ = try database.performAndWait(UpdateTable.self, request)
    return "ok"
  }

  private func partitions(_ parameters: Parameters) throws -> String {
    let partitions = try database.partitions(ofTable: "table", index: parameters.values["index"])
    return "\(partitions.count)"
  }

  private func warm() throws -> String {
    let description = try database.performAndWait(
      DescribeTable.self, DescribeTableRequest(tableName: "table"))
    let warm = description.table.warmThroughput
    return "read \(warm?.readUnitsPerSecond ?? 0), write \(warm?.writeUnitsPerSecond ?? 0)"
  }

  // MARK: Loads

  private func load(_ verb: String, _ parameters: Parameters) throws -> String {
    let rate = parameters.int("rate")!
    let count = rate * parameters.int("seconds")!
    let start = hand.now
    var tally = ScenarioTally()
    var minute: Int64 = -1
    for request in 0..<count {
      hand.now = start + Int64(request) * 1_000_000_000 / Int64(rate)
      sent += 1
      do throws(ServiceError) {
        try send(verb, parameters, number: sent)
        tally.admitted += 1
      } catch {
        tally.refuse(error)
      }
      if hand.now / 60_000_000_000 != minute {
        minute = hand.now / 60_000_000_000
        database.housekeeper.waitUntilIdle()
      }
    }
    hand.now = start + Int64(parameters.int("seconds")!) * 1_000_000_000
    return tally.text
  }

  private func send(_ verb: String, _ parameters: Parameters, number: Int) throws(ServiceError) {
    let key = name(parameters.values["keys"] ?? "spread", number)
    switch verb {
    case "put":
      _ = try database.performAndWait(
        PutItem.self, PutItemRequest(tableName: "table", item: item(key, parameters, number)))
    case "get":
      _ = try database.performAndWait(
        GetItem.self, GetItemRequest(tableName: "table", key: self.key(key), consistentRead: true))
    case "query":
      _ = try database.performAndWait(Query.self, query("pk", key, index: nil))
    case "queryG":
      _ = try database.performAndWait(
        Query.self, query("g", name(parameters.values["g"] ?? "one", number), index: "byG"))
    case "scan":
      _ = try database.performAndWait(Scan.self, ScanRequest(tableName: "table", consistentRead: true))
    default: preconditionFailure("no such command: \(verb)")
    }
  }

  private func query(_ attribute: String, _ value: String, index: String?) -> QueryRequest {
    var request = QueryRequest(tableName: "table")
    request.indexName = index
    request.keyConditionExpression = "#k = :k"
    request.expressionAttributeNames = ["#k": attribute]
    request.expressionAttributeValues = [":k": try! EncodedValue(.string(value))]
    return request
  }

  private func batch(_ verb: String, _ parameters: Parameters) throws -> String {
    let numbers = 1...parameters.int("items")!
    let keys = parameters.values["keys"] ?? "spread"
    do throws(ServiceError) {
      if verb == "batchWrite" {
        let writes = numbers.map { WriteRequest.put(item(name(keys, $0), parameters, $0)) }
        let response = try database.performAndWait(
          BatchWriteItem.self,
          BatchWriteItemRequest(requestItems: [TableWrites(tableName: "table", requests: writes)]))
        let left = response.unprocessedItems.reduce(0) { $0 + $1.requests.count }
        return "written \(numbers.count - left), unprocessed \(left)"
      }
      let wanted = KeysAndAttributes(
        tableName: "table", keys: numbers.map { key(name(keys, $0)) }, consistentRead: true)
      let response = try database.performAndWait(
        BatchGetItem.self, BatchGetItemRequest(requestItems: [wanted]))
      let left = response.unprocessedKeys.reduce(0) { $0 + $1.keys.count }
      return "read \(numbers.count - left), unprocessed \(left)"
    } catch {
      return ScenarioTally.describe(error)
    }
  }

  /// The name of a key or of an index key: the given names in turn, one, or ten thousand.
  private func name(_ kind: String, _ number: Int) -> String {
    switch kind {
    case "spread": return "key \(number % 10_000)"
    case "one": return "one"
    case "SAME": return neighbours[number % 2]
    default:
      let names = kind.split(separator: ",")
      return String(names[number % names.count])
    }
  }

  /// Two keys of one partition, which is not that of "one".
  private lazy var neighbours: [String] = {
    let partitions = try! database.partitions(ofTable: "table").map(\.hashes)
    let shape = KeyShape(partition: [KeyPart(name: "pk", type: .string)], sort: [])
    func partition(_ name: String) -> Int {
      let hash = try! Keyspace.partitionHash(of: key(name).view, shape)
      return partitions.firstIndex { $0.contains(hash) }!
    }
    let first = (0...).lazy.map { "neighbour \($0)" }.first { partition($0) != partition("one") }!
    let second = (0...).lazy.map { "other \($0)" }.first { partition($0) == partition(first) }!
    return [first, second]
  }()

  private func key(_ name: String) -> Item { try! Item(["pk": .string(name)]) }

  /// Items of loads on few keys, which are many times the same.
  private var items: [String: Item] = [:]

  private func item(_ name: String, _ parameters: Parameters, _ number: Int) -> Item {
    guard parameters.values["keys"] != nil, parameters.values["g"] != "spread" else {
      return newItem(name, parameters, number)
    }
    let identity = "\(name) \(parameters.values["bytes"] ?? "") \(parameters.values["g"] ?? "")"
    if let known = items[identity] { return known }
    let item = newItem(name, parameters, number)
    items[identity] = item
    return item
  }

  private func newItem(_ name: String, _ parameters: Parameters, _ number: Int) -> Item {
    var attributes: [String: AttributeValue] = ["pk": .string(name)]
    if let g = parameters.values["g"], g != "none" { attributes["g"] = .string(self.name(g, number)) }
    let bytes = try! Item(attributes).sizeBytes
    if let wanted = parameters.int("bytes"), wanted > bytes + 1 {
      attributes["v"] = .string(String(repeating: "x", count: wanted - bytes - 1))
    }
    return try! Item(attributes)
  }
}

/// What came of a load.
struct ScenarioTally {
  var admitted = 0
  private var refusals: [String: Int] = [:]

  mutating func refuse(_ error: ServiceError) { refusals[Self.describe(error), default: 0] += 1 }

  static func describe(_ error: ServiceError) -> String {
    ([error.code.name] + error.throttlingReasons.map(\.reason)).joined(separator: " ")
  }

  var text: String {
    (["admitted \(admitted)"] + refusals.sorted { $0.key < $1.key }.map { "refused \($0.value) \($0.key)" })
      .joined(separator: "\n")
  }
}
