import NIOCore
import NIOPosix

/// A plain TCP client of a test.
struct ClientConnection {
  private let channel: any Channel
  private let received: EventLoopFuture<ByteBuffer>

  static func connect(port: Int) async throws -> ClientConnection {
    let group = MultiThreadedEventLoopGroup.singleton
    let promise = group.any().makePromise(of: ByteBuffer.self)
    do {
      let channel = try await ClientBootstrap(group: group)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(Collector(promise: promise))
          }
        }
        .connect(host: "127.0.0.1", port: port).get()
      return ClientConnection(channel: channel, received: promise.futureResult)
    } catch {
      promise.fail(error)
      throw error
    }
  }

  func send(_ text: String) async throws {
    try await channel.writeAndFlush(ByteBuffer(string: text))
  }

  /// Everything the server sent until it closed the connection.
  func untilClosed() async throws -> String {
    String(buffer: try await received.get())
  }

  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let promise: EventLoopPromise<ByteBuffer>
    private var bytes = ByteBuffer()

    init(promise: EventLoopPromise<ByteBuffer>) {
      self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      bytes.writeImmutableBuffer(unwrapInboundIn(data))
    }

    func channelInactive(context: ChannelHandlerContext) {
      promise.succeed(bytes)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      promise.fail(error)
      context.close(promise: nil)
    }
  }
}
