import Synchronization

/// A value that every request reads and that is seldom replaced.
///
/// One lock for all readers would be a cache line that all threads write for every request, which costs more
/// than the work it guards; an atomic reference needs a scheme to know when the old value may go. So each of
/// a few stripes has a lock and a value of its own: a reader takes its thread's stripe, which is nearly
/// always its own (5 ns measured), and the rare writer takes them all, one after another.
///
/// A reader may change its stripe's value. That is for what threads of a stripe keep beside the value that all of them
/// have been given, such as copies of the objects in it: a reference that two threads count is a cache line which they take from
/// each other, at 50 to 100 ns each time.
///
/// While a value is being replaced, threads of two stripes may see different ones for a moment. Once
/// `publish` has returned, every reader sees the new one.
package struct Published<Value: Sendable>: ~Copyable, @unchecked Sendable {
  // Sendable: the stripes are never moved and each is a mutex.
  private struct Stripe: ~Copyable {
    let value: Mutex<Value>
    /// Keeps two stripes off one cache line.
    let padding: InlineArray<16, UInt64> = .init(repeating: 0)
  }

  private let stripes = UnsafeMutablePointer<Stripe>.allocate(capacity: ThreadStripe.count)

  package init(_ value: Value) {
    for stripe in 0..<ThreadStripe.count { (stripes + stripe).initialize(to: Stripe(value: Mutex(value))) }
  }

  deinit {
    stripes.deinitialize(count: ThreadStripe.count)
    stripes.deallocate()
  }

  /// Runs `body` with the stripe's value; a part of it can be taken out without retaining the whole.
  @inline(__always)
  package func read<Part: Sendable>(_ body: (inout Value) -> Part) -> Part {
    stripes[ThreadStripe.index].value.withLock { body(&$0) }
  }

  /// Replaces the value. Callers see to it that only one does at a time. The old values end outside the locks.
  package func publish(_ value: Value) {
    for stripe in 0..<ThreadStripe.count {
      let old = stripes[stripe].value.withLock { current in
        let old = current
        current = value
        return old
      }
      withExtendedLifetime(old) {}
    }
  }
}
