import FlywheelServer
import NIOCore
import Testing

@Suite struct TimeoutTests {
  private func limits() -> ServerLimits {
    var limits = ServerLimits()
    limits.idleSecondsMax = 10
    limits.requestSecondsMax = 5
    limits.lingerSecondsMax = 2
    limits.unreadResponseSecondsMax = 3
    return limits
  }

  @Test func anIdleConnectionIsClosed() throws {
    let connection = try ConnectionHarness(limits: limits())
    connection.advance(seconds: 10)
    #expect(!connection.isClosed)
    connection.advance(seconds: 1)
    #expect(connection.isClosed)
    #expect(connection.shared.connectionCount == 0)
  }

  @Test func aConnectionInUseIsNotIdle() throws {
    let connection = try ConnectionHarness(limits: limits(), answersInline: true)
    for _ in 0..<5 {
      connection.advance(seconds: 8)
      try connection.sendRequest("GetItem")
    }
    #expect(!connection.isClosed)
    connection.advance(seconds: 11)
    #expect(connection.isClosed)
  }

  @Test func headersThatDribbleInAreIdleTime() throws {
    let connection = try ConnectionHarness(limits: limits())
    try connection.send("POST / HTTP/1.1\r\n")
    for _ in 0..<11 {
      connection.advance(seconds: 1)
      guard !connection.isClosed else { break }
      try connection.send("A: b\r\n")
    }
    #expect(connection.isClosed)
  }

  @Test func aBodyThatDoesNotEndIsAnsweredAndTheConnectionEnds() throws {
    let connection = try ConnectionHarness(limits: limits())
    try connection.send(String(ConnectionHarness.request("PutItem", body: "0123456789").dropLast(3)))
    connection.advance(seconds: 5)
    #expect(try connection.received().isEmpty)
    connection.advance(seconds: 1)
    let text = try connection.received()
    #expect(text.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
    #expect(text.contains("Connection: close"))
    connection.advance(seconds: 3)
    #expect(connection.isClosed, "it does not wait for the client for ever")
  }

  @Test func theDatabaseMayTakeItsTime() throws {
    let connection = try ConnectionHarness(limits: limits())
    try connection.sendRequest("Scan")
    connection.advance(seconds: 100)
    #expect(!connection.isClosed)
    connection.backend.answer(0, "{}")
    #expect(try connection.received().hasSuffix("{}"))
  }

  @Test func aClientThatDoesNotReadIsDisconnected() throws {
    let connection = try ConnectionHarness(limits: limits(), answersInline: true)
    connection.setClientReads(false)
    connection.advance(seconds: 3)
    #expect(!connection.isClosed)
    connection.advance(seconds: 1)
    #expect(connection.isClosed)
  }
}
