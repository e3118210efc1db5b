import Flywheel
import FlywheelServer
import Foundation
import Logging
import ServiceLifecycle
import Testing

/// The admin port: what it answers, whom it refuses, and that it stops.
@Suite struct AdminTests {
  /// An API over a database in memory, and its answers as JSON.
  private struct Subject {
    let database: Database
    let api: AdminAPI

    init() throws {
      var options = DatabaseOptions()
      options.clock = DatabaseClock { 1_800_000_000_000_000_000 }
      database = try Database.inMemory(options: options)
      api = AdminAPI(database: database)
    }

    func ask(
      _ method: String, _ target: String, _ body: String = ""
    ) throws -> (status: Int, json: [String: Any]) {
      let response = api.respond(to: AdminRequest(method, target, body: body))
      let json = try JSONSerialization.jsonObject(with: Data(response.body))
      return (response.status, try #require(json as? [String: Any]))
    }

    func expectRefusal(_ method: String, _ target: String, _ body: String, _ status: Int) throws {
      let answer = try ask(method, target, body)
      #expect(answer.status == status, "\(method) \(target) \(body)")
      #expect(answer.json["error"] is String)
    }
  }

  @Test func tellsThatItIsThere() throws {
    let subject = try Subject()
    let answer = try subject.ask("GET", "/health")
    #expect(answer.status == 200 && answer.json["status"] as? String == "ok")
    try subject.database.close()
    #expect(try subject.ask("GET", "/health").status == 503)
  }

  @Test func refusesWhatItDoesNotKnow() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    try subject.expectRefusal("GET", "/", "", 404)
    try subject.expectRefusal("GET", "/tables/absent", "", 404)
    try subject.expectRefusal("POST", "/clock", "", 405)
    try subject.expectRefusal("GET", "/%zz", "", 400)
    for body in [
      "[]", "{", "{\"frozen\":1}", "{\"time\":-1}", "{\"time\":\"now\"}", "{\"frozn\":true}", "{}", "",
    ] {
      try subject.expectRefusal("PUT", "/clock", body, 400)
    }
    #expect(!subject.database.clockControl.isFrozen)
    for body in [
      "{}", "{\"effect\":\"explode\"}", "{\"effect\":\"delay\"}",
      "{\"effect\":\"delay\",\"milliseconds\":0.5}",
      "{\"effect\":\"fail\",\"error\":\"Nope\"}", "{\"effect\":\"throttle\",\"next\":0}",
      "{\"effect\":\"throttle\",\"next\":1,\"probability\":0.5}", "{\"effect\":\"throttle\",\"seed\":1}",
      "{\"effect\":\"throttle\",\"operations\":[\"GetItems\"]}", "{\"effect\":\"throttle\",\"tables\":\"x\"}",
      "{\"effect\":\"throttle\",\"key\":{\"id\":\"a\"}}",
    ] {
      try subject.expectRefusal("POST", "/faults", body, 400)
    }
    #expect(subject.database.faults.list().isEmpty)
    try subject.expectRefusal("DELETE", "/faults/1", "", 404)
  }

  @Test func movesTheClock() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    func clock(_ body: String) throws -> (Double, Bool) {
      let answer = try subject.ask("PUT", "/clock", body)
      #expect(answer.status == 200)
      return (try #require(answer.json["time"] as? Double), try #require(answer.json["frozen"] as? Bool))
    }
    #expect(try subject.ask("GET", "/clock").json["time"] as? Double == 1_800_000_000)
    #expect(try clock("{\"frozen\":true,\"time\":1900000000.5}") == (1_900_000_000.5, true))
    #expect(try clock("{\"advanceSeconds\":3600}") == (1_900_003_600.5, true))
    #expect(try clock("{\"frozen\":false}") == (1_900_003_600.5, false))
    #expect(try subject.ask("GET", "/clock").json["secondsAhead"] as? Double == 100_003_600.5)
    #expect(try clock("{\"release\":true}") == (1_800_000_000, false))
  }

