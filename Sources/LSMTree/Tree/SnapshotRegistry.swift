import Synchronization

/// The sequence numbers at which somebody may come back to read. Flush and compaction keep what each of them sees.
struct SnapshotRegistry: ~Copyable, Sendable {
  /// How many snapshots there are at a sequence.
  private let counts = Mutex<[SequenceNumber: Int]>([:])

  /// Registers a snapshot at what `durable` says. It is asked under the lock: a compaction that looks at the
  /// registry after this sees the snapshot, and one that looked before kept what was durable then, which is no later.
  func register(_ durable: () -> SequenceNumber) -> SequenceNumber {
    counts.withLock { counts in
      let sequence = durable()
      counts[sequence, default: 0] += 1
      return sequence
    }
  }

  /// True if no snapshot is as old any more.
  func unregister(_ sequence: SequenceNumber) -> Bool {
    counts.withLock { counts in
      guard let count = counts[sequence] else { preconditionFailure("a snapshot was released twice") }
      counts[sequence] = count == 1 ? nil : count - 1
      return counts.keys.allSatisfy { $0 > sequence }
    }
  }

  /// Ascending, without duplicates, what is durable now as the last.
  func sequences(_ durable: () -> SequenceNumber) -> [SequenceNumber] {
    counts.withLock { counts in
      let durable = durable()
      return counts.keys.filter { $0 < durable }.sorted() + [durable]
    }
  }

  var count: Int { counts.withLock { $0.values.reduce(0, +) } }
}
