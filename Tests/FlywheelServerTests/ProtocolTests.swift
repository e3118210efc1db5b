import FlywheelServer
import NIOCore
import Testing

@Suite struct ProtocolTests {
  @Test func aResponseHasTheServicesHeaders() throws {
    let connection = try ConnectionHarness()
    try connection.sendRequest("GetItem")
    connection.backend.answer(0, #"{"Item":{}}"#)
    let text = try connection.received()
    let head = text.prefix(upTo: text.firstRange(of: "\r\n\r\n")!.lowerBound)
    let lines = head.split(separator: "\r\n").map(String.init)
    #expect(lines[0] == "HTTP/1.1 200 OK")
    #expect(lines[1] == "Server: Server")
    #expect(lines[2].hasPrefix("Date: ") && lines[2].hasSuffix(" GMT"))
    #expect(lines[3] == "Content-Type: application/x-amz-json-1.0")
    #expect(lines[4] == "Content-Length: 11")
    let identifier = lines[5].dropFirst("x-amzn-RequestId: ".count)
    #expect(identifier.count == 52)
    #expect(identifier.allSatisfy { $0.isNumber || ("A"..."V").contains($0) })
    #expect(lines[6] == "x-amz-crc32: \(crc32(#"{"Item":{}}"#.utf8))")
    #expect(lines.count == 7)
  }

  @Test func identifiersDiffer() throws {
    let connection = try ConnectionHarness(answersInline: true)
    try connection.send(String(repeating: ConnectionHarness.request("GetItem"), count: 50))
    let identifiers = try connection.received().split(separator: "x-amzn-RequestId: ").dropFirst()
      .map { $0.prefix(52) }
    #expect(Set(identifiers).count == 50)
  }

  @Test(arguments: [
    ("application/x-amz-json-1.1", "application/x-amz-json-1.1"),
    ("application/json", "application/json"),
    ("application/json; charset=utf-8", "application/json"),
    ("application/x-amz-json-1.0 ;x", "application/x-amz-json-1.0"),
  ])
  func theContentTypeIsTheRequests(_ sent: String, _ expected: String) throws {
    let connection = try ConnectionHarness(answersInline: true)
    try connection.send(
      "POST / HTTP/1.1\r\nContent-Type: \(sent)\r\nContent-Length: 2\r\n\r\n{}")
    #expect(try connection.received().contains("Content-Type: \(expected)\r\n"))
  }

  // Behaviour and body as dynalite's suite records them of the service (test "connection").
  @Test(arguments: [
    "PUT / HTTP/1.1\r\n\r\n", "DELETE / HTTP/1.1\r\n\r\n", "OPTIONS / HTTP/1.1\r\n\r\n",
    "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi",
    "POST / HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
    "POST / HTTP/1.1\r\nContent-Type: application/jsonx\r\nContent-Length: 2\r\n\r\n{}",
  ])
  func otherMethodsAndTypesAreUnknown(_ request: String) throws {
    let connection = try ConnectionHarness()
    try connection.send(request)
    let text = try connection.received()
    #expect(text.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
    #expect(text.hasSuffix("\r\n\r\n<UnknownOperationException/>\n"))
    #expect(!connection.isClosed)
  }

  @Test func healthIsAnsweredToGetAndHead() throws {
    let connection = try ConnectionHarness()
    try connection.send("GET / HTTP/1.1\r\n\r\n")
    #expect(try connection.received().hasSuffix("\r\n\r\nhealthy: dynamodb.us-east-1.amazonaws.com "))
    try connection.send("HEAD / HTTP/1.1\r\n\r\n")
    let text = try connection.received()
    #expect(text.contains("Content-Length: 42\r\n"))
    #expect(text.hasSuffix("\r\n\r\n"))
  }

  @Test func theChecksumsOfTheServersOwnAnswersAreRight() throws {
    for request in [
      "GET / HTTP/1.1\r\n\r\n", "PUT / HTTP/1.1\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", "?\r\n\r\n",
    ] {
      let connection = try ConnectionHarness()
      try? connection.send(request)
      let text = try connection.received()
      let body = text[text.firstRange(of: "\r\n\r\n")!.upperBound...]
      #expect(text.contains("x-amz-crc32: \(crc32(body.utf8))\r\n"), "\(request)")
    }
    var limits = ServerLimits()
    limits.connectionsMax = 0
    let refused = try ConnectionHarness(limits: limits).received()
    let body = refused[refused.firstRange(of: "\r\n\r\n")!.upperBound...]
    #expect(refused.contains("x-amz-crc32: \(crc32(body.utf8))\r\n"))
  }

  @Test func aClientThatAsksFirstIsToldToGoOn() throws {
    let connection = try ConnectionHarness()
    let request = ConnectionHarness.request("PutItem", headers: "Expect: 100-continue\r\n")
    try connection.send(String(request.dropLast(2)))
    #expect(try connection.received() == "HTTP/1.1 100 Continue\r\n\r\n")
    try connection.send("{}")
    connection.backend.answer(0, "{}")
    #expect(try connection.received().hasSuffix("{}"))
  }

  @Test func goingOnIsSaidAfterTheAnswersBeforeIt() throws {
    let connection = try ConnectionHarness()
    try connection.sendRequest("One")
    let request = ConnectionHarness.request("Two", headers: "Expect: 100-continue\r\n")
    try connection.send(String(request.dropLast(2)))
    #expect(try connection.received().isEmpty)
    connection.backend.answer(0, "{}")
    #expect(try connection.received().hasSuffix("{}HTTP/1.1 100 Continue\r\n\r\n"))
  }

  @Test func connectionsEndAsTheClientSays() throws {
    let asks = try ConnectionHarness(answersInline: true)
    try asks.sendRequest("GetItem", headers: "Connection: close\r\n")
    #expect(try asks.received().contains("Connection: close\r\n"))
    #expect(asks.isClosed)

    let old = try ConnectionHarness(answersInline: true)
    try old.send("GET / HTTP/1.0\r\n\r\n")
    #expect(try old.received().contains("Connection: close\r\n"))
    #expect(old.isClosed)

    let oldAndStaying = try ConnectionHarness(answersInline: true)
    try oldAndStaying.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    #expect(try oldAndStaying.received().contains("Connection: keep-alive\r\n"))
    #expect(!oldAndStaying.isClosed)
  }

  @Test func aClientThatStopsSendingStillGetsItsAnswer() throws {
    let connection = try ConnectionHarness()
    try connection.sendRequest("PutItem")
    connection.endInput()
    #expect(!connection.isClosed)
    connection.backend.answer(0, "{}")
    #expect(try connection.received().hasSuffix("{}"))
    #expect(connection.isClosed)
  }

  @Test func datesAreThoseOfTheStandard() {
    let known: [(Int, String)] = [
      (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
      (951_827_696, "Tue, 29 Feb 2000 12:34:56 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
      (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 GMT"),
    ]
    for (seconds, text) in known {
      #expect(String(decoding: HTTPDate(secondsSince1970: seconds).bytes, as: UTF8.self) == text)
    }
  }
}

/// CRC-32 bit by bit, to hold the constants against.
private func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
  var crc: UInt32 = 0xFFFF_FFFF
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
  }
  return ~crc
}
