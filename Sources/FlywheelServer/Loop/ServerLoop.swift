package import NIOCore
import NIOHTTP1
import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What all connections of a server share, whichever loop they are on.
package struct ServerShared: Sendable {
  let handler: RequestHandler
  let limits: ServerLimits
  let budget: BodyBudget
  let connections: ConnectionCount

  package init(handler: RequestHandler, limits: ServerLimits) {
    self.handler = handler
    self.limits = limits
    budget = BodyBudget(bytesMax: limits.bufferedBodyBytesMax)
    connections = ConnectionCount()
  }

  /// What large bodies hold of their common budget now.
  package var bufferedBodyBytes: Int { budget.takenBytes }

  /// How many connections are open.
  package var connectionCount: Int { connections.current }
}

/// How many connections are open.
final class ConnectionCount: Sendable {
  private let count = Atomic<Int>(0)

  /// Counts one more; false, and nothing counted, when there are `max` already.
  func enter(max: Int) -> Bool {
    if count.add(1, ordering: .relaxed).newValue <= max { return true }
    leave()
    return false
  }

  func leave() {
    count.subtract(1, ordering: .relaxed)
  }

  var current: Int { count.load(ordering: .relaxed) }
}

/// What the connections of one event loop share: the clock of seconds, the response writer, the mailbox.
///
/// Everything here belongs to the loop's thread. Time-outs are counted in the loop's own seconds: once a
/// second the loop looks at each of its connections. A timer a connection would have to be set or moved
/// with every request; this way a request reads no clock at all, and its `Date` is ready made.
package final class ServerLoop {
  let eventLoop: any EventLoop
  let shared: ServerShared
  let mailbox: ResponseMailbox
  var writer: ResponseWriter
  /// Seconds since the loop began.
  private(set) var second = 0

  private var connections: [ObjectIdentifier: ConnectionHandler] = [:]
  private var ticker: RepeatedTask?
  private var drained: EventLoopPromise<Void>?

  package init(eventLoop: any EventLoop, shared: ServerShared) {
    self.eventLoop = eventLoop
    self.shared = shared
    mailbox = ResponseMailbox(eventLoop: eventLoop)
    writer = ResponseWriter(seed: .random(in: .min ... .max), secondsSince1970: Self.secondsSince1970())
  }

  /// Starts the loop's clock.
  package func start() {
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    ticker = eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
      bound.value.tick()
    }
  }

  /// Gives a new connection its handlers: the decoder, bounded by the limits, and one that serves; or, when
  /// there are too many connections, one that says so.
  package func configure(_ channel: any Channel) throws {
    guard shared.connections.enter(max: shared.limits.connectionsMax) else {
      return try channel.pipeline.syncOperations.addHandler(RefusalHandler(loop: self))
    }
    var bounds = NIOHTTPDecoderLimitConfiguration()
    bounds.maxHeaderFieldSize = shared.limits.headerFieldBytesMax
    bounds.maxHeaderListSize = shared.limits.headersBytesMax
    bounds.maxHeaderFieldCount = shared.limits.headerCountMax
    let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: bounds)
    try channel.pipeline.syncOperations.addHandlers([
      ByteToMessageHandler(decoder), ConnectionHandler(loop: self),
    ])
  }

  private func tick() {
    second += 1
    writer.setTime(secondsSince1970: Self.secondsSince1970())
    for connection in Array(connections.values) {
      connection.checkTimeouts(second: second)
    }
  }

  var isDraining: Bool { drained != nil }

  func add(_ connection: ConnectionHandler) {
    connections[ObjectIdentifier(connection)] = connection
  }

  func remove(_ connection: ConnectionHandler) {
    connections[ObjectIdentifier(connection)] = nil
    if connections.isEmpty { finishDrain() }
  }

  /// Ends every connection after the requests it has begun; the result comes when none is left. Those
  /// that are left after `ServerLimits.drainSecondsMax` are closed as they are.
  package func drain() -> EventLoopFuture<Void> {
    let promise = eventLoop.makePromise(of: Void.self)
    drained = promise
    for connection in Array(connections.values) {
      connection.finish()
    }
    if connections.isEmpty {
      finishDrain()
    } else {
      let bound = NIOLoopBound(self, eventLoop: eventLoop)
      let deadline = eventLoop.scheduleTask(in: .seconds(Int64(shared.limits.drainSecondsMax))) {
        bound.value.closeAll()
      }
      promise.futureResult.whenComplete { _ in deadline.cancel() }
    }
    return promise.futureResult
  }

  private func closeAll() {
    for connection in Array(connections.values) {
      connection.close()
    }
  }

  private func finishDrain() {
    guard let promise = drained else { return }
    ticker?.cancel()
    ticker = nil
    promise.succeed(())
  }

  private static func secondsSince1970() -> Int {
    time(nil)
  }
}
