import DynamoProtocol
package import Flywheel

/// A request to the admin port.
package struct AdminRequest: Sendable {
  package var method: String
  /// The path and the query as they were sent.
  package var target: String
  package var body: [UInt8]

  package init(_ method: String, _ target: String, body: String = "") {
    self.init(method, target, body: Array(body.utf8))
  }

  package init(_ method: String, _ target: String, body: [UInt8]) {
    self.method = method
    self.target = target
    self.body = body
  }
}

/// What the admin port answers.
package struct AdminResponse: Sendable {
  package var status: Int
  package var contentType: String
  package var body: [UInt8]

  package init(status: Int = 200, contentType: String = "application/json", body: [UInt8]) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  /// An object, written by `write`.
  static func json(_ status: Int = 200, _ write: (inout JSONWriter) -> Void) -> AdminResponse {
    var json = JSONWriter(capacityBytes: 1_024)
    json.beginObject()
    write(&json)
    json.endObject()
    return AdminResponse(status: status, body: json.finish())
  }
}

/// Why a request to the admin port is refused.
struct AdminFault: Error {
  var status: Int
  var message: String

  static func badRequest(_ message: String) -> AdminFault { AdminFault(status: 400, message: message) }
  static func notFound(_ message: String) -> AdminFault { AdminFault(status: 404, message: message) }

  var response: AdminResponse {
    .json(status) { $0.member("error", message) }
  }
}

/// What the admin port can be asked for, as a function from a request to a response; no sockets. Described in
/// Docs/Admin.md.
///
/// The paths are a table, so that nothing but this list grows with them.
package struct AdminAPI: Sendable {
  package let database: Database

  package init(database: Database) {
    self.database = database
  }

  private typealias Handler = @Sendable (AdminAPI, AdminCall) throws(AdminFault) -> AdminResponse

  private struct Route {
    /// "*" stands for any one part.
    var path: [String]
    /// What may be behind the path's question mark.
    var parameters: Set<String> = []
    var handlers: [(method: String, handler: Handler)]
  }

  private static let metricParameters: Set<String> = ["metric", "index", "operation", "minutes", "period"]

  private static let routes: [Route] = [
    Route(path: ["health"], handlers: [("GET", { api, _ throws(AdminFault) in api.health() })]),
    Route(path: ["metrics"], handlers: [("GET", { api, _ throws(AdminFault) in api.metrics() })]),
    Route(
      path: ["metrics", "history"], parameters: metricParameters,
      handlers: [("GET", { api, call throws(AdminFault) in try api.history(call, table: nil) })]),
    Route(path: ["tables"], handlers: [("GET", { api, _ throws(AdminFault) in api.listTables() })]),
    Route(
      path: ["tables", "*"],
      handlers: [("GET", { api, call throws(AdminFault) in try api.describeTable(call) })]),
    Route(path: ["activity"], handlers: [("GET", { api, _ throws(AdminFault) in try api.activity() })]),
    Route(
      path: ["tables", "*", "partitions"], parameters: ["index"],
      handlers: [("GET", { api, call throws(AdminFault) in try api.partitions(call) })]),
    Route(
      path: ["tables", "*", "metrics"], parameters: metricParameters,
      handlers: [("GET", { api, call throws(AdminFault) in try api.history(call, table: call.path[1]) })]),
    Route(
      path: ["clock"],
      handlers: [
        ("GET", { api, _ throws(AdminFault) in api.showClock() }),
        ("PUT", { api, call throws(AdminFault) in try api.changeClock(call) }),
      ]),
    Route(
      path: ["faults"],
      handlers: [
        ("GET", { api, _ throws(AdminFault) in api.listFaults() }),
        ("POST", { api, call throws(AdminFault) in try api.addFault(call) }),
        ("DELETE", { api, _ throws(AdminFault) in api.clearFaults() }),
      ]),
    Route(
      path: ["faults", "*"],
      handlers: [("DELETE", { api, call throws(AdminFault) in try api.removeFault(call) })]),
  ]

  /// Serves one request. May wait for the disk.
  package func respond(to request: AdminRequest) -> AdminResponse {
    do throws(AdminFault) {
      let call = try AdminCall(request)
      guard let route = Self.routes.first(where: { Self.matches($0.path, call.path) }) else {
        throw .notFound("there is nothing at /\(call.path.joined(separator: "/"))")
      }
      let method = request.method == "HEAD" ? "GET" : request.method
      guard let handler = route.handlers.first(where: { $0.method == method })?.handler else {
        let methods = route.handlers.map(\.method).joined(separator: ", ")
        throw AdminFault(status: 405, message: "\(request.method) is not allowed here; \(methods) is")
      }
      if let unknown = call.query.keys.sorted().first(where: { !route.parameters.contains($0) }) {
        throw .badRequest("\(unknown) is not known here")
      }
      return try handler(self, call)
    } catch {
      return error.response
    }
  }

  private static func matches(_ pattern: [String], _ path: [String]) -> Bool {
    pattern.count == path.count && zip(pattern, path).allSatisfy { $0 == "*" || $0 == $1 }
  }

  private func health() -> AdminResponse {
    .json(database.isOpen ? 200 : 503) { json in
      json.member("status", database.isOpen ? "ok" : "closed")
      json.member("tables", database.catalog.snapshot.names.count)
    }
  }
}

/// A request taken apart.
struct AdminCall {
  /// The parts of the path.
  var path: [String]
  /// The query's parameters.
  var query: [String: String] = [:]
  var body: [UInt8]

  init(_ request: AdminRequest) throws(AdminFault) {
    let parts = request.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = []
    for part in parts[0].split(separator: "/") { path.append(try Self.decode(part)) }
    if parts.count == 2 {
      for pair in parts[1].split(separator: "&") {
        let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        query[try Self.decode(sides[0])] = sides.count == 2 ? try Self.decode(sides[1]) : ""
      }
    }
    body = request.body
  }

  /// Undoes percent-encoding.
  private static func decode(_ text: Substring) throws(AdminFault) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let code = UInt8(String(rest.prefix(2)) ?? "", radix: 16) else {
        throw .badRequest("% without two hexadecimal digits")
      }
      rest.removeFirst(2)
      bytes.append(code)
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else {
      throw .badRequest("the address is not UTF-8")
    }
    return decoded
  }
}
