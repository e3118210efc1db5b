package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The API over HTTP/1.1: listens, gives each connection its handlers, and drains when it is told to stop.
///
/// The way of one request: the socket's bytes come to `HTTPRequestDecoder` on an event loop;
/// `ConnectionHandler` puts the parts together and calls `RequestHandler`; the response comes back inline or
/// through the loop's `ResponseMailbox`; `ResponseWriter` makes its bytes. All of it is channel handlers, no
/// tasks: at 64 connections NIO's async channels were measured to serve two thirds as much, frameworks half.
package struct HTTPServer: Service {
  /// Where the server listens and with how many threads.
  package struct Configuration: Sendable {
    /// An address or a name that resolves to one.
    package var host: String
    /// 0 lets the system choose.
    package var port: Int
    /// Event loops, each a thread.
    package var threadCount: Int
    package var limits = ServerLimits()

    package init(host: String, port: Int, threadCount: Int = System.coreCount) {
      self.host = host
      self.port = port
      self.threadCount = threadCount
    }
  }

  private let configuration: Configuration
  private let handler: RequestHandler
  private let logger: Logger
  private let onListening: @Sendable (_ url: String) -> Void

  /// Connections that the kernel completes and keeps before they are accepted.
  private static let backlogCount: Int32 = 1_024

  /// `onListening` is called once, when connections are taken, with the URL that leads there.
  package init(
    configuration: Configuration, handler: RequestHandler, logger: Logger,
    onListening: @escaping @Sendable (_ url: String) -> Void
  ) {
    self.configuration = configuration
    self.handler = handler
    self.logger = logger
    self.onListening = onListening
  }

  /// Serves until the service group shuts down gracefully; returns when every connection has ended.
  ///
  /// Throws a `ListenError` when the address can't be listened on.
  package func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threadCount)
    do {
      let shared = ServerShared(handler: handler, limits: configuration.limits)
      let loops = try await startLoops(of: group, shared: shared)
      let listener = try await listen(on: group, loops: loops)
      onListening(url(port: listener.localAddress?.port))
      await withGracefulShutdownHandler {
        // The listener's close is what ends the server; it may also close because of an error of its own.
        try? await listener.closeFuture.get()
      } onGracefulShutdown: {
        listener.close(promise: nil)
      }
      logger.info(
        "no longer accepting; finishing requests",
        metadata: ["connections": "\(shared.connections.current)"])
      await drain(loops)
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
    try await group.shutdownGracefully()
  }

  private func url(port: Int?) -> String {
    let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
    return "http://\(host):\(port ?? configuration.port)"
  }

  private func startLoops(
    of group: MultiThreadedEventLoopGroup, shared: ServerShared
  ) async throws -> LoopDirectory {
    var loops: [NIOLoopBound<ServerLoop>] = []
    for eventLoop in group.makeIterator() {
      loops.append(
        try await eventLoop.submit {
          let loop = ServerLoop(eventLoop: eventLoop, shared: shared)
          loop.start()
          return NIOLoopBound(loop, eventLoop: eventLoop)
        }.get())
    }
    return LoopDirectory(loops)
  }

  private func listen(
    on group: MultiThreadedEventLoopGroup, loops: LoopDirectory
  ) async throws -> any Channel {
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: Self.backlogCount)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try loops[channel.eventLoop].configure(channel)
        }
      }
    do {
      return try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
    } catch {
      throw ListenError(error, host: configuration.host, port: configuration.port)
    }
  }

  private func drain(_ loops: LoopDirectory) async {
    let drained = loops.all.map { bound in
      bound.eventLoop.flatSubmit { bound.value.drain() }
    }
    for loop in drained {
      try? await loop.get()
    }
  }
}

/// Why an address can't be listened on.
package struct ListenError: Error {
  /// The system's reason, for a person.
  package let reason: String
  package let host: String
  package let port: Int

  init(_ error: any Error, host: String, port: Int) {
    self.host = host
    self.port = port
    if let error = error as? IOError {
      reason = String(cString: strerror(error.errnoCode))
    } else {
      reason = "\(error)"
    }
  }
}

/// The server's loops, found by the event loop they belong to.
private struct LoopDirectory: Sendable {
  let all: [NIOLoopBound<ServerLoop>]

  init(_ all: [NIOLoopBound<ServerLoop>]) {
    self.all = all
  }

  /// The loop of `eventLoop`, on whose thread this is called. A handful: looking at each is quickest.
  subscript(eventLoop: any EventLoop) -> ServerLoop {
    all.first { $0.eventLoop === eventLoop }!.value
  }
}
