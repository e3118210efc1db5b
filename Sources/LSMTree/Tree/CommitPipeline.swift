internal import CPlatform

/// Gives batches their order.
///
/// A commit is: checksum outside the lock; then, under it, room in the memtable, sequence numbers, memtable, log
/// buffer, publish. The lock is held for about a microsecond a put and never across a disk operation, unless the
/// log's buffer or the memtables are full, which is what stalls are for. Waiting for the disk comes after, in the
/// log.
///
/// The memtable comes before the log. So nothing can be durable, and with that visible, that is not in the memtable
/// yet. If the log then refuses the record, the memtable holds entries that no reader will ever see; the pipeline
/// fails, so no later batch can take their sequence numbers.
///
/// A batch that is large beside a memtable is not inserted but sorted, before the lock, and handed over as a memtable
/// of its own.
///
/// Rejected: applying to the memtable in parallel after the serial part, as RocksDB and Pebble do, with publishing in
/// order behind it. See `SkipList` for why; the price is that commits of several threads take turns in the memtable.
///
/// Its needs are functions, so that it is tested without a tree.
package final class CommitPipeline: Sendable {
  package struct Environment: Sendable {
    /// Makes sure that `apply` has room for a batch whose first sequence number is this. False if that has to wait.
    var prepare: @Sendable (borrowing WriteBatch, SequenceNumber) throws(TreeError) -> Bool
    /// Waits, in the monitor, for something that `prepare` has to wait for.
    var wait: @Sendable (borrowing Monitor) -> Void
    /// Puts the batch into the memtable, its first entry at this sequence.
    var apply: @Sendable (borrowing WriteBatch, SequenceNumber) -> Void
    /// What `Memtable.bytesMax` of a batch must exceed to be large.
    var largeFromBytes = Int.max
    /// `prepare` for a large batch.
    var prepareLarge: @Sendable () throws(TreeError) -> Bool = { true }
    /// `apply` for a large batch.
    var applyLarge: @Sendable (SortedBatch, SequenceNumber) -> Void = { _, _ in }

    package init(
      prepare: @escaping @Sendable (borrowing WriteBatch, SequenceNumber) throws(TreeError) -> Bool,
      wait: @escaping @Sendable (borrowing Monitor) -> Void,
      apply: @escaping @Sendable (borrowing WriteBatch, SequenceNumber) -> Void
    ) {
      self.prepare = prepare
      self.wait = wait
      self.apply = apply
    }
  }

  /// Also guards which memtables and which version there are (`LiveState`).
  package let monitor = Monitor()
  private let log: any CommitLog
  private let environment: Environment
  private let applied: DurableSequence
  nonisolated(unsafe) private let failure: UnsafeMutablePointer<TreeError?>

  package init(log: any CommitLog, environment: Environment) {
    self.log = log
    self.environment = environment
    applied = DurableSequence(log.durableSequence)
    failure = .allocate(capacity: 1)
    failure.initialize(to: nil)
  }

  deinit {
    failure.deinitialize(count: 1)
    failure.deallocate()
  }

  @inline(__always)
  package var appliedSequence: SequenceNumber { applied.value }

  /// Returns the batch's last sequence number. Unless it may wait it throws `wouldBlock` where it would have to, and
  /// then nothing has happened.
  package func commit(
    _ batch: borrowing WriteBatch, _ durability: Durability, mayWait: Bool = true
  ) throws(TreeError) -> SequenceNumber {
    guard batch.byteCount <= WriteBatch.bytesMax else {
      throw .batchTooLarge(bytes: batch.byteCount, bytesMax: WriteBatch.bytesMax)
    }
    let checksum = batch.bytes.withUnsafeBytes { platform_crc32c(0, $0.baseAddress, $0.count) }
    if Memtable.bytesMax(of: batch) > environment.largeFromBytes {
      return try commitLarge(batch, checksum, durability, mayWait)
    }
    monitor.lock()
    defer { monitor.unlock() }
    if let failure = failure.pointee { throw failure }
    while !(try environment.prepare(batch, applied.value + 1)) { try wait(mayWait) }
    try checkLog(batch, mayWait)
    let first = applied.value + 1
    environment.apply(batch, first)
    return try record(batch, checksum, durability)
  }

  private func commitLarge(
    _ batch: borrowing WriteBatch, _ checksum: UInt32, _ durability: Durability, _ mayWait: Bool
  ) throws(TreeError) -> SequenceNumber {
    let sorted = SortedBatch(batch)
    monitor.lock()
    defer { monitor.unlock() }
    if let failure = failure.pointee { throw failure }
    while !(try environment.prepareLarge()) { try wait(mayWait) }
    try checkLog(batch, mayWait)
    environment.applyLarge(sorted, applied.value + 1)
    return try record(batch, checksum, durability)
  }

  private func wait(_ mayWait: Bool) throws(TreeError) {
    guard mayWait else { throw .wouldBlock }
    environment.wait(monitor)
    if let failure = failure.pointee { throw failure }
  }

  /// Only commits fill the log's buffer, and this one has the lock: if there is room for it now, there will be.
  @inline(__always)
  private func checkLog(_ batch: borrowing WriteBatch, _ mayWait: Bool) throws(TreeError) {
    if !mayWait, !log.hasRoom(payloadBytes: batch.byteCount) { throw .wouldBlock }
  }

  /// Adds a batch that was applied to the log, and publishes it.
  @inline(__always)
  private func record(
    _ batch: borrowing WriteBatch, _ checksum: UInt32, _ durability: Durability
  ) throws(TreeError) -> SequenceNumber {
    let first = applied.value + 1
    let last = applied.value + SequenceNumber(batch.count)
    do throws(TreeError) {
      try log.append(batch.bytes, checksum: checksum, sequences: first...last, durability: durability)
    } catch {
      failure.pointee = error
      throw error
    }
    applied.advance(to: last)
    return last
  }

  /// Goes on behind a sequence number that has no batch, since what it stands for is in tables. No commit is under way.
  ///
  /// - Parameter install: makes it visible to readers at the number, of whom there are none before this returns.
  package func skip(through sequence: SequenceNumber, install: () -> Void) throws(TreeError) {
    monitor.lock()
    defer { monitor.unlock() }
    if let failure = failure.pointee { throw failure }
    precondition(sequence > applied.value)
    install()
    try log.skip(through: sequence)
    applied.advance(to: sequence)
  }

  /// Makes every later commit fail. Called with the monitor held.
  package func fail(_ error: TreeError) {
    if failure.pointee == nil { failure.pointee = error }
  }
}
