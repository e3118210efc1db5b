import LSMTree
import Synchronization
import Testing

/// The pipeline without a tree: its environment and its log only take notes.
@Suite struct CommitPipelineTests {
  @Test func sequencesAreDenseAndInLogOrder() throws {
    let log = NotingLog()
    let applied = Shared(Mutex<[SequenceNumber]>([]))
    let pipeline = CommitPipeline(
      log: log,
      environment: .init(
        prepare: { _, _ in true }, wait: { _ in },
        apply: { batch, first in applied.value.withLock { $0.append(first) } }))
    var threads: [BackgroundThread] = []
    for writer in 0..<4 {
      threads.append(
        .start {
          for index in 0..<200 {
            var batch = WriteBatch()
            for _ in 0...(index % 3) { batch.put([UInt8(writer)], []) }
            let last = try? pipeline.commit(batch, .fsync)
            #expect((last ?? 0) >= SequenceNumber(batch.count))
          }
        })
    }
    for thread in threads { thread.join() }
    let ranges = log.ranges.withLock { $0 }
    #expect(ranges.count == 800)
    #expect(ranges.first?.lowerBound == 1)
    #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound + 1 == $1.lowerBound })
    #expect(applied.value.withLock { $0 } == ranges.map(\.lowerBound))
    #expect(pipeline.appliedSequence == ranges.last?.upperBound)
  }

  /// A commit that must wait lets others in, and takes its sequence numbers only afterwards.
  @Test func waitingCommitTakesItsNumbersAfterwards() throws {
    let log = NotingLog()
    let isFull = Shared(Atomic<Bool>(true))
    let waiting = Gate()
    let pipeline = CommitPipeline(
      log: log,
      environment: .init(
        prepare: { batch, _ in batch.count == 1 || !isFull.value.load(ordering: .acquiring) },
        wait: { monitor in
          waiting.open()
          monitor.unlock()
          UnixTime.sleep(nanoseconds: 100_000)
          monitor.lock()
        },
        apply: { _, _ in }))
    waiting.close()
    let large = BackgroundThread.start {
      var batch = WriteBatch()
      batch.put([1], [])
      batch.put([2], [])
      #expect((try? pipeline.commit(batch, .fsync)) == 3)
    }
    waiting.pass()
    var batch = WriteBatch()
    batch.put([3], [])
    #expect(try pipeline.commit(batch, .fsync) == 1)
    isFull.value.store(false, ordering: .releasing)
    large.join()
    #expect(log.ranges.withLock { $0 } == [1...1, 2...3])
  }

  /// What a log refused is in the memtable; its numbers must never be used again.
  @Test func refusedRecordEndsThePipeline() throws {
    let log = NotingLog()
    let pipeline = CommitPipeline(
      log: log, environment: .init(prepare: { _, _ in true }, wait: { _ in }, apply: { _, _ in }))
    var batch = WriteBatch()
    batch.put([1], [])
    #expect(try pipeline.commit(batch, .fsync) == 1)
    log.refusal.withLock { $0 = .poisoned(reason: "test") }
    #expect(throws: TreeError.poisoned(reason: "test")) { try pipeline.commit(batch, .fsync) }
    log.refusal.withLock { $0 = nil }
    #expect(throws: TreeError.poisoned(reason: "test")) { try pipeline.commit(batch, .fsync) }
    #expect(pipeline.appliedSequence == 1)
  }

  /// An error in `prepare` is that commit's alone.
  @Test func refusedRoomFailsOneCommit() throws {
    let isFailing = Shared(Atomic<Bool>(true))
    let pipeline = CommitPipeline(
      log: NotingLog(),
      environment: .init(
        prepare: { (_, _) throws(TreeError) in
          if isFailing.value.load(ordering: .relaxed) { throw .io(path: "p", operation: "pwrite", errno: 28) }
          return true
        }, wait: { _ in }, apply: { _, _ in }))
    var batch = WriteBatch()
    batch.put([1], [])
    #expect(throws: TreeError.io(path: "p", operation: "pwrite", errno: 28)) {
      try pipeline.commit(batch, .fsync)
    }
    isFailing.value.store(false, ordering: .relaxed)
    #expect(try pipeline.commit(batch, .fsync) == 1)
  }
}

/// A log that keeps the sequences it was given.
private final class NotingLog: CommitLog {
  let ranges = Mutex<[ClosedRange<SequenceNumber>]>([])
  let refusal = Mutex<TreeError?>(nil)

  func append(
    _ payload: RawSpan, checksum: UInt32, sequences: ClosedRange<SequenceNumber>, durability: Durability
  ) throws(TreeError) {
    if let refusal = refusal.withLock({ $0 }) { throw refusal }
    ranges.withLock { $0.append(sequences) }
  }

  func skip(through sequence: SequenceNumber) throws(TreeError) {}
  var durableSequence: SequenceNumber { 0 }
  func waitUntilDurable(_ sequence: SequenceNumber) throws(TreeError) {}
  func whenDurable(_ sequence: SequenceNumber, _ body: @escaping @Sendable (TreeError?) -> Void) { body(nil) }
  var failure: TreeError? { nil }
  func release(through sequence: SequenceNumber) {}
  func sync() throws(TreeError) {}
  func close() throws(TreeError) {}
  var metrics: CommitLogMetrics { CommitLogMetrics() }
}