  @Test func setsListsAndClearsFaults() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    let added = try subject.ask(
      "POST", "/faults",
      """
      {"effect":"fail","error":"InternalServerError","operations":["GetItem","Query"],"table":"users",
       "key":{"id":{"S":"u1"},"n":{"N":"7"}},"next":3,"afterwards":true}
      """)
    #expect(added.status == 201 && added.json["id"] as? Int == 1)
    let chance = try subject.ask(
      "POST", "/faults", "{\"effect\":\"delay\",\"milliseconds\":20,\"probability\":0.5}")
    #expect(chance.json["seed"] is Int)
    let faults = try #require(subject.ask("GET", "/faults").json["faults"] as? [[String: Any]])
    #expect(faults.count == 2)
    #expect(faults[0]["message"] as? String == "Internal server error")
    #expect(faults[0]["operations"] as? [String] == ["GetItem", "Query"])
    #expect(faults[0]["key"] as? [String: [String: String]] == ["id": ["S": "u1"], "n": ["N": "7"]])
    #expect(faults[0]["remaining"] as? Int == 3 && faults[0]["afterwards"] as? Bool == true)
    #expect(faults[1]["seed"] as? Int == chance.json["seed"] as? Int)
    let removed = try subject.ask("DELETE", "/faults/1")
    #expect((removed.json["removed"] as? [String: Any])?["injected"] as? Int == 0)
    #expect(try subject.ask("DELETE", "/faults").json["removed"] as? Int == 1)
    #expect(!subject.database.faults.areSet)
  }

  @Test func tellsWhatWasCounted() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    let request = CreateTableRequest(
      tableName: "users", attributeDefinitions: [AttributeDefinition("id", .string)],
      keySchema: [KeySchemaElement("id", .hash)], billingMode: .payPerRequest)
    _ = try subject.database.performAndWait(CreateTable.self, request)
    _ = try subject.database.performAndWait(
      PutItem.self, PutItemRequest(tableName: "users", item: Item(["id": "a"])))
    let response = subject.api.respond(to: AdminRequest("GET", "/metrics"))
    #expect(response.contentType.hasPrefix("text/plain"))
    let lines = Set(String(decoding: response.body, as: UTF8.self).split(separator: "\n"))
    #expect(lines.contains("# TYPE flywheel_ConsumedWriteCapacityUnits_total counter"))
    #expect(lines.contains("flywheel_ConsumedWriteCapacityUnits_total{TableName=\"users\"} 1.0"))
    #expect(
      lines.contains(
        "flywheel_SuccessfulRequestLatency_milliseconds_count{TableName=\"users\",Operation=\"PutItem\"} 1"))
    _ = try subject.ask("PUT", "/clock", "{\"advanceSeconds\":60}")
    let points = try #require(
      subject.ask("GET", "/tables/users/metrics?metric=ConsumedWriteCapacityUnits&minutes=5").json["points"]
        as? [[String: Any]])
    #expect(points.map { $0["sum"] as? Double } == [1])
    #expect(points.first?["time"] as? Int == 1_800_000_000)
    #expect(points.first?["minimum"] == nil && points.first?["maximum"] == nil)
    _ = try subject.database.performAndWait(
      PutItem.self, PutItemRequest(tableName: "users", item: Item(["id": "a"])))
    _ = try subject.database.performAndWait(
      PutItem.self, PutItemRequest(tableName: "users", item: Item(["id": "b"])))
    _ = try subject.ask("PUT", "/clock", "{\"advanceSeconds\":60}")
    let counted = try #require(
      subject.ask("GET", "/tables/users/metrics?metric=SuccessfulRequests&operation=PutItem&minutes=1").json[
        "points"] as? [[String: Any]])
    let values: [String: Double] = ["sampleCount": 2, "sum": 2, "average": 1, "minimum": 1, "maximum": 1]
    for (name, value) in values {
      #expect((counted.first?[name] as? NSNumber)?.doubleValue == value, "\(name)")
    }
    let database = try subject.ask("GET", "/metrics/history?metric=SuccessfulRequests&operation=CreateTable")
      .json
    #expect((database["points"] as? [Any])?.count == 1)
    for target in [
      "/tables/users/metrics", "/tables/users/metrics?metric=Nope",
      "/metrics/history?metric=UserErrors&minutes=0",
      "/metrics/history?metric=UserErrors&metrik=1", "/metrics/history?metric=UserErrors&index=i",
      "/tables/users/metrics?metric=SuccessfulRequests&operation=PutItems",
      "/tables/users/metrics?metric=UserErrors&operation=PutItem", "/metrics?x=1", "/health?y", "/tables?z=1",
      "/tables/users?index=i", "/activity?x", "/clock?x", "/faults?x=1",
    ] {
      try subject.expectRefusal("GET", target, "", 400)
    }
    try subject.expectRefusal(
      "GET", "/tables/users/metrics?metric=ConsumedReadCapacityUnits&index=none", "", 404)
    try subject.expectRefusal("PUT", "/clock?frozen=true", "{\"frozen\":true}", 400)
    #expect(!subject.database.clockControl.isFrozen)
    try subject.expectRefusal("GET", "/tables/absent/metrics?metric=UserErrors", "", 404)
  }

  @Test func showsPartitionsAndActivity() throws {
    let subject = try Subject()
    defer { try? subject.database.close() }
    let request = CreateTableRequest(
      tableName: "users", attributeDefinitions: [AttributeDefinition("id", .string)],
      keySchema: [KeySchemaElement("id", .hash)], billingMode: .payPerRequest)
    _ = try subject.database.performAndWait(CreateTable.self, request)
    for _ in 0..<100 {
      _ = try subject.database.performAndWait(
        PutItem.self, PutItemRequest(tableName: "users", item: Item(["id": "hot"])))
    }
    let partitions = try #require(
      subject.ask("GET", "/tables/users/partitions").json["partitions"] as? [[String: Any]])
    #expect(partitions.count == 4, "on-demand tables begin with four")
    #expect(partitions.first?["firstHash"] as? String == "0")
    #expect(partitions.reduce(0) { $0 + ($1["writeUnits"] as? Double ?? 0) } == 100)
    try subject.expectRefusal("GET", "/tables/users/partitions?index=none", "", 404)
    try subject.expectRefusal("GET", "/tables/absent/partitions", "", 404)

    let response = subject.api.respond(to: AdminRequest("GET", "/activity"))
    let activity = try #require(Activity(json: response.body))
    let users = try #require(activity.resources.first)
    #expect(users.table == "users" && users.index == nil && !users.isProvisioned)
    #expect(users.items == 1 && users.writeUnits == 100 && users.requests == 100)
    #expect(users.partitions.count == 4)
    #expect(users.partitions.reduce(0) { $0 + $1.writeUnits } == 100)
    #expect(activity.time == 1_800_000_000 && activity.seconds > 0)
    #expect(Activity(json: Array("{}".utf8)) == nil)
  }

  /// Whoever answers on a port: numbers that nothing comes to are refused.
  @Test func activityHasNumbersThatCount() throws {
    func activity(_ numbers: String, partition: String = "", seconds: String = "2", time: String = "3")
      -> Activity?
    {
      Activity(
        json: Array(
          """
          {"seconds":\(seconds),"time":\(time),"resources":[{"table":"t","provisioned":true\(numbers),
          "partitions":[{"readUnits":1.5\(partition)}]}]}
          """.utf8))
    }
    let read = try #require(activity(",\"items\":7", partition: ",\"hotKeys\":[{\"key\":\"k\",\"share\":1}]"))
    #expect(read.resources[0].items == 7 && read.resources[0].bytes == 0)
    #expect(read.resources[0].partitions[0].readUnits == 1.5)
    #expect(read.resources[0].partitions[0].hotKeys == [.init(key: "k", share: 1)])
    let names = [
      "provisionedReadUnits", "provisionedWriteUnits", "items", "bytes", "readUnits", "writeUnits",
      "throttledReads", "throttledWrites", "requests",
    ]
    for number in ["1e30", "-1", "1e999", "9007199254740994", "\"7\"", "null"] {
      for name in names { #expect(activity(",\"\(name)\":\(number)") == nil, "\(name) \(number)") }
      #expect(activity("", partition: ",\"throttled\":\(number)") == nil)
      #expect(activity("", partition: ",\"hotKeys\":[{\"key\":\"k\",\"share\":\(number)}]") == nil)
      #expect(activity("", seconds: number) == nil && activity("", time: number) == nil)
    }
  }

  @Test(.timeLimit(.minutes(2))) func overASocket() async throws {
    let subject = try Subject()
    let server = try await AdminServer.start(host: "127.0.0.1", port: 0, api: subject.api, isLoopback: true)
    let port = try #require(Int(server.url.split(separator: ":").last!))
    let group = ServiceGroup(
      services: [server], logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    let running = Task { try await group.run() }

    func ask(_ request: String) async throws -> String {
      let client = try await ClientConnection.connect(port: port)
      try await client.send(request)
      return try await client.untilClosed()
    }
    let tail = "Host: localhost:\(port)\r\nConnection: close\r\n"
    #expect(try await ask("GET /health HTTP/1.1\r\n\(tail)\r\n").contains("\"status\":\"ok\""))
    let json = "Content-Type: application/json\r\nContent-Length: 15\r\n"
    #expect(
      try await ask("PUT /clock HTTP/1.1\r\n\(tail)\(json)\r\n{\"frozen\":true}").contains("\"frozen\":true"))
    // What a page in a browser could send is refused.
    #expect(
      try await ask("GET /tables HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n").hasPrefix(
        "HTTP/1.1 403"))
    #expect(
      try await ask("PUT /clock HTTP/1.1\r\n\(tail)Content-Length: 15\r\n\r\n{\"frozen\":true}").hasPrefix(
        "HTTP/1.1 415"))
    let large = String(repeating: " ", count: (1 << 20) + 1)
    #expect(
      try await ask("PUT /clock HTTP/1.1\r\n\(tail)Content-Length: \(large.utf8.count)\r\n\r\n\(large)")
        .hasPrefix("HTTP/1.1 413"))
    await group.triggerGracefulShutdown()
    try await running.value
    await #expect(throws: (any Error).self) { try await ClientConnection.connect(port: port) }
    try subject.database.close()
  }
}
