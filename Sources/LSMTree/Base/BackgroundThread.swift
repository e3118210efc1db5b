#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A thread of the engine's own. The engine makes a fixed few when a tree is opened and joins them when it is closed;
/// it puts no work on the concurrency pool, where a blocked disk call would hold a thread that others count on.
package final class BackgroundThread: Sendable {
  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  #if canImport(Darwin)
    private nonisolated(unsafe) let thread: pthread_t
  #else
    private let thread: pthread_t
  #endif

  /// Starts a thread that runs `body` once.
  package init(_ body: @escaping @Sendable () -> Void) {
    let boxed = Unmanaged.passRetained(Body(body))
    #if canImport(Darwin)
      var made: pthread_t?
      let result = pthread_create(&made, nil, { Self.start($0) }, boxed.toOpaque())
      precondition(result == 0, "a thread can't be made: errno \(result)")
      thread = made!
    #else
      var made = pthread_t()
      let result = pthread_create(&made, nil, { Self.start($0!) }, boxed.toOpaque())
      precondition(result == 0, "a thread can't be made: errno \(result)")
      thread = made
    #endif
  }

  private static func start(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
    return nil
  }

  /// Waits until the body has returned. Call exactly once.
  package func join() {
    pthread_join(thread, nil)
  }

  /// A number that differs between threads that run at the same time, for picking a stripe.
  @inline(__always)
  package static var currentNumber: UInt {
    #if canImport(Darwin)
      UInt(bitPattern: pthread_self())
    #else
      UInt(pthread_self())
    #endif
  }
}
