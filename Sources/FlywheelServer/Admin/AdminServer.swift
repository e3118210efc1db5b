import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// The admin port: one thread of its own, on which requests are served one after the other and may wait for the disk,
/// since nobody else's do.
///
/// It is made of NIO's HTTP pieces, as the data plane is, with NIO's own encoder and pipelining: the handful of paths
/// needs no framework (Docs/Decisions/0045).
///
/// **Who may ask.** Nothing is authenticated, so it listens on loopback unless told otherwise. A page in a browser on
/// this machine must not get through either: a request that changes something must say that its body is JSON, which a
/// page can't do across origins without asking first; and on loopback the `Host` must be one of loopback's own names,
/// so that a name that someone points at 127.0.0.1 leads nowhere.
package struct AdminServer: Service {
  private let group: MultiThreadedEventLoopGroup
  private let listener: any Channel
  /// The URL that leads there.
  package let url: String

  private init(group: MultiThreadedEventLoopGroup, listener: any Channel, url: String) {
    self.group = group
    self.listener = listener
    self.url = url
  }

  /// Begins to serve `api`. A port of 0 lets the system choose.
  ///
  /// Throws a `ListenError` when the address can't be listened on.
  package static func start(host: String, port: Int, api: AdminAPI, isLoopback: Bool) async throws
    -> AdminServer
  {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let connections = ConnectionCount()
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard connections.enter(max: AdminHandler.connectionsMax) else {
            throw ChannelError.operationUnsupported
          }
          channel.closeFuture.whenComplete { _ in connections.leave() }
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(AdminHandler.idleSecondsMax)))
          try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
          try pipeline.addHandler(AdminHandler(api: api, isLoopback: isLoopback))
        }
      }
    do {
      let listener = try await bootstrap.bind(host: host, port: port).get()
      let name = host.contains(":") ? "[\(host)]" : host
      return AdminServer(
        group: group, listener: listener, url: "http://\(name):\(listener.localAddress?.port ?? port)")
    } catch {
      try? await group.shutdownGracefully()
      throw ListenError(error, host: host, port: port)
    }
  }

  /// Serves until the service group shuts down or is cancelled, as it is when the API's port can't be had; then all
  /// connections are closed.
  package func run() async throws {
    await withTaskCancellationOrGracefulShutdownHandler {
      try? await listener.closeFuture.get()
    } onCancelOrGracefulShutdown: {
      listener.close(promise: nil)
    }
    try await group.shutdownGracefully()
  }
}

/// Serves the requests of one connection to the admin port.
private final class AdminHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  static let connectionsMax = 64
  static let idleSecondsMax: Int64 = 75
  private static let bodyBytesMax = 1 << 20

  private let api: AdminAPI
  private let isLoopback: Bool
  private var head: HTTPRequestHead?
  private var body = ByteBuffer()
  private var isTooLarge = false

  init(api: AdminAPI, isLoopback: Bool) {
    self.api = api
    self.isLoopback = isLoopback
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body.clear()
      isTooLarge = false
    case .body(var part):
      isTooLarge = isTooLarge || body.readableBytes + part.readableBytes > Self.bodyBytesMax
      if !isTooLarge { body.writeBuffer(&part) }
    case .end:
      guard let head else { return }
      self.head = nil
      send(answer(to: head), to: head, context)
    }
  }

  private func answer(to head: HTTPRequestHead) -> AdminResponse {
    if isTooLarge {
      return AdminFault(status: 413, message: "the body is larger than \(Self.bodyBytesMax) bytes").response
    }
    if isLoopback, !Self.isLoopbackName(head.headers.first(name: "host")) {
      return AdminFault(status: 403, message: "the Host is not this machine's own").response
    }
    let bytes = Array(body.readableBytesView)
    let type = head.headers.first(name: "content-type")?.lowercased() ?? ""
    if !bytes.isEmpty, !type.hasPrefix("application/json") {
      return AdminFault(status: 415, message: "the body must be application/json").response
    }
    return api.respond(to: AdminRequest(head.method.rawValue, head.uri, body: bytes))
  }

  private func send(_ answer: AdminResponse, to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    var headers = HTTPHeaders()
    headers.add(name: "content-type", value: answer.contentType)
    headers.add(name: "content-length", value: "\(answer.body.count)")
    headers.add(name: "cache-control", value: "no-store")
    if !head.isKeepAlive { headers.add(name: "connection", value: "close") }
    let response = HTTPResponseHead(
      version: head.version, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
    context.write(wrapOutboundOut(.head(response)), promise: nil)
    if head.method != .HEAD {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
    }
    let sent = context.writeAndFlush(wrapOutboundOut(.end(nil)))
    if !head.isKeepAlive { sent.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  /// Whether a `Host` header is one that only this machine's own clients have reason to send.
  static func isLoopbackName(_ host: String?) -> Bool {
    guard let host else { return false }
    if host.hasPrefix("[::1]") { return true }
    let name = host.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)[0]
    let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
    return name == "localhost"
      || (numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil })
  }
}
