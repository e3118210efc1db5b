import Synchronization

/// A value that every request reads and that is seldom replaced.
///
/// One lock for all readers would be a cache line that all threads write for every request, which costs more
/// than the work it guards; an atomic reference needs a scheme to know when the old value may go. So each of
/// a few stripes has a lock and a reference of its own: a reader takes its thread's stripe, which is nearly
/// always its own (5 ns measured), and the rare writer takes them all, one after another.
///
/// While a value is being replaced, threads of two stripes may see different ones for a moment. Once
/// `publish` has returned, every reader sees the new one.
package final class Published<Value: Sendable>: Sendable {
  private final class Stripe: Sendable {
    let value: Mutex<Value>
    /// Keeps neighbours in the allocator off the lock's cache line.
    let padding: InlineArray<14, UInt64> = .init(repeating: 0)

    init(_ value: Value) { self.value = Mutex(value) }
  }

  private let stripes: [Stripe]

  package init(_ value: Value) {
    stripes = (0..<ThreadStripe.count).map { _ in Stripe(value) }
  }

  /// Runs `body` with the value; a part of it can be taken out without retaining the whole.
  @inline(__always)
  package func read<Part: Sendable>(_ body: (borrowing Value) -> Part) -> Part {
    stripes[ThreadStripe.index].value.withLock { body($0) }
  }

  /// Replaces the value. Callers see to it that only one does at a time.
  package func publish(_ value: Value) {
    for stripe in stripes {
      stripe.value.withLock { $0 = value }
    }
  }
}
