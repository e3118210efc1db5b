import DynamoProtocol
import NIOCore
import NIOHTTP1

/// One client's connection: takes requests apart from the decoder, has them served one after the other,
/// and writes the answers.
///
/// **One request in service at a time.** HTTP lets a client send requests without waiting for answers
/// (pipelining), and lets a server work on them at once only if all are safe to repeat (RFC 9112 §9.3.2).
/// Every request of this API is a POST, so they are served strictly one after the other; that alone puts
/// the answers in order, and a client that sends a write and then a read of the same item gets what it
/// expects. More throughput is had from more connections, as every SDK does it.
///
/// **An answer may come at once or later.** The handler below answers on the spot when all that it needs is
/// in memory. Then nothing is queued, nothing is woken: read, serve, write happen in one call from the
/// socket. Otherwise the answer comes from another thread through the loop's mailbox.
///
/// **What holds a fast client back.** Reading stops while too many requests wait or while the client does
/// not read its answers; the kernel's buffers then fill and the client stops by itself. Serving stops, too,
/// while answers are not being read, so that a pipeline of large reads can't pile up in memory.
///
/// **How a connection ends.** With an answer that says `Connection: close`. If the client was still sending
/// when it was refused, only the output is closed at first, and input is thrown away for a while
/// (`lingering`): a socket that is closed with unread input resets the connection, and the client might
/// lose the very answer that told it what was wrong.
final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Phase {
    /// Takes requests.
    case open
    /// Takes no further request; ends after those it has.
    case finishing
    /// Has written its last answer; goes when that is sent and, if input was refused, the client has gone.
    case lingering
    case closed
  }

  /// The request that the handler below is working on.
  private struct Service {
    let number: UInt64
    let contentType: ContentType
    let budgetedBytes: Int
    let keepsAlive: Bool
    let isHTTP10: Bool
    let isHead: Bool
  }

  private let loop: ServerLoop
  private var context: ChannelHandlerContext!
  private var bound: NIOLoopBound<ConnectionHandler>!

  private var phase = Phase.open
  /// The request whose body is arriving.
  private var assembly: RequestAssembly?
  /// Complete requests that wait for the one in service.
  private var waiting = CircularBuffer<PendingRequest>()
  private var service: Service?
  private var lastRequestNumber: UInt64 = 0

  private var isServing = false
  private var isReading = false
  private var needsFlush = false
  /// A read that the channel asked for and that waits until there is room for its requests.
  private var holdsRead = false
  /// Input was refused, or came after what was said to be the last request.
  private var discardsInput = false
  private var inputIsClosed = false
  /// Every answer is with the kernel.
  private var answersAreSent = false
  /// `100 Continue` is to be sent when the answers before it are out.
  private var owesContinue = false

  /// The second in which the last request was answered, or the phase began.
  private var quietSince = 0
  /// The second since which the client has not read what it was sent.
  private var unwritableSince: Int?

  init(loop: ServerLoop) {
    self.loop = loop
  }

  private var limits: ServerLimits { loop.shared.limits }

  /// Nothing is in service, waiting or arriving.
  private var isQuiet: Bool { service == nil && waiting.isEmpty && assembly == nil }
}

// MARK: - Coming and going

extension ConnectionHandler {
  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    quietSince = loop.second
    loop.add(self)
    if loop.isDraining { finish() }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    giveUp()
    self.context = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    giveUp()
    context.fireChannelInactive()
  }

  private func giveUp() {
    guard phase != .closed else { return }
    phase = .closed
    dropAssembly()
    for request in waiting { loop.shared.budget.giveBack(request.budgetedBytes) }
    waiting.removeAll()
    if let service {
      // Its answer may still come; by its number it will be known as nobody's.
      loop.shared.budget.giveBack(service.budgetedBytes)
      self.service = nil
    }
    loop.shared.connections.leave()
    loop.remove(self)
    bound = nil
  }

  /// Ends the connection after the requests that have begun.
  func finish() {
    guard phase == .open else { return }
    phase = .finishing
    if isQuiet { end(with: ByteBuffer()) }
  }

  /// Ends the connection at once.
  func close() {
    guard phase != .closed else { return }
    context.close(promise: nil)
  }

  /// Ends the connection when `lastBytes`, and all before them, are sent.
  private func end(with lastBytes: ByteBuffer) {
    phase = .lingering
    quietSince = loop.second
    context.writeAndFlush(wrapOutboundOut(lastBytes)).assumeIsolated().whenComplete { _ in
      self.answersAreSent = true
      if !self.discardsInput || self.inputIsClosed {
        self.close()
      } else if self.phase != .closed {
        self.context.close(mode: .output, promise: nil)
      }
    }
    if holdsRead {
      holdsRead = false
      context.read()
    }
  }

  /// Called by the loop once a second.
  func checkTimeouts(second: Int) {
    if let since = unwritableSince, second - since > limits.unreadResponseSecondsMax {
      return close()
    }
    switch phase {
    case .open, .finishing:
      if let assembly, second - assembly.startedSecond > limits.requestSecondsMax {
        refuse(.requestTimeout)
      } else if isQuiet, second - quietSince > limits.idleSecondsMax {
        close()
      }
    case .lingering:
      if second - quietSince > limits.lingerSecondsMax { close() }
    case .closed:
      break
    }
  }
}

