import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Asks a server over HTTP/1.1, one request at a time and each on a connection of its own: whoever asks waits for a
/// person or a second far longer than for a connection. There is no TLS.
///
/// A promise for the answer belongs to the handler of one connection, which keeps it when it is removed at the latest:
/// names that don't resolve make no connection and no promise, and of several connections that are tried at once each
/// has its own.
package struct HTTPClient: Sendable {
  package let endpoint: Endpoint

  private static let connectSecondsMax: Int64 = 10
  private static let answerSecondsMax: Int64 = 60
  /// The largest page of items, with what JSON adds.
  fileprivate static let answerBytesMax = 64 << 20

  /// Why there is no answer, in words for a person.
  package struct Failure: Error, Equatable {
    package var reason: String

    package init(reason: String) {
      self.reason = reason
    }
  }

  /// An answer, whole, whatever its status.
  package struct Answer: Sendable {
    package var status = 0
    package var body: [UInt8] = []
  }

  package init(_ endpoint: Endpoint) {
    self.endpoint = endpoint
  }

  package func get(_ path: String) async throws(Failure) -> Answer {
    try await ask(.GET, path, headers: [:], body: [])
  }

  package func post(
    _ path: String, headers: KeyValuePairs<String, String>, body: [UInt8]
  ) async throws(Failure) -> Answer {
    try await ask(.POST, path, headers: headers, body: body)
  }

  private func ask(
    _ method: HTTPMethod, _ path: String, headers: KeyValuePairs<String, String>, body: [UInt8]
  ) async throws(Failure) -> Answer {
    var head = HTTPRequestHead(version: .http1_1, method: method, uri: path)
    head.headers.add(name: "Host", value: endpoint.authority)
    head.headers.add(name: "Connection", value: "close")
    for (name, value) in headers { head.headers.add(name: name, value: value) }
    if !body.isEmpty { head.headers.add(name: "Content-Length", value: "\(body.count)") }
    do {
      let exchange = try await connect()
      let channel = exchange.channel
      defer { channel.close(promise: nil) }
      channel.write(HTTPClientRequestPart.head(head), promise: nil)
      if !body.isEmpty {
        channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
      }
      channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
      return try await exchange.answer.get()
    } catch {
      throw Failure(error)
    }
  }

  private struct Exchange: Sendable {
    var channel: any Channel
    var answer: EventLoopFuture<Answer>
  }

  private func connect() async throws -> Exchange {
    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connectTimeout(.seconds(Self.connectSecondsMax))
      .connect(host: endpoint.host, port: endpoint.port) { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHTTPClientHandlers()
          let handler = AnswerHandler(on: channel.eventLoop, secondsMax: Self.answerSecondsMax)
          try pipeline.addHandler(handler)
          return Exchange(channel: channel, answer: handler.answer)
        }
      }
  }
}

extension HTTPClient.Failure {
  /// The reason alone: the operating system's words where it gave one, and one of several addresses'.
  fileprivate init(_ error: any Error) {
    switch error {
    case let failure as Self: self = failure
    case let error as IOError: self.init(reason: describe(errno: error.errnoCode))
    case let error as NIOConnectionError:
      guard let last = error.connectionErrors.last else {
        self.init(reason: "the name is not known")
        return
      }
      self.init(last.error)
    case ChannelError.connectTimeout: self.init(reason: describe(errno: ETIMEDOUT))
    case is HTTPParserError: self.init(reason: "it does not speak HTTP")
    default: self.init(reason: "\(error)")
    }
  }
}

/// Gathers the answer of one request.
private final class AnswerHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  private let promise: EventLoopPromise<HTTPClient.Answer>
  private let secondsMax: Int64
  private var gathered = HTTPClient.Answer()
  private var timeout: Scheduled<Void>?

  init(on loop: any EventLoop, secondsMax: Int64) {
    promise = loop.makePromise()
    self.secondsMax = secondsMax
  }

  var answer: EventLoopFuture<HTTPClient.Answer> { promise.futureResult }

  func handlerAdded(context: ChannelHandlerContext) {
    let promise = promise
    timeout = context.eventLoop.scheduleTask(in: .seconds(secondsMax)) {
      promise.fail(HTTPClient.Failure(reason: "no answer came in time"))
    }
  }

  /// However a connection ends, this is the last that happens to it. A promise takes the first of what it is told.
  func handlerRemoved(context: ChannelHandlerContext) {
    timeout?.cancel()
    promise.fail(HTTPClient.Failure(reason: "the connection was closed"))
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): gathered.status = Int(head.status.code)
    case .body(let buffer):
      guard gathered.body.count + buffer.readableBytes <= HTTPClient.answerBytesMax else {
        promise.fail(
          HTTPClient.Failure(reason: "the answer is larger than \(HTTPClient.answerBytesMax) bytes"))
        return context.close(promise: nil)
      }
      gathered.body.append(contentsOf: buffer.readableBytesView)
    case .end: promise.succeed(gathered)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
    context.close(promise: nil)
  }
}
