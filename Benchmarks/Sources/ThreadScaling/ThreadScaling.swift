import DynamoModel
import Flywheel
import LSMTree
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a second thread brings: the same work by one thread, by two in one database, and by two that have a database each,
/// which is what the machine can give.
///
/// Items lie in a memtable; with `compacted`, in a table whose blocks are in the cache. The three ways take turns. Every thread makes its requests itself, for keys of its own, so that what two threads share is
/// the database's. Usage: `thread-scaling [rounds] [on] [compacted] [work...]`, where `on` is for throttling; prints the
/// median of the rounds. `ONLY=N` leaves all ways but the Nth, for a profile.
@main
enum ThreadScaling {
  static let itemCount = 20_000
  static let operationsPerRound = 200_000

  enum Work: String, CaseIterable {
    case treeGet = "tree-get"
    case getItem = "get-item"
    case query
    case putItem = "put-item"
  }

  /// How many threads work, in how many databases.
  enum Way: String, CaseIterable {
    case alone = "1 thread"
    case together = "2 threads, one database"
    case apart = "2 threads, a database each"

    var threads: Int { self == .alone ? 1 : 2 }
  }

  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    let rounds = arguments.first.flatMap { Int($0) } ?? 11
    let isThrottled = arguments.contains("on")
    let isCompacted = arguments.contains("compacted")
    let named = arguments.compactMap { Work(rawValue: $0) }
    let only = getenv("ONLY").flatMap { Int(String(cString: $0)) }
    let ways = only.map { [Way.allCases[$0]] } ?? Way.allCases
    let databases = try (0..<2).map { _ in try load(isThrottled, isCompacted) }
    for work in named.isEmpty ? Work.allCases : named {
      var samples = ways.map { _ in [Double]() }
      for _ in 0..<rounds {
        for (position, way) in ways.enumerated() {
          samples[position].append(measure(work, way, databases))
        }
      }
      let medians = samples.map { $0.sorted()[$0.count / 2] }
      for (way, median) in zip(ways, medians) {
        print(
          "\(work.rawValue), \(way.rawValue): \(Int(median)) a second, "
            + "\(Int(1e9 / median * Double(way.threads))) ns each, \(hundredths(median / medians[0])) times one thread"
        )
      }
    }
    for database in databases { try database.close() }
  }

  static func hundredths(_ value: Double) -> Double { (value * 100).rounded() / 100 }

  static func load(_ isThrottled: Bool, _ isCompacted: Bool) throws -> Database {
    var options = DatabaseOptions()
    options.throttling = isThrottled ? .on : .off
    options.durability = .none
    options.cacheBytesMax = 64 << 20
    let database = try Database.open(at: "/database", options: options, fileSystem: MemoryFileSystem())
    _ = try database.performAndWait(
      CreateTable.self,
      CreateTableRequest(
        tableName: "orders",
        attributeDefinitions: [AttributeDefinition("pk", .string), AttributeDefinition("sk", .number)],
        keySchema: [KeySchemaElement("pk", .hash), KeySchemaElement("sk", .range)],
        billingMode: .payPerRequest))
    for number in 0..<itemCount { _ = try database.performAndWait(PutItem.self, put(number)) }
    if isCompacted { try database.tree.compact() }
    // All of it is to be in the cache.
    for number in 0..<itemCount { _ = try database.performAndWait(GetItem.self, get(number)) }
    return database
  }

  // MARK: Items and requests

  static func key(_ number: Int) -> Item {
    try! Item(["pk": .string("customer-\(number / 100)"), "sk": .number(DynamoNumber(number % 100))])
  }

  static func get(_ number: Int) -> GetItemRequest {
    GetItemRequest(tableName: "orders", key: key(number), consistentRead: true)
  }

  static func put(_ number: Int) -> PutItemRequest {
    let item = try! Item([
      "pk": .string("customer-\(number / 100)"), "sk": .number(DynamoNumber(number % 100)),
      "name": .string("a name of some letters"),
      "counter": 0, "comment": .string(String(repeating: "x", count: 300)),
    ])
    return PutItemRequest(tableName: "orders", item: item)
  }

  static func query(_ number: Int) -> QueryRequest {
    var request = QueryRequest(tableName: "orders", keyConditionExpression: "pk = :p")
    request.expressionAttributeValues = [":p": try! EncodedValue(.string("customer-\(number / 100)"))]
    request.limit = 10
    return request
  }

  static func treeKey(_ number: Int, in database: Database) -> [UInt8] {
    var context = OperationContext(io: .blocking)
    let table = try! database.table("orders", &context)
    var buffer = KeyBuffer()
    try! Keyspace.append(keyOf: key(number).view, in: table, to: &buffer)
    return buffer.bytes.withUnsafeBytes { [UInt8]($0) }
  }

  // MARK: Measuring

  /// What the threads of a round tell each other.
  final class Round: Sendable {
    let waiting: Atomic<Int>
    /// Of the slowest.
    let nanoseconds = Atomic<Int>(0)

    init(threads: Int) { waiting = Atomic(threads) }
  }

  /// Operations a second, of all threads together.
  static func measure(_ work: Work, _ way: Way, _ databases: [Database]) -> Double {
    let round = Round(threads: way.threads)
    let threads = (0..<way.threads).map { thread in
      let database = databases[way == .apart ? thread : 0]
      return BackgroundThread.start {
        let worker = Worker(work, Array(stride(from: thread, to: itemCount, by: 2)).shuffled(), database)
        round.waiting.subtract(1, ordering: .acquiringAndReleasing)
        while round.waiting.load(ordering: .acquiring) > 0 {}
        let began = monotonicNanoseconds
        worker.run(operationsPerRound)
        round.nanoseconds.max(monotonicNanoseconds - began, ordering: .relaxed)
      }
    }
    for thread in threads { thread.join() }
    let nanoseconds = round.nanoseconds.load(ordering: .acquiring)
    return Double(operationsPerRound * way.threads) * 1e9 / Double(nanoseconds)
  }

  static var monotonicNanoseconds: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
