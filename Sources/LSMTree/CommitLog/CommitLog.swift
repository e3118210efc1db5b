import Synchronization

/// The history of a tree: batches in order, and how far they are durable.
///
/// The tree needs no more than this of whatever keeps its history, so that the log of local files (`LocalLog`) can
/// give way to one that is replicated. Records are added in sequence order by one thread at a time (the commit
/// pipeline's lock); everything else may be called from any thread.
///
/// A log that has failed to make a record durable is *poisoned*: what reached the disk is unknown, and trying again may
/// report success for bytes that the kernel has already thrown away (Rebello et al., "Can Applications Recover from
/// fsync Failures?", USENIX ATC 2020). It accepts nothing more.
package protocol CommitLog: AnyObject, Sendable {
  /// Puts a record behind all earlier ones. `checksum` is the CRC-32C of the payload, computed outside the lock.
  /// Returns as soon as the bytes are copied; it waits only if more than the buffer's limit is unwritten.
  func append(
    _ payload: RawSpan, checksum: UInt32, sequences: ClosedRange<SequenceNumber>, durability: Durability
  ) throws(TreeError)

  /// Counts the numbers behind the last record, up to this, as durable: what they stand for is kept elsewhere, and is
  /// never asked for again. The next record follows. Called as `append` is, when everything before is durable.
  func skip(through sequence: SequenceNumber) throws(TreeError)

  /// Whether `append` would return at once for a payload of so many bytes.
  func hasRoom(payloadBytes: Int) -> Bool

  /// Everything at or below is durable, as its commit asked for it. Never goes back.
  var durableSequence: SequenceNumber { get }

  /// Blocks the calling thread. Throws `poisoned` if the record will never be durable, `closed` after `close()`.
  func waitUntilDurable(_ sequence: SequenceNumber) throws(TreeError)

  /// Calls `body` inline if `sequence` is durable (or never will be), and on the log's thread otherwise, in order of
  /// the calls' sequences.
  func whenDurable(_ sequence: SequenceNumber, _ body: @escaping @Sendable (TreeError?) -> Void)

  /// Nil while the log works.
  var failure: TreeError? { get }

  /// Records at or below are kept elsewhere and won't be asked for again.
  func release(through sequence: SequenceNumber)

  /// Makes what was added survive a power cut, whatever durability it was added with.
  func sync() throws(TreeError)

  /// Syncs, answers everyone who waits, ends the log's thread. Idempotent.
  func close() throws(TreeError)

  var metrics: CommitLogMetrics { get }
}

extension CommitLog {
  /// For a log that never makes anyone wait.
  package func hasRoom(payloadBytes: Int) -> Bool { true }
}

/// What a commit log has done since it was opened.
public struct CommitLogMetrics: Sendable, Equatable {
  /// Records added, which is commits, and the bytes of their batches.
  public var records = 0
  public var bytes = 0
  /// Bytes handed to the file system: batches, headers, padding, and zeros written ahead of the end.
  public var bytesWritten = 0
  /// Syncs, and the records that all of them together made durable: records divided by syncs is the mean group.
  public var syncs = 0
  public var recordsSynced = 0
  /// Nanoseconds spent in syncs.
  public var syncNanoseconds = 0
  /// Segment files in use, and waiting for reuse.
  public var segments = 0
  public var segmentsRecyclable = 0

  public init() {}
}

/// No history at all: for a tree that lives in memory. What is added is durable at once, which is as durable as it
/// will get.
package final class NullLog: CommitLog {
  private let durable: DurableSequence
  private let records = Atomic<Int>(0)
  private let bytes = Atomic<Int>(0)

  package init(last: SequenceNumber) { durable = DurableSequence(last) }

  package func append(
    _ payload: RawSpan, checksum: UInt32, sequences: ClosedRange<SequenceNumber>, durability: Durability
  ) throws(TreeError) {
    records.wrappingAdd(1, ordering: .relaxed)
    bytes.wrappingAdd(payload.byteCount, ordering: .relaxed)
    durable.advance(to: sequences.upperBound)
  }

  package func skip(through sequence: SequenceNumber) throws(TreeError) { durable.advance(to: sequence) }

  package var durableSequence: SequenceNumber { durable.value }
  package func waitUntilDurable(_ sequence: SequenceNumber) throws(TreeError) {}
  package func whenDurable(_ sequence: SequenceNumber, _ body: @escaping @Sendable (TreeError?) -> Void) {
    body(nil)
  }
  package var failure: TreeError? { nil }
  package func release(through sequence: SequenceNumber) {}
  package func sync() throws(TreeError) {}
  package func close() throws(TreeError) {}
  package var metrics: CommitLogMetrics {
    var metrics = CommitLogMetrics()
    metrics.records = records.load(ordering: .relaxed)
    metrics.bytes = bytes.load(ordering: .relaxed)
    return metrics
  }
}
