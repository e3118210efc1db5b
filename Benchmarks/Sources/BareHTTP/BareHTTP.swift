import NIOCore
import NIOHTTP1
import NIOPosix

/// An HTTP server that does nothing but HTTP: it answers every request with the body it was sent.
///
/// NIO's own decoder, encoder and pipelining handler, one handler behind them, as many event loops as
/// cores: what "HTTP in Swift" costs before any database. Its place is beside `flywheel serve` in
/// `Scripts/compare_http.py`.
@main
enum BareHTTP {
  static func main() async throws {
    let port = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 0
    let group = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
    let listener = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1_024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
          try channel.pipeline.syncOperations.addHandler(EchoHandler())
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    print("listening on http://127.0.0.1:\(listener.localAddress?.port ?? port)")
    FileOutput.flush()
    try await listener.closeFuture.get()
  }
}

/// Sends back the body of each request.
private final class EchoHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private var body = ByteBuffer()

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      body.clear()
    case .body(let part):
      if body.readableBytes == 0 {
        body = part
      } else {
        body.writeImmutableBuffer(part)
      }
    case .end:
      var head = HTTPResponseHead(version: .http1_1, status: .ok)
      head.headers.add(name: "Content-Type", value: "application/x-amz-json-1.0")
      head.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
      context.write(wrapOutboundOut(.head(head)), promise: nil)
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}
