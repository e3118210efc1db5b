import CPlatform

/// Numbers for threads, small ones, that no two living threads share: what a thing that all threads count up keeps a copy for.
///
/// A thread that alone has a copy adds to it with a load and a store, where a shared one takes a locked addition of some twenty
/// cycles and, if two threads come at once, the cache line. Threads beyond the first `exclusiveCount` share one more number,
/// `shared`, and what is kept for that has to be changed atomically.
///
/// Rejected: the thread's handle, hashed to one of sixteen. Two threads then meet at one copy once in sixteen times, for as long
/// as they live.
package enum ThreadSlot {
  /// How many threads have a number to themselves.
  package static var exclusiveCount: Int { Int(platform_thread_slots) }
  /// The number of all other threads.
  package static var shared: Int { exclusiveCount }
  /// How many numbers there are.
  package static var count: Int { exclusiveCount + 1 }

  /// The calling thread's number. Does not change while the thread lives; a task may find another after it was suspended.
  @inlinable @inline(__always)
  package static var current: Int { Int(platform_thread_slot()) }
}
