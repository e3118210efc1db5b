import Flywheel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What admission costs a GetItem in memory: the same reads with throttling off and on, taken in turns, on one thread and on
/// two.
///
/// The clock runs forty times as fast as the machine's, so that hardly a read is refused; reading it costs what the machine's
/// does. Usage: `admission-cost [rounds]`; prints the median nanoseconds a read.
@main
enum AdmissionCost {
  static let keyCount = 20_000
  static let readsPerRound = 200_000

  struct Way: Sendable {
    var name: String
    var throttling: DatabaseOptions.Throttling
    var isProvisioned: Bool
  }

  static let ways = [
    Way(name: "off", throttling: .off, isProvisioned: true),
    Way(name: "on, provisioned", throttling: .on, isProvisioned: true),
    Way(name: "on, on-demand", throttling: .on, isProvisioned: false),
  ]

  static func main() async throws {
    let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 15
    var databases: [Database] = []
    for way in ways { databases.append(try await load(way)) }
    let requests = try (0..<keyCount).map { number in
      GetItemRequest(tableName: "table", key: try Item(["pk": .string("key \(number)")]))
    }
    for threads in [1, 2] {
      var nanoseconds = ways.map { _ in [Double]() }
      for _ in 0..<rounds {
        for (position, database) in databases.enumerated() {
          nanoseconds[position].append(try await measure(database, requests, threads: threads))
        }
      }
      for (way, samples) in zip(ways, nanoseconds) {
        let median = samples.sorted()[samples.count / 2]
        let least = samples.min()!
        print(
          "\(threads) thread\(threads == 1 ? " " : "s"), throttling \(way.name): median \(Int(median)) ns a read, "
            + "least \(Int(least)), \(Int(1e9 / median)) reads/s")
      }
    }
    for database in databases { try database.close() }
  }

  static func load(_ way: Way) async throws -> Database {
    var options = DatabaseOptions()
    options.throttling = way.throttling
    options.durability = .none
    options.clock = DatabaseClock { monotonicNanoseconds(coarse: true) * 40 }
    let database = try Database.inMemory(options: options)
    _ = try await database.createTable(
      CreateTableRequest(
        tableName: "table", attributeDefinitions: [AttributeDefinition("pk", .string)],
        keySchema: [KeySchemaElement("pk", .hash)],
        billingMode: way.isProvisioned ? .provisioned : .payPerRequest,
        provisionedThroughput: way.isProvisioned
          ? ProvisionedThroughput(readCapacityUnits: 40_000, writeCapacityUnits: 40_000) : nil))
    for number in 0..<keyCount {
      let item = try Item(["pk": .string("key \(number)"), "v": .string(String(repeating: "x", count: 200))])
      _ = try await database.putItem(PutItemRequest(tableName: "table", item: item))
    }
    return database
  }

  /// Nanoseconds a read: of wall time, by all threads together. Each thread reads keys of its own.
  static func measure(_ database: Database, _ requests: [GetItemRequest], threads: Int) async throws -> Double
  {
    let begin = monotonicNanoseconds(coarse: false)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for thread in 0..<threads {
        group.addTask {
          let own = stride(from: thread, to: requests.count, by: threads).map { requests[$0] }
          var position = 0
          for _ in 0..<readsPerRound {
            // A thread that lay idle for 25 ms between asking the clock and asking the bucket is a second behind by
            // this clock, and may be refused what another thread has emptied since.
            var item: Item?
            while item == nil {
              do throws(ServiceError) {
                item = try await database.getItem(own[position]).item
              } catch {
                guard !error.throttlingReasons.isEmpty else { throw error }
              }
            }
            position = position + 1 == own.count ? 0 : position + 1
          }
        }
      }
      try await group.waitForAll()
    }
    return Double(monotonicNanoseconds(coarse: false) - begin) / Double(readsPerRound * threads)
  }

  static func monotonicNanoseconds(coarse: Bool) -> Int64 {
    var time = timespec()
    #if os(Linux)
      clock_gettime(coarse ? CLOCK_MONOTONIC_COARSE : CLOCK_MONOTONIC, &time)
    #else
      clock_gettime(CLOCK_MONOTONIC, &time)
    #endif
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
