import DynamoProtocol
import FlywheelServer
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle
import Synchronization
import Testing

@Suite struct DrainTests {
  @Test func aQuietConnectionEndsAtOnceAndABusyOneAfterItsAnswer() throws {
    let connection = try ConnectionHarness()
    try connection.sendRequest("PutItem")
    let isDrained = Mutex(false)
    connection.loop.drain().whenComplete { _ in isDrained.withLock { $0 = true } }
    #expect(!connection.isClosed)
    #expect(!isDrained.withLock { $0 })
    connection.backend.answer(0, "{}")
    let text = try connection.received()
    #expect(text.contains("Connection: close\r\n"))
    #expect(text.hasSuffix("{}"))
    #expect(connection.isClosed)
    #expect(isDrained.withLock { $0 })

    let quiet = try ConnectionHarness()
    let future = quiet.loop.drain()
    #expect(quiet.isClosed)
    try future.wait()
  }

  @Test func aRequestWhoseBodyIsArrivingMayFinish() throws {
    let connection = try ConnectionHarness(answersInline: true)
    let request = ConnectionHarness.request("PutItem", body: "0123456789")
    try connection.send(String(request.dropLast(5)))
    _ = connection.loop.drain()
    try connection.send("56789" + ConnectionHarness.request("TooLate"))
    #expect(connection.backend.targets == ["DynamoDB_20120810.PutItem"])
    #expect(try connection.received().hasSuffix("{}"))
  }

  @Test func drainingIsBounded() throws {
    var limits = ServerLimits()
    limits.drainSecondsMax = 7
    let connection = try ConnectionHarness(limits: limits)
    try connection.sendRequest("PutItem")
    let future = connection.loop.drain()
    connection.advance(seconds: 6)
    #expect(!connection.isClosed)
    connection.advance(seconds: 1)
    #expect(connection.isClosed)
    try future.wait()
  }

  @Test(.timeLimit(.minutes(1))) func aServerOnASocketFinishesWhatItHasBegun() async throws {
    let backend = Backend(answersInline: false)
    let (addresses, address) = AsyncStream<String>.makeStream()
    let server = HTTPServer(
      configuration: .init(host: "127.0.0.1", port: 0, threadCount: 2), handler: backend.handler,
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    ) { url in address.yield(url) }
    let group = ServiceGroup(
      configuration: .init(
        services: [server], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    let running = Task { try await group.run() }
    var iterator = addresses.makeAsyncIterator()
    let url = try #require(await iterator.next())
    let port = try #require(Int(url.split(separator: ":").last!))

    let client = try await ClientConnection.connect(port: port)
    try await client.send(ConnectionHarness.request("PutItem"))
    while backend.targets.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
    await group.triggerGracefulShutdown()
    // The answer comes from a thread that is not the connection's loop, while the server is stopping.
    try await Task.sleep(for: .milliseconds(50))
    await Task.detached { backend.answer(0, #"{"late":true}"#) }.value
    let text = try await client.untilClosed()
    #expect(text.hasSuffix(#"{"late":true}"#))
    try await running.value
    await #expect(throws: (any Error).self) { try await ClientConnection.connect(port: port) }
  }

  @Test(.timeLimit(.minutes(1))) func manyConnectionsAreAnsweredFromOtherThreads() async throws {
    let handler = RequestHandler { target, _, respond in
      let name = String(target.split(separator: ".").last ?? "")
      Task.detached { respond(Backend.response("{\"\(name)\":1}")) }
    }
    let (addresses, address) = AsyncStream<String>.makeStream()
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    let server = HTTPServer(
      configuration: .init(host: "127.0.0.1", port: 0, threadCount: 2), handler: handler, logger: logger
    ) { url in address.yield(url) }
    let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
    let running = Task { try await group.run() }
    var iterator = addresses.makeAsyncIterator()
    let port = Int(try #require(await iterator.next()).split(separator: ":").last!)!

    try await withThrowingTaskGroup(of: Void.self) { clients in
      for client in 0..<32 {
        clients.addTask {
          let connection = try await ClientConnection.connect(port: port)
          let requests = (0..<20).map { ConnectionHarness.request("C\(client)R\($0)") }
          try await connection.send(
            requests.joined()
              + ConnectionHarness.request("Last\(client)", headers: "Connection: close\r\n"))
          let text = try await connection.untilClosed()
          var rest = text[...]
          for request in (0..<20) {
            let range = try #require(rest.firstRange(of: "{\"C\(client)R\(request)\":1}"))
            rest = rest[range.upperBound...]
          }
          #expect(rest.hasSuffix("{\"Last\(client)\":1}"))
        }
      }
      try await clients.waitForAll()
    }
    await group.triggerGracefulShutdown()
    try await running.value
  }
}
