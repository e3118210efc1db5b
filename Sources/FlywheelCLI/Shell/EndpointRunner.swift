import DynamoProtocol
import Flywheel
import NIOCore
import NIOHTTP1
import NIOPosix

/// Runs statements at an endpoint with the DynamoDB API, over HTTP.
///
/// One request at a time, each on a connection of its own: a shell waits for a person far longer than for a
/// connection. Requests carry a signature that is none, which is enough for a server that does not check
/// signatures; there is no TLS.
package struct EndpointRunner: StatementRunner {
  /// The answer of the largest page, its JSON included.
  private static let bodyBytesMax = 64 << 20
  private static let timeoutSeconds: Int64 = 60

  private let host: String
  private let port: Int

  /// - Parameter url: `http://host[:port]`.
  /// - Throws: what is wrong with it.
  package init(url: String) throws(ShellFailure) {
    guard url.hasPrefix("http://") else {
      throw ShellFailure("\(url) does not begin with http://, the only scheme that the shell speaks")
    }
    var authority = url.dropFirst("http://".count)
    while authority.last == "/" { authority.removeLast() }
    guard !authority.isEmpty, !authority.contains("/") else { throw ShellFailure("\(url) names no host") }
    let colon = authority.last == "]" ? nil : authority.lastIndex(of: ":")
    if let colon {
      guard let port = Int(authority[authority.index(after: colon)...]), (1...65_535).contains(port) else {
        throw ShellFailure("\(url) has no usable port")
      }
      self.port = port
      host = String(authority[..<colon].filter { $0 != "[" && $0 != "]" })
    } else {
      port = 80
      host = String(authority.filter { $0 != "[" && $0 != "]" })
    }
  }

  package func run(_ statement: String, nextToken: String?) async throws(ShellFailure) -> ShellPage {
    let body = try await ask(
      "ExecuteStatement",
      ClientJSON.executeStatement(statement, nextToken: nextToken, limit: ShellPage.itemsMax))
    let page = try decoded { () throws(ServiceError) in try ClientJSON.statementPage(body.span.bytes) }
    return ShellPage(items: page.items, nextToken: page.nextToken)
  }

  package func tableNames() async throws(ShellFailure) -> [String] {
    var names: [String] = []
    var last: String?
    repeat {
      let body = try await ask("ListTables", ClientJSON.listTables(after: last))
      let page = try decoded { () throws(ServiceError) in try ClientJSON.tableNames(body.span.bytes) }
      names += page.names
      last = page.last
    } while last != nil
    return names
  }

  private func decoded<Value>(_ body: () throws(ServiceError) -> Value) throws(ShellFailure) -> Value {
    do throws(ServiceError) {
      return try body()
    } catch {
      throw ShellFailure("the endpoint's answer makes no sense")
    }
  }

  /// Sends one request and waits for its answer.
  private func ask(_ operation: String, _ body: [UInt8]) async throws(ShellFailure) -> [UInt8] {
    let answer: HTTPAnswer
    do {
      answer = try await exchange(operation, body)
    } catch {
      throw ShellFailure("can't talk to \(host):\(port): \(Self.describe(error))")
    }
    guard answer.status == 200 else {
      let error = ClientJSON.error(answer.body.span.bytes)
      throw ShellFailure(
        error.type.isEmpty
          ? "the endpoint answers with status \(answer.status)"
          : error.message.isEmpty ? error.type : "\(error.type): \(error.message)")
    }
    return answer.body
  }

  /// The reason alone, where a connection was tried at several addresses.
  private static func describe(_ error: any Error) -> String {
    guard let connection = error as? NIOConnectionError else { return "\(error)" }
    if let last = connection.connectionErrors.last { return "\(last.error)" }
    return connection.dnsAError.map { "\($0)" } ?? "the name is not known"
  }

  private func exchange(_ operation: String, _ body: [UInt8]) async throws -> HTTPAnswer {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let promise = loop.makePromise(of: HTTPAnswer.self)
    let channel = try await ClientBootstrap(group: loop)
      .connectTimeout(.seconds(10))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(
            AnswerHandler(promise, bodyBytesMax: Self.bodyBytesMax, timeoutSeconds: Self.timeoutSeconds))
        }
      }
      .connect(host: host, port: port).get()
    var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
    head.headers.add(name: "Host", value: "\(host):\(port)")
    head.headers.add(name: "X-Amz-Target", value: "DynamoDB_20120810.\(operation)")
    head.headers.add(name: "Content-Type", value: "application/x-amz-json-1.0")
    head.headers.add(name: "Content-Length", value: "\(body.count)")
    head.headers.add(name: "Connection", value: "close")
    head.headers.add(
      name: "Authorization",
      value: "AWS4-HMAC-SHA256 Credential=shell/20260101/us-east-1/dynamodb/aws4_request, "
        + "SignedHeaders=host;x-amz-target, Signature=0")
    channel.write(HTTPClientRequestPart.head(head), promise: nil)
    channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    defer { channel.close(promise: nil) }
    return try await promise.futureResult.get()
  }
}

/// An answer, whole.
private struct HTTPAnswer: Sendable {
  var status = 0
  var body: [UInt8] = []
}

/// Gathers the answer of one request.
private final class AnswerHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  private enum Failure: Error, CustomStringConvertible {
    case tooLarge, closed, timeout

    var description: String {
      switch self {
      case .tooLarge: "the answer is too large"
      case .closed: "the connection was closed"
      case .timeout: "no answer came in time"
      }
    }
  }

  private let promise: EventLoopPromise<HTTPAnswer>
  private let bodyBytesMax: Int
  private let timeoutSeconds: Int64
  private var answer = HTTPAnswer()
  private var timeout: Scheduled<Void>?

  init(_ promise: EventLoopPromise<HTTPAnswer>, bodyBytesMax: Int, timeoutSeconds: Int64) {
    self.promise = promise
    self.bodyBytesMax = bodyBytesMax
    self.timeoutSeconds = timeoutSeconds
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let promise = promise
    timeout = context.eventLoop.scheduleTask(in: .seconds(timeoutSeconds)) { promise.fail(Failure.timeout) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): answer.status = Int(head.status.code)
    case .body(let buffer):
      guard answer.body.count + buffer.readableBytes <= bodyBytesMax else {
        promise.fail(Failure.tooLarge)
        return context.close(promise: nil)
      }
      answer.body.append(contentsOf: buffer.readableBytesView)
    case .end:
      timeout?.cancel()
      promise.succeed(answer)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    timeout?.cancel()
    promise.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    timeout?.cancel()
    promise.fail(Failure.closed)
  }
}
