import Flywheel
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What admission costs a GetItem in memory, and whether it keeps threads from each other: the same reads with throttling off and
/// on, taken in turns of some milliseconds; on one thread, on two of one table, and on two of a database each, which is what the
/// machine gives at most.
///
/// Each thread has made its own requests, for keys in partitions of its own half of all hashes. The clock is the machine's; it is
/// moved on by a second between turns, whether throttling is on or not, so that no partition is used up and nothing refused.
/// Usage: `admission-cost [rounds]`; prints medians over the rounds, of nanoseconds of the processor a read and of ratios within one
/// round, and of the reads a second, of wall time, by all threads together.
@main
enum AdmissionCost {
  static let keyCount = 20_000
  static let readsPerTurn = 20_000

  struct Way: Sendable {
    var name: String
    var throttling: DatabaseOptions.Throttling
    var isProvisioned: Bool
  }

  static let ways = [
    Way(name: "off", throttling: .off, isProvisioned: true),
    Way(name: "off, once more", throttling: .off, isProvisioned: true),
    Way(name: "on, provisioned", throttling: .on, isProvisioned: true),
    Way(name: "on, on-demand", throttling: .on, isProvisioned: false),
  ]

  /// On how many threads, and whether each has a database of its own.
  enum Load: String, CaseIterable {
    case oneThread = "1 thread"
    case twoThreads = "2 threads, one table"
    case twoDatabases = "2 threads, a database each"
  }

  /// Of one turn, nanoseconds a read: of the processors' time, and of wall time by all threads together.
  struct Turn: Sendable {
    var processor: Double
    var wall: Double
  }

  static func main() async throws {
    let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 101
    let requests = try await requestsByHalf()
    var databases: [[Database]] = []
    for way in ways { databases.append([try await load(way), try await load(way)]) }
    var turns: [Load: [[Turn]]] = [:]
    for load in Load.allCases { turns[load] = ways.map { _ in [] } }
    for round in 0..<rounds {
      for load in Load.allCases {
        for (way, pair) in databases.enumerated() {
          turns[load]![way].append(try await measure(pair, load, requests, round: round))
        }
      }
    }
    report(turns)
    for database in databases.joined() { try database.close() }
  }

  static func report(_ turns: [Load: [[Turn]]]) {
    for load in Load.allCases {
      for (position, way) in ways.enumerated() {
        let own = turns[load]![position]
        let cost = median(zip(own, turns[load]![0]).map { $0.processor / $1.processor })
        let speed = median(zip(turns[.oneThread]![position], own).map { $0.wall / $1.wall })
        print(
          "\(load.rawValue), throttling \(way.name): \(Int(median(own.map(\.processor)))) ns a read, "
            + "\(thousandths(cost)) of off; \(Int(1e9 / median(own.map(\.wall)))) reads/s, "
            + "\(thousandths(speed)) of one thread's")
      }
    }
  }

  static func median(_ samples: [Double]) -> Double { samples.sorted()[samples.count / 2] }

  static func thousandths(_ value: Double) -> String {
    let digits = Int((value * 1_000).rounded())
    let fraction = String(digits % 1_000)
    return "\(digits / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  // MARK: Databases

  static func load(_ way: Way) async throws -> Database {
    var options = DatabaseOptions()
    options.throttling = way.throttling
    options.durability = .none
    let database = try Database.inMemory(options: options)
    _ = try await database.createTable(
      CreateTableRequest(
        tableName: "table", attributeDefinitions: [AttributeDefinition("pk", .string)],
        keySchema: [KeySchemaElement("pk", .hash)],
        billingMode: way.isProvisioned ? .provisioned : .payPerRequest,
        provisionedThroughput: way.isProvisioned
          ? ProvisionedThroughput(readCapacityUnits: 40_000, writeCapacityUnits: 40_000) : nil))
    for number in 0..<keyCount {
      let item = try Item(["pk": .string(name(number)), "v": .string(String(repeating: "x", count: 200))])
      _ = try await database.putItem(PutItemRequest(tableName: "table", item: item))
    }
    return database
  }

  static func name(_ number: Int) -> String { "key \(number)" }

  /// Requests for the keys whose hashes are in the lower half of all, and for the others, each made by a thread. A table of four
  /// partitions tells, by counting what is read of each.
  static func requestsByHalf() async throws -> [[GetItemRequest]] {
    let way = Way(name: "", throttling: .on, isProvisioned: false)
    let database = try await load(way)
    defer { try? database.close() }
    func lowerUnits() throws -> Double {
      try database.partitions(ofTable: "table").filter { $0.hashes.upperBound < 1 << 63 }
        .reduce(0) { $0 + $1.consumedReadUnits }
    }
    var names: [[String]] = [[], []]
    var before = try lowerUnits()
    for number in 0..<keyCount {
      _ = try await database.getItem(request(name(number)))
      let now = try lowerUnits()
      names[now > before ? 0 : 1].append(name(number))
      before = now
    }
    let all = names
    return try await withThrowingTaskGroup(of: (Int, [GetItemRequest]).self) { group in
      let barrier = Barrier(all.count)
      for half in all.indices {
        group.addTask {
          barrier.wait()
          return (half, try all[half].map(request))
        }
      }
      var requests: [[GetItemRequest]] = [[], []]
      for try await (half, made) in group { requests[half] = made }
      return requests
    }
  }

  static func request(_ name: String) throws -> GetItemRequest {
    GetItemRequest(tableName: "table", key: try Item(["pk": .string(name)]))
  }

  // MARK: Reading

  /// Reads from both databases of a way in turn, since it makes a difference where the items of one happen to lie.
  static func measure(
    _ databases: [Database], _ load: Load, _ requests: [[GetItemRequest]], round: Int
  ) async throws -> Turn {
    let threads = load == .oneThread ? 1 : 2
    let barrier = Barrier(threads)
    for database in databases { database.clockControl.advance(by: .seconds(1)) }
    return try await withThrowingTaskGroup(of: (begin: Int64, end: Int64, processor: Int64).self) { group in
      for thread in 0..<threads {
        let database = databases[(round + (load == .twoDatabases ? thread : 0)) % 2]
        group.addTask {
          barrier.wait()
          let begin = nanoseconds(of: CLOCK_MONOTONIC)
          let processor = nanoseconds(of: CLOCK_THREAD_CPUTIME_ID)
          try await read(requests[thread], of: database)
          return (
            begin, nanoseconds(of: CLOCK_MONOTONIC), nanoseconds(of: CLOCK_THREAD_CPUTIME_ID) - processor
          )
        }
      }
      var (begin, end, processor) = (Int64.max, Int64.min, Int64(0))
      for try await times in group {
        begin = min(begin, times.begin)
        end = max(end, times.end)
        processor += times.processor
      }
      let reads = Double(readsPerTurn * threads)
      return Turn(processor: Double(processor) / reads, wall: Double(end - begin) / reads)
    }
  }

  /// Does not suspend, as what is in memory needs nobody else: the thread stays the same.
  static func read(_ requests: [GetItemRequest], of database: Database) async throws {
    var position = 0
    for _ in 0..<readsPerTurn {
      guard try await database.getItem(requests[position]).item != nil else { fatalError("an item is gone") }
      position = position + 1 == requests.count ? 0 : position + 1
    }
  }

  /// Has threads begin together.
  final class Barrier: Sendable {
    private let missing: Atomic<Int>

    init(_ count: Int) { missing = Atomic(count) }

    func wait() {
      missing.subtract(1, ordering: .acquiringAndReleasing)
      while missing.load(ordering: .acquiring) > 0 {}
    }
  }

  static func nanoseconds(of clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
