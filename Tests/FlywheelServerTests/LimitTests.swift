import FlywheelServer
import NIOCore
import Testing

@Suite struct LimitTests {
  @Test func aBodyThatIsAnnouncedTooLargeIsRefusedUnread() throws {
    var limits = ServerLimits()
    limits.requestBodyBytesMax = 1_000
    let connection = try ConnectionHarness(limits: limits)
    try connection.send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n")
    let text = try connection.received()
    #expect(text.hasPrefix("HTTP/1.1 413 Request Entity Too Large\r\n"))
    #expect(text.contains("Connection: close"))
    #expect(text.contains("RequestEntityTooLargeException"))
    #expect(connection.backend.targets.isEmpty)
  }

  @Test func aChunkedBodyIsRefusedWhenItGrowsTooLarge() throws {
    var limits = ServerLimits()
    limits.requestBodyBytesMax = 1_000
    let connection = try ConnectionHarness(limits: limits)
    try connection.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    let chunk = "200\r\n" + String(repeating: "x", count: 0x200) + "\r\n"
    try connection.send(chunk)
    #expect(try connection.received().isEmpty)
    try connection.send(chunk)
    #expect(try connection.received().hasPrefix("HTTP/1.1 413 "))
    try connection.send(chunk)
    #expect(try connection.received().isEmpty, "what follows is thrown away")
  }

  @Test func aBodyOfExactlyTheLimitIsServed() throws {
    var limits = ServerLimits()
    limits.requestBodyBytesMax = 200_000
    let connection = try ConnectionHarness(limits: limits)
    let body = String(repeating: "x", count: 200_000)
    let request = ConnectionHarness.request("PutItem", body: body)
    let half = request.index(request.startIndex, offsetBy: 100_000)
    try connection.send(String(request[..<half]))
    #expect(connection.shared.bufferedBodyBytes > 90_000)
    try connection.send(String(request[half...]))
    #expect(connection.backend.bodyByteCounts == [200_000])
    connection.backend.answer(0, "{}")
    #expect(try connection.received().hasSuffix("{}"))
    #expect(connection.shared.bufferedBodyBytes == 0)
  }

  @Test func largeBodiesShareOneBudget() throws {
    var limits = ServerLimits()
    limits.bufferedBodyBytesMax = 150_000
    let connection = try ConnectionHarness(limits: limits)
    try connection.send(
      ConnectionHarness.request("PutItem", body: String(repeating: "x", count: 200_000)))
    let text = try connection.received()
    #expect(text.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
    #expect(text.contains("com.amazon.coral.service#ServiceUnavailable"))
    #expect(connection.shared.bufferedBodyBytes == 0)
  }

  @Test func aClientThatGoesGivesItsBudgetBack() throws {
    let connection = try ConnectionHarness()
    let request = ConnectionHarness.request("PutItem", body: String(repeating: "x", count: 200_000))
    try connection.send(String(request.prefix(150_000)))
    #expect(connection.shared.bufferedBodyBytes > 65_536)
    try connection.channel.close().wait()
    #expect(connection.shared.bufferedBodyBytes == 0)
  }

  @Test func headersAreBounded() throws {
    var limits = ServerLimits()
    limits.headersBytesMax = 2_000
    limits.headerFieldBytesMax = 1_000
    limits.headerCountMax = 10
    for headers in [
      "A: " + String(repeating: "x", count: 1_500) + "\r\n",
      String(repeating: "A: \(String(repeating: "x", count: 400))\r\n", count: 6),
      String(repeating: "A: x\r\n", count: 20),
    ] {
      let connection = try ConnectionHarness(limits: limits)
      try? connection.send("POST / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n")
      let text = try connection.received()
      #expect(text.hasPrefix("HTTP/1.1 431 "), "\(headers.prefix(20)): \(text.prefix(60))")
    }
  }

  @Test func oneConnectionTooManyIsToldSo() throws {
    var limits = ServerLimits()
    limits.connectionsMax = 0
    let connection = try ConnectionHarness(limits: limits)
    #expect(try connection.received().hasPrefix("HTTP/1.1 503 "))
    #expect(connection.isClosed)
    #expect(connection.shared.connectionCount == 0)
  }

  @Test(arguments: [
    "\r\n\r\nGARBAGE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "POST / HTTP/1.1\r\nBad Header\r\n\r\n",
    "\u{16}\u{3}\u{1}\u{2}\u{0}", "POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
  ])
  func whatIsNotHTTPIsRefused(_ bytes: String) throws {
    let connection = try ConnectionHarness()
    try? connection.send(bytes)
    let text = try connection.received()
    #expect(text.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(text.prefix(60))")
    #expect(text.contains("Connection: close"))
    #expect(connection.backend.targets.isEmpty)
  }
}
