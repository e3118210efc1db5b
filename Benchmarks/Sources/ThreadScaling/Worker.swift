import DynamoModel
import Flywheel
import LSMTree

/// One thread's requests, and the doing of them.
struct Worker {
  private let work: ThreadScaling.Work
  private let database: Database
  private var keys: [[UInt8]] = []
  private var gets: [GetItemRequest] = []
  private var puts: [PutItemRequest] = []
  private var queries: [QueryRequest] = []

  init(_ work: ThreadScaling.Work, _ numbers: [Int], _ database: Database) {
    self.work = work
    self.database = database
    switch work {
    case .treeGet: keys = numbers.map { ThreadScaling.treeKey($0, in: database) }
    case .getItem: gets = numbers.map(ThreadScaling.get)
    case .query: queries = numbers.map(ThreadScaling.query)
    case .putItem: puts = numbers.map(ThreadScaling.put)
    }
  }

  func run(_ count: Int) {
    switch work {
    case .treeGet:
      each(keys, count) { key in precondition(try! database.tree.get(key, in: database.tree.view()) != nil) }
    case .getItem:
      each(gets, count) { request in
        database.perform(GetItem.self, request) { result in
          guard case .success(let response) = result, response.item != nil else { fatalError("\(result)") }
        }
      }
    case .query:
      each(queries, count) { request in
        database.perform(Query.self, request) { result in
          guard case .success(let response) = result, response.count == 10 else { fatalError("\(result)") }
        }
      }
    case .putItem:
      // A thread that may wait: the log's buffer may be full.
      each(puts, count) { request in _ = try! database.performAndWait(PutItem.self, request) }
    }
  }

  @inline(__always)
  private func each<Request>(_ requests: [Request], _ count: Int, _ body: (borrowing Request) -> Void) {
    var position = 0
    for _ in 0..<count {
      body(requests[position])
      position = position + 1 == requests.count ? 0 : position + 1
    }
  }
}
