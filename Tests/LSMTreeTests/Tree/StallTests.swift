import LSMTree
import Synchronization
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Commits that would have to wait: they say so, or wait as long as waiting makes sense and no longer.
@Suite struct StallTests {
  private static func options() -> TreeOptions {
    var options = TreeOptions()
    options.durability = .none
    options.memtableBytesMax = 64 << 10
    options.memtablesSealedMax = 1
    options.logSegmentBytes = 64 << 10
    return options
  }

  private static func batch(_ number: Int) -> WriteBatch {
    var batch = WriteBatch()
    batch.put(Array("key \(number)".utf8), [UInt8](repeating: 7, count: 4000))
    return batch
  }

  /// More than memtables take that can't be flushed.
  private static let batchesMax = 100

  /// Commits until one fails, and returns its error.
  private func failure(_ tree: Tree, mayWait: Bool) -> TreeError? {
    for number in 0..<Self.batchesMax {
      do throws(TreeError) {
        try tree.commit(Self.batch(number), mayWait: mayWait)
      } catch {
        return error
      }
    }
    return nil
  }

  @Test func whoMayNotWaitIsToldAndNothingHasHappened() throws {
    let disk = GatedFileSystem(MemoryFileSystem())
    let tree = try Tree.open("/t", options: Self.options(), fileSystem: disk)
    disk.tables.close()
    #expect(failure(tree, mayWait: false) == .wouldBlock)
    let applied = tree.appliedSequence
    #expect(throws: TreeError.wouldBlock) { try tree.commit(Self.batch(0), mayWait: false) }
    #expect(tree.appliedSequence == applied)
    let hasBegun = Shared(Atomic<Bool>(false))
    let waiting = BackgroundThread.start {
      hasBegun.value.store(true, ordering: .relaxed)
      #expect((try? tree.commit(Self.batch(500))) == applied + 1)
    }
    #expect(eventually { hasBegun.value.load(ordering: .relaxed) })
    // Without the flush it waits, however long that takes.
    UnixTime.sleep(nanoseconds: 300_000_000)
    #expect(tree.appliedSequence == applied)
    disk.tables.open()
    waiting.join()
    #expect(try tree.bytes(Array("key 500".utf8), in: tree.appliedView()) != nil)
    let metrics = tree.metrics()
    #expect(metrics.stallsByMemtables.count == 1)
    #expect(metrics.stallsByMemtables.longestNanoseconds >= 10_000_000)
    #expect(metrics.stallsByMemtables.nanoseconds == metrics.stallsByMemtables.longestNanoseconds)
    #expect(metrics.stallsByL0.count == 0 && metrics.stallsByDebt.count == 0)
    try tree.flush()
    #expect(try tree.commit(Self.batch(0), mayWait: false) == applied + 2)
    try tree.close()
  }

  @Test func slowedDownCommitsThatMayNotWaitAreToldToo() throws {
    let disk = GatedFileSystem(MemoryFileSystem())
    var options = Self.options()
    options.l0CompactionSublevels = 1
    options.l0SlowdownSublevelsMax = 1
    options.l0StopSublevelsMax = 1000
    options.idleMilliseconds = 0
    options.levelBaseBytesMax = 1 << 40
    options.compression = .none
    let tree = try Tree.open("/t", options: options, fileSystem: disk)
    // Two sublevels over a base that is much larger: too little to compact, and one above where commits are slowed down.
    for number in 0..<40 { try tree.commit(Self.batch(number)) }
    try tree.compact()
    for _ in 0..<2 {
      try tree.commit(Self.batch(0))
      try tree.flush()
    }
    #expect(tree.metrics().l0Sublevels == 2, "\(tree.metrics())")
    #expect(failure(tree, mayWait: false) == .wouldBlock)
    #expect(tree.metrics().slowdownsByL0.count == 0)
    for number in 0..<20 { try tree.commit(Self.batch(number)) }
    #expect(tree.metrics().slowdownsByL0.count > 0)
    try tree.close()
  }

  @Test func nobodyWaitsForAFlushThatFails() throws {
    let disk = FaultFileSystem {
      $0.kind == .create && $0.path.hasSuffix(".table") ? .fail(errno: ENOSPC) : nil
    }
    let tree = try Tree.open("/t", options: Self.options(), fileSystem: disk)
    guard case .io(_, _, let code) = failure(tree, mayWait: true) else {
      Issue.record("commits went on without room")
      return
    }
    #expect(code == ENOSPC)
    // With room again, work goes on, and commits with it.
    disk.setPlan { _ in nil }
    try tree.flush()
    try tree.commit(Self.batch(0))
    try tree.close()
  }

  @Test func nobodyWaitsForAFlushOfWhatTheLogLost() throws {
    var options = Self.options()
    options.durability = .fsync
    // Nobody waits for durability, so only the flush finds out, and gives up for good.
    let disk = FaultFileSystem { $0.kind == .sync && $0.path.contains("/log/") ? .fail(errno: EIO) : nil }
    let tree = try Tree.open("/t", options: options, fileSystem: disk)
    guard case .poisoned = failure(tree, mayWait: true) else {
      Issue.record("commits went on after the log had failed")
      return
    }
    guard case .poisoned = failure(tree, mayWait: true) else {
      Issue.record("one commit got through")
      return
    }
    try? tree.close()
  }

  @Test func deepL0StopsWritersUntilItIsCompacted() throws {
    let disk = GatedFileSystem(MemoryFileSystem())
    var options = Self.options()
    options.l0CompactionSublevels = 2
    options.l0SlowdownSublevelsMax = 2
    options.l0StopSublevelsMax = 2
    let tree = try Tree.open("/t", options: options, fileSystem: disk)
    for round in 0..<30 {
      for number in 0..<20 { try tree.commit(Self.batch((7 * number + round) % 30)) }
      #expect(tree.metrics().l0Sublevels <= 3)
    }
    #expect(try tree.content(in: tree.appliedView()).count == 30)
    try tree.close()
  }

  @Test func optionsAreChecked() {
    func isRefused(_ change: (inout TreeOptions) -> Void) -> Bool {
      var options = TreeOptions()
      change(&options)
      return (try? options.check()) == nil
    }
    #expect(!isRefused { _ in })
    #expect(isRefused { $0.l0StopSublevelsMax = $0.l0SlowdownSublevelsMax - 1 })
    #expect(isRefused { $0.debtStopBytesMax = $0.debtSlowdownBytesMax - 1 })
    #expect(isRefused { $0.tombstoneAgeSecondsMax = 1 })
    #expect(isRefused { $0.idleMilliseconds = 1 })
    #expect(isRefused { $0.compressionByLevel = Array(repeating: .none, count: 8) })
    #expect(isRefused { $0.subcompactionsMax = 0 })
    #expect(isRefused { $0.compactionPercentMin = 0 })
  }

  @Test func compactionsRestWhileSomebodyWritesAndNothingIsBehind() {
    var options = TreeOptions()
    options.compactionPercentMin = 50
    let pacer = CompactionPacer(options)
    #expect(pacer.workPercent(applied: 1) == 50)
    #expect(pacer.workPercent(applied: 1) == 100, "nobody writes")
    pacer.update(l0Sublevels: options.l0SlowdownSublevelsMax / 4, debtBytes: 0)
    #expect(pacer.workPercent(applied: 2) == 75)
    pacer.update(l0Sublevels: 0, debtBytes: options.debtSlowdownBytesMax / 2)
    #expect(pacer.workPercent(applied: 3) == 100)
  }
}
