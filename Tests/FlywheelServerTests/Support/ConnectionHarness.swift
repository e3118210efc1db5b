import DynamoProtocol
import FlywheelServer
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

/// One connection of a server, without a socket: a test writes request bytes in, gives the answers when it
/// likes, moves the clock and reads what the client would receive.
final class ConnectionHarness {
  let shared: ServerShared
  let loop: ServerLoop
  let channel: EmbeddedChannel
  let backend: Backend

  init(limits: ServerLimits = ServerLimits(), answersInline: Bool = false) throws {
    let backend = Backend(answersInline: answersInline)
    self.backend = backend
    shared = ServerShared(handler: backend.handler, limits: limits)
    let eventLoop = EmbeddedEventLoop()
    loop = ServerLoop(eventLoop: eventLoop, shared: shared)
    loop.start()
    channel = EmbeddedChannel(loop: eventLoop)
    try loop.configure(channel)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
  }

  /// The client sends `text`.
  func send(_ text: String) throws {
    try channel.writeInbound(ByteBuffer(string: text))
  }

  /// The client sends one whole request for an operation.
  func sendRequest(_ operation: String, body: String = "{}", headers: String = "") throws {
    try send(Self.request(operation, body: body, headers: headers))
  }

  static func request(_ operation: String, body: String = "{}", headers: String = "") -> String {
    """
    POST / HTTP/1.1\r
    Host: localhost\r
    X-Amz-Target: DynamoDB_20120810.\(operation)\r
    Content-Type: application/x-amz-json-1.0\r
    Content-Length: \(body.utf8.count)\r
    \(headers)\r
    \(body)
    """
  }

  /// What the client has received since the last call.
  func received() throws -> String {
    var text = ""
    while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
      text += String(buffer: buffer)
    }
    return text
  }

  /// Whether the client reads what it is sent, or lets it pile up.
  func setClientReads(_ reads: Bool) {
    channel.isWritable = reads
    channel.pipeline.fireChannelWritabilityChanged()
  }

  /// The client closes its side; it may still read.
  func endInput() {
    channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
  }

  func addFirst(_ handler: some ChannelHandler) throws {
    try channel.pipeline.syncOperations.addHandler(handler, position: .first)
  }

  func advance(seconds: Int) {
    channel.embeddedEventLoop.advanceTime(by: .seconds(Int64(seconds)))
  }

  var isClosed: Bool { !channel.isActive }
}

/// The layer below the server: notes each request and answers it when told.
final class Backend: Sendable {
  struct Call: Sendable {
    let target: String
    let bodyByteCount: Int
    let respond: RequestHandler.Respond
  }

  private let answersInline: Bool
  private let calls = Mutex<[Call]>([])

  init(answersInline: Bool) {
    self.answersInline = answersInline
  }

  var handler: RequestHandler {
    RequestHandler { target, body, respond in
      self.calls.withLock {
        $0.append(Call(target: target, bodyByteCount: body.byteCount, respond: respond))
      }
      if self.answersInline { respond(Self.response("{}")) }
    }
  }

  var targets: [String] { calls.withLock { $0.map(\.target) } }
  var bodyByteCounts: [Int] { calls.withLock { $0.map(\.bodyByteCount) } }

  /// Answers the call at `index`, in the order in which they came.
  func answer(_ index: Int, _ body: String) {
    let respond = calls.withLock { $0[index].respond }
    respond(Self.response(body))
  }

  static func response(_ body: String) -> WireResponse {
    WireResponse(status: 200, errorType: nil, body: Array(body.utf8))
  }
}
