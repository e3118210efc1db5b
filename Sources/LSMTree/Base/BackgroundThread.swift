#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(run: @escaping @Sendable () -> Void) { self.run = run }
}

// A function of its own: a closure in its place crashes the compiler (6.3.1, in its analysis of regions).
#if canImport(Darwin)
  private func runThreadBody(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run()
    return nil
  }
#else
  private func runThreadBody(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    Unmanaged<ThreadBody>.fromOpaque(context!).takeRetainedValue().run()
    return nil
  }
#endif

/// A thread of the engine's own. The engine makes a fixed few when a tree is opened and joins them when it is closed;
/// it puts no work on the concurrency pool, where a blocked disk call would hold a thread that others count on.
package final class BackgroundThread: @unchecked Sendable {
  // Sendable: a POSIX thread's handle may be used by any thread, and is set once.
  private let thread: pthread_t

  private init(_ thread: pthread_t) { self.thread = thread }

  /// Starts a thread that runs `body` once.
  package static func start(_ body: @escaping @Sendable () -> Void) -> BackgroundThread {
    let context = Unmanaged.passRetained(ThreadBody(run: body)).toOpaque()
    #if canImport(Darwin)
      var made: pthread_t?
    #else
      var made = pthread_t()
    #endif
    let result = pthread_create(&made, nil, runThreadBody, context)
    precondition(result == 0, "a thread can't be made: errno \(result)")
    #if canImport(Darwin)
      return BackgroundThread(made!)
    #else
      return BackgroundThread(made)
    #endif
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
