import DynamoProtocol
import Flywheel
import Synchronization

/// Flywheel as its server calls it: a request's bytes in, a response's bytes out, without sockets.
final class JSONSide: Side {
  let name = "json"
  private let database: Database
  private let endpoint: Endpoint
  private let gets: [[UInt8]]
  private let puts: [[UInt8]]
  private let updates: [[UInt8]]
  private let queries: [[UInt8]]
  private let answers = Answers()
  private static let table = "\"TableName\":\"\(ItemSide.table)\""

  init(_ items: [BenchmarkItem], _ database: Database) {
    self.database = database
    endpoint = Endpoint(database: database)
    gets = items.map { Array("{\(Self.table),\"Key\":\($0.keyJSON),\"ConsistentRead\":true}".utf8) }
    puts = items.map { Array("{\(Self.table),\"Item\":\($0.json)}".utf8) }
    updates = items.map { item in
      let expressions = """
        "UpdateExpression":"SET #c = #c + :one","ConditionExpression":"#c >= :zero",\
        "ExpressionAttributeNames":{"#c":"counter"},\
        "ExpressionAttributeValues":{":one":{"N":"1"},":zero":{"N":"0"}}
        """
      return Array("{\(Self.table),\"Key\":\(item.keyJSON),\(expressions)}".utf8)
    }
    queries = items.map { item in
      let condition = """
        "KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"\(item.partition)"}}
        """
      return Array("{\(Self.table),\(condition)}".utf8)
    }
  }

  func close() throws { try database.close() }

  func perform(_ action: Action, on numbers: [Int]) throws {
    switch action {
    case .get: for number in numbers { call("DynamoDB_20120810.GetItem", gets[number]) }
    case .put: for number in numbers { call("DynamoDB_20120810.PutItem", puts[number]) }
    case .update: for number in numbers { call("DynamoDB_20120810.UpdateItem", updates[number]) }
    case .query: for number in numbers { call("DynamoDB_20120810.Query", queries[number]) }
    case .scan: scan()
    }
  }

  /// All pages. What is looked for in a page's text is the key to go on from, which stands at its end.
  private func scan() {
    let filter = """
      "FilterExpression":"#b = :b","ExpressionAttributeNames":{"#b":"bucket"},\
      "ExpressionAttributeValues":{":b":{"N":"7"}}
      """
    repeat {
      let start = answers.startKey.withLock { $0 }.map { ",\"ExclusiveStartKey\":\($0)" } ?? ""
      let body = Array("{\(Self.table),\(filter)\(start)}".utf8)
      endpoint.handle(target: "DynamoDB_20120810.Scan", body: body.span.bytes) { [answers] response in
        if response.status != 200 { fail(String(decoding: response.body, as: UTF8.self)) }
        answers.startKey.withLock { $0 = Self.lastEvaluatedKey(in: response.body) }
        answers.count.add(1, ordering: .releasing)
      }
      waitForAnswer()
    } while answers.startKey.withLock { $0 } != nil
  }

  private static func lastEvaluatedKey(in body: [UInt8]) -> String? {
    let name = Array("\"LastEvaluatedKey\":".utf8)
    let tail = body.suffix(400)
    guard let start = tail.indices.first(where: { tail[$0...].starts(with: name) }) else { return nil }
    let value = tail[(start + name.count)...]
    var depth = 0
    for index in value.indices {
      if value[index] == UInt8(ascii: "{") { depth += 1 }
      if value[index] == UInt8(ascii: "}") { depth -= 1 }
      if depth == 0 { return String(decoding: value[...index], as: UTF8.self) }
    }
    return nil
  }

  private func call(_ target: String, _ body: [UInt8]) {
    endpoint.handle(target: target, body: body.span.bytes) { [answers] response in
      if response.status != 200 { fail(String(decoding: response.body, as: UTF8.self)) }
      sink(response.body.count)
      answers.count.add(1, ordering: .releasing)
    }
    waitForAnswer()
  }

  /// Nearly always the answer has come before `handle` returned.
  private func waitForAnswer() {
    while answers.count.load(ordering: .acquiring) == 0 {}
    answers.count.store(0, ordering: .relaxed)
  }
}

/// What the callbacks of requests leave behind.
private final class Answers: Sendable {
  let count = Atomic<Int>(0)
  /// Where the next page of a scan begins; nil behind the last one.
  let startKey = Mutex<String?>(nil)
}
