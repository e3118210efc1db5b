import FlywheelServer
import NIOCore
import Testing

@Suite struct PipeliningTests {
  @Test func answersComeInTheOrderOfTheRequests() throws {
    let connection = try ConnectionHarness()
    try connection.send(
      ConnectionHarness.request("One") + ConnectionHarness.request("Two") + ConnectionHarness.request("Three")
    )
    for (index, name) in ["One", "Two", "Three"].enumerated() {
      // RFC 9112 §9.3.2: requests that are not safe are served one after the other.
      #expect(connection.backend.targets.count == index + 1)
      #expect(connection.backend.targets.last == "DynamoDB_20120810.\(name)")
      connection.backend.answer(index, "{\"n\":\(index)}")
      let text = try connection.received()
      #expect(text.hasSuffix("\r\n\r\n{\"n\":\(index)}"))
      #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
    }
    #expect(!connection.isClosed)
  }

  @Test func answersGivenAtOnceNeedNoWaiting() throws {
    let connection = try ConnectionHarness(answersInline: true)
    try connection.send(String(repeating: ConnectionHarness.request("GetItem"), count: 100))
    #expect(connection.backend.targets.count == 100)
    #expect(try connection.received().components(of: "HTTP/1.1 200 OK") == 100)
  }

  @Test func aHealthCheckBehindARequestWaitsForIt() throws {
    let connection = try ConnectionHarness()
    try connection.send(ConnectionHarness.request("One") + "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(try connection.received().isEmpty)
    connection.backend.answer(0, "{}")
    let text = try connection.received()
    #expect(text.contains("{}HTTP/1.1 200 OK"))
    #expect(text.hasSuffix("healthy: dynamodb.us-east-1.amazonaws.com "))
  }

  @Test func readingStopsWhileManyRequestsWaitAndGoesOn() throws {
    var limits = ServerLimits()
    limits.waitingRequestsMax = 4
    let connection = try ConnectionHarness(limits: limits)
    let reads = ReadCounter()
    try connection.addFirst(reads)

    try connection.send(String(repeating: ConnectionHarness.request("PutItem"), count: 4))
    connection.channel.read()
    #expect(reads.count == 1, "one in service and three waiting: still reading")
    try connection.send(ConnectionHarness.request("PutItem"))
    connection.channel.read()
    #expect(reads.count == 1, "four waiting: the read is held back")
    connection.backend.answer(0, "{}")
    #expect(reads.count == 2, "one was answered: the read that was held back goes on")
  }

  @Test func aConnectionThatFloodsIsClosedAfterWhatItMaySend() throws {
    var limits = ServerLimits()
    limits.waitingRequestsMax = 2
    let connection = try ConnectionHarness(limits: limits)
    try connection.send(String(repeating: ConnectionHarness.request("PutItem"), count: 50))
    var answered = 0
    while answered < connection.backend.targets.count {
      connection.backend.answer(answered, "{}")
      answered += 1
    }
    #expect(answered == 6, "one in service, twice two waiting, and the one that was too many")
    #expect(try connection.received().contains("Connection: close"))
  }

  @Test func nothingIsServedWhileTheClientDoesNotRead() throws {
    let connection = try ConnectionHarness(answersInline: true)
    connection.setClientReads(false)
    try connection.sendRequest("Scan")
    #expect(connection.backend.targets.isEmpty)
    connection.setClientReads(true)
    #expect(connection.backend.targets.count == 1)
    #expect(try connection.received().hasSuffix("{}"))
  }

  @Test func anAnswerGivenTwiceIsSentOnce() throws {
    let connection = try ConnectionHarness()
    try connection.sendRequest("One")
    try connection.sendRequest("Two")
    connection.backend.answer(0, "{\"first\":1}")
    connection.backend.answer(0, "{\"again\":1}")
    #expect(try !connection.received().contains("again"))
    connection.backend.answer(1, "{\"second\":2}")
    #expect(try connection.received().hasSuffix("{\"second\":2}"))
  }

  @Test func anAnswerForAClientThatHasGoneIsDropped() throws {
    let connection = try ConnectionHarness()
    try connection.sendRequest("One")
    try connection.channel.close().wait()
    connection.backend.answer(0, "{}")
    #expect(connection.shared.connectionCount == 0)
  }
}

/// Counts the reads that reach the socket.
private final class ReadCounter: ChannelOutboundHandler {
  typealias OutboundIn = Never
  var count = 0

  func read(context: ChannelHandlerContext) {
    count += 1
    context.read()
  }
}

extension String {
  /// How often `part` occurs.
  func components(of part: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(of: part) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
