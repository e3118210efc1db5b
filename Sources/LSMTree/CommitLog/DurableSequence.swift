import Synchronization

/// A sequence number that only grows, written by whoever holds the log's lock and read by everyone.
///
/// On a cache line of its own: every read of the tree loads it, and it must not share the line with something
/// that each commit writes.
package struct DurableSequence: ~Copyable, Sendable {
  private let padding: InlineArray<7, UInt64> = InlineArray(repeating: 0)
  private let number: Atomic<SequenceNumber>
  private let paddingBehind: InlineArray<8, UInt64> = InlineArray(repeating: 0)

  package init(_ value: SequenceNumber) { number = Atomic(value) }

  @inline(__always)
  package var value: SequenceNumber { number.load(ordering: .acquiring) }

  /// One thread at a time.
  @inline(__always)
  package func advance(to value: SequenceNumber) {
    if value > number.load(ordering: .relaxed) { number.store(value, ordering: .releasing) }
  }
}
