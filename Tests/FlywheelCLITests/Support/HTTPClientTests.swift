import Flywheel
import FlywheelCLI
import FlywheelServer
import Testing

/// Addresses as they are written, and what is asked there.
@Suite struct HTTPClientTests {
  @Test(arguments: [
    ("http://host:8000", "host:8000"), ("http://host:8000/", "host:8000"), ("host:8000", "host:8000"),
    ("http://host", "host:80"), ("host", "host:80"), (":8001", "127.0.0.1:8001"),
    ("http://:8001", "127.0.0.1:8001"),
    ("http://[::1]:8000", "[::1]:8000"), ("[fe80::1]", "[fe80::1]:80"), ("http://10.0.0.7:1", "10.0.0.7:1"),
  ])
  func addressesAreTaken(url: String, authority: String) throws {
    #expect(try Endpoint(url: url).authority == authority)
  }

  @Test(arguments: [
    ("https://host", "https://host does not begin with http://, the only scheme there is"),
    ("http://", "http:// names no host"), ("", " names no host"),
    ("http://[]:1", "http://[]:1 names no host"),
    ("http://host:no", "http://host:no has no usable port"), ("host:+80", "host:+80 has no usable port"),
    ("host:0", "host:0 has no usable port"), ("host:65536", "host:65536 has no usable port"),
    ("host:", "host: has no usable port"), (":", ": has no usable port"),
    ("http://a/b", "http://a/b names no host"), ("::1", "::1 names no host"),
    ("user@host:80", "user@host:80 names no host"), ("a\r\nX: b:80", "a\r\nX: b:80 names no host"),
  ])
  func addressesAreRefused(url: String, message: String) {
    #expect(throws: Endpoint.Malformed(message: message)) { try Endpoint(url: url) }
  }

  /// Resolving fails without asking anyone: a part of a name has at most 63 bytes.
  @Test func aNameThatDoesNotResolveIsToldOf() async throws {
    let name = String(repeating: "a", count: 64) + ".invalid"
    let client = HTTPClient(try Endpoint(url: "http://\(name):8000"))
    await #expect(throws: HTTPClient.Failure(reason: "the name is not known")) { try await client.get("/") }
  }

  @Test func aRefusalIsInTheSystemsWords() async throws {
    let client = HTTPClient(try Endpoint(url: "http://127.0.0.1:1"))
    await #expect(throws: HTTPClient.Failure(reason: "Connection refused")) { try await client.get("/") }
  }

  @Test(arguments: ["127.0.0.1", "::1"])
  func serversAreAsked(host: String) async throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    let api = AdminAPI(database: database)
    let server: AdminServer
    do {
      server = try await AdminServer.start(host: host, port: 0, api: api, isLoopback: true)
    } catch let error as ListenError where host == "::1" {
      // A machine without IPv6.
      print("not tested: \(error.reason)")
      return
    }
    let running = Task { try await server.run() }
    let client = HTTPClient(try Endpoint(url: server.url))
    // The admin port refuses a Host that is not loopback's.
    let health = try await client.get("/health")
    #expect(health.status == 200 && String(decoding: health.body, as: UTF8.self).contains("ok"))
    #expect(try await client.get("/absent").status == 404)
    let body = Array("{\"frozen\":true}".utf8)
    #expect(
      try await client.post("/clock", headers: ["Content-Type": "application/json"], body: body).status == 405
    )
    running.cancel()
    try await running.value
    await #expect(throws: HTTPClient.Failure.self) { try await client.get("/health") }
  }
}