// MARK: - Requests in

extension ConnectionHandler {
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isReading = true
    switch unwrapInboundIn(data) {
    case .head(let head):
      begin(RequestHead(head))
    case .body(let part):
      if let answer = assembly?.append(part, limits: limits, budget: loop.shared.budget) {
        refuse(answer)
      }
    case .end:
      if let request = assembly?.finished() {
        assembly = nil
        enqueue(request)
      }
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    flushIfNeeded()
    context.fireChannelReadComplete()
  }

  private func begin(_ head: RequestHead) {
    guard phase == .open else {
      discardsInput = true
      return
    }
    if let length = head.contentLength, length > limits.requestBodyBytesMax {
      return refuse(.requestTooLarge)
    }
    assembly = RequestAssembly(head: head, startedSecond: loop.second)
    if head.expectsContinue {
      owesContinue = true
      sendContinueIfDue()
    }
  }

  private func sendContinueIfDue() {
    guard owesContinue, assembly != nil, service == nil, waiting.isEmpty else { return }
    owesContinue = false
    var buffer = context.channel.allocator.buffer(capacity: 32)
    buffer.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
    context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
  }

  private func enqueue(_ request: PendingRequest) {
    owesContinue = false
    if !request.keepsAlive || waiting.count >= 2 * limits.waitingRequestsMax {
      phase = .finishing
    }
    waiting.append(request)
    serveWaiting()
  }

  /// Answers a request that can't be taken, in its turn, and takes no other after it.
  private func refuse(_ answer: Answer) {
    guard phase == .open || assembly != nil else { return }
    discardsInput = true
    dropAssembly()
    enqueue(.refused(answer))
  }

  private func dropAssembly() {
    if let assembly { loop.shared.budget.giveBack(assembly.budgetedBytes) }
    assembly = nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case HTTPParserError.headerOverflow:
      refuse(.headersTooLarge)
    case is HTTPParserError:
      refuse(.badRequest)
    case ByteToMessageDecoderError.dataReceivedInErrorState:
      break  // more of what was refused already
    default:
      close()
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event {
      // The client sends no more, but may well wait for answers to what it has sent.
      inputIsClosed = true
      dropAssembly()
      finish()
      if phase == .lingering && answersAreSent { close() }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func read(context: ChannelHandlerContext) {
    if phase != .lingering && (waiting.count >= limits.waitingRequestsMax || !context.channel.isWritable) {
      holdsRead = true
    } else {
      context.read()
    }
  }
}

// MARK: - Answers out

extension ConnectionHandler {
  private func serveWaiting() {
    guard !isServing else { return }
    isServing = true
    while service == nil, phase != .closed, context.channel.isWritable, let request = waiting.popFirst() {
      serve(request)
    }
    isServing = false
    guard phase != .closed else { return }
    sendContinueIfDue()
    if holdsRead && waiting.count < limits.waitingRequestsMax && context.channel.isWritable {
      holdsRead = false
      context.read()
    }
  }

  private func serve(_ request: PendingRequest) {
    lastRequestNumber += 1
    let number = lastRequestNumber
    service = Service(
      number: number, contentType: request.contentType, budgetedBytes: request.budgetedBytes,
      keepsAlive: request.keepsAlive, isHTTP10: request.isHTTP10, isHead: request.isHead)
    switch request.work {
    case .answered(let answer):
      finishService(with: answer)
    case .operation(let target, let body):
      // The one allocation that the server makes to have a request served: what it takes to find back.
      let mailbox = loop.mailbox
      let bound = bound!
      let eventLoop = loop.eventLoop
      loop.shared.handler.handle(target, body.readableBytesSpan) { response in
        if eventLoop.inEventLoop {
          bound.value.respond(response, to: number)
        } else {
          mailbox.post(.init(connection: bound, requestNumber: number, response: response))
        }
      }
    }
  }

  /// Takes the response to the request `number`, on the loop. A response that nobody waits for any more,
  /// because the client has gone, is dropped.
  func respond(_ response: WireResponse, to number: UInt64) {
    guard let service, service.number == number else { return }
    finishService(with: Answer(response, contentType: service.contentType))
  }

  private func finishService(with answer: Answer) {
    guard let service = service.take() else { return }
    loop.shared.budget.giveBack(service.budgetedBytes)
    quietSince = loop.second
    let isLast = phase == .finishing && isQuiet
    let framing = ResponseWriter.Framing(
      closes: isLast, isHTTP10: service.isHTTP10, omitsBody: service.isHead)
    let buffer = loop.writer.write(answer, framing: framing, allocator: context.channel.allocator)
    if isLast {
      return end(with: buffer)
    }
    context.write(wrapOutboundOut(buffer), promise: nil)
    needsFlush = true
    serveWaiting()
    if !isReading { flushIfNeeded() }
  }

  private func flushIfNeeded() {
    guard needsFlush, phase != .closed else { return }
    needsFlush = false
    context.flush()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      unwritableSince = nil
      serveWaiting()
      if !isReading { flushIfNeeded() }
    } else {
      unwritableSince = loop.second
    }
    context.fireChannelWritabilityChanged()
  }
}
