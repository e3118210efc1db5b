import NIOCore

/// Answers a connection that is one too many, and closes it.
final class RefusalHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let loop: ServerLoop

  init(loop: ServerLoop) {
    self.loop = loop
  }

  func channelActive(context: ChannelHandlerContext) {
    let framing = ResponseWriter.Framing(closes: true, isHTTP10: false, omitsBody: false)
    let buffer = loop.writer.write(.overloaded, framing: framing, allocator: context.channel.allocator)
    context.writeAndFlush(wrapOutboundOut(buffer)).assumeIsolated().whenComplete { _ in
      context.close(promise: nil)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
