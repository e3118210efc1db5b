import LSMTree
import Synchronization
import Testing

/// Compactions of a whole tree, with its threads.
@Suite struct CompactionTreeTests {
  private static func smallOptions() -> TreeOptions {
    var options = TreeOptions()
    options.durability = .none
    options.memtableBytesMax = 64 << 10
    options.logSegmentBytes = 64 << 10
    options.levelBaseBytesMax = 64 << 10
    options.tableBytesMax = 16 << 10
    options.l0CompactionSublevels = 2
    return options
  }

  /// Small enough for the thread sanitizer: writers, readers and a manual compaction on top of several background
  /// threads and subcompactions.
  @Test func manyThreadsOnOneTree() throws {
    var options = Self.smallOptions()
    options.backgroundThreads = 3
    options.subcompactionsMax = 3
    options.compactionPercentMin = 10
    options.idleMilliseconds = 10
    let tree = try Tree.open("/t", options: options, fileSystem: MemoryFileSystem())
    let model = Shared(Mutex<[[UInt8]: [UInt8]]>([:]))
    var threads = (0..<2).map { writer in
      BackgroundThread.start {
        var random = SeededGenerator(seed: UInt64(writer))
        for _ in 0..<600 {
          let key = Array("writer \(writer) \(random.below(300))".utf8)
          let value = random.bytes(random.below(400))
          var batch = WriteBatch()
          batch.put(key, value)
          model.value.withLock { $0[key] = value }
          do { try tree.commit(batch) } catch { Issue.record(error) }
        }
      }
    }
    threads.append(
      .start {
        for _ in 0..<5 { do { try tree.compact() } catch { Issue.record(error) } }
      })
    threads.append(
      .start {
        for _ in 0..<20 {
          do { _ = try tree.content(in: tree.view()) } catch { Issue.record(error) }
        }
      })
    for thread in threads { thread.join() }
    let expected = model.value.withLock { $0 }
    #expect(try tree.content(in: tree.appliedView()) == expected)
    try tree.compact()
    #expect(try tree.content(in: tree.appliedView()) == expected)
    let metrics = tree.metrics()
    #expect(metrics.levels.dropLast().allSatisfy { $0.files == 0 })
    #expect(metrics.compactionsByReason.values.reduce(0, +) == metrics.compactions)
    #expect(
      metrics.levels.reduce(0) { $0 + $1.compactionBytesWritten } == metrics.compactionBytesWritten)
    #expect(metrics.writeAmplification > 0 && metrics.compactionDebtBytes == 0)
    _ = try tree.verify()
    try tree.close()
  }

  @Test func anIdleTreePutsThingsAway() throws {
    var options = Self.smallOptions()
    options.l0CompactionSublevels = 100
    options.l0SlowdownSublevelsMax = 1000
    options.l0StopSublevelsMax = 1000
    options.idleMilliseconds = 10
    let tree = try Tree.open("/t", options: options, fileSystem: MemoryFileSystem())
    for _ in 0..<3 {
      var batch = WriteBatch()
      for number in 0..<50 { batch.put(Array("key \(number)".utf8), [UInt8](repeating: 1, count: 100)) }
      try tree.commit(batch)
      try tree.flush()
    }
    // A compaction is seen before it is counted.
    #expect(
      eventually {
        tree.metrics().compactionsByReason[.idle, default: 0] > 0 && tree.metrics().l0Sublevels == 0
      })
    try tree.close()
  }

  /// A deletion and what it deleted are gone some time after its age, without any writes.
  @Test func oldDeletionsGoAway() throws {
    let clock = Shared(Atomic<UInt32>(1_000_000))
    var options = Self.smallOptions()
    options.now = { clock.value.load(ordering: .relaxed) }
    options.idleMilliseconds = 0
    options.tombstoneAgeSecondsMax = 60
    options.compression = .none
    let tree = try Tree.open("/t", options: options, fileSystem: MemoryFileSystem())
    var batch = WriteBatch()
    for number in 0..<50 { batch.put(Array("key \(number)".utf8), [UInt8](repeating: 1, count: 1000)) }
    try tree.commit(batch)
    try tree.compact()
    let before = tree.metrics().levels[6].bytes
    batch = WriteBatch()
    batch.deleteRange(from: Array("key 1".utf8), to: Array("key 3".utf8))
    batch.delete(Array("key 4".utf8))
    for number in 5..<10 { batch.put(Array("key \(number)".utf8), []) }
    try tree.commit(batch)
    try tree.flush()
    #expect(tree.metrics().levels[0].files == 1)
    clock.value.store(1_000_061, ordering: .relaxed)
    // Whatever wakes the thread; in an idle tree it looks by itself every few seconds.
    batch = WriteBatch()
    batch.put([0], [])
    try tree.commit(batch)
    try tree.flush()
    #expect(
      eventually {
        let metrics = tree.metrics()
        return metrics.levels[6].bytes < before / 2 && metrics.levels[0].files <= 1
          && metrics.compactionsByReason[.oldDeletions, default: 0] > 0
      })
    #expect(try tree.content(in: tree.appliedView()).count == 50 - 22 - 1 + 1)
    try tree.close()
  }

  private struct Expired: CompactionFilter {
    func needsValue(key: RawSpan) -> Bool { true }
    func shouldDelete(key: RawSpan, value: RawSpan) -> Bool {
      value.byteCount > 0 && value.unsafeLoad(as: UInt8.self) == 0xFF
    }
  }

  @Test func aTreeLetsGoWhatItsFilterSays() throws {
    var options = Self.smallOptions()
    options.compactionFilter = Expired()
    options.idleMilliseconds = 0
    options.l0CompactionSublevels = 100
    options.l0SlowdownSublevelsMax = 100
    options.l0StopSublevelsMax = 100
    let tree = try Tree.open("/t", options: options, fileSystem: MemoryFileSystem())
    var batch = WriteBatch()
    for number in 0..<40 as Range<UInt8> { batch.put([number], [number % 2 == 0 ? 0xFF : 1]) }
    try tree.commit(batch)
    // Nothing lies below, so these only move, and nobody is asked.
    try tree.compact()
    #expect(try tree.content(in: tree.view()).count == 40)
    let snapshot = tree.snapshot()
    batch = WriteBatch()
    for number in 0..<10 as Range<UInt8> { batch.put([number], [0xFF]) }
    try tree.commit(batch)
    try tree.flush()
    #expect(try tree.content(in: tree.view()).count == 40, "a flush lets nothing go")
    try tree.compact()
    // The first ten are newer than the snapshot, which still needs what they replaced. The rest everybody sees.
    let odd = 15
    #expect(try tree.content(in: tree.view()).count == 10 + odd)
    #expect(try tree.content(in: snapshot.view()).count == 10 + odd)
    withExtendedLifetime(snapshot) {}
    try tree.close()
  }

  @Test func levelsAreCompressedAsTheyAreTold() throws {
    var sizes: [[Compression]: Int] = [:]
    for byLevel in [[], [.none]] as [[Compression]] {
      var options = Self.smallOptions()
      options.compressionByLevel = byLevel
      options.idleMilliseconds = 0
      let tree = try Tree.open("/t", options: options, fileSystem: MemoryFileSystem())
      var batch = WriteBatch()
      for number in 0..<10 { batch.put([UInt8(number)], [UInt8](repeating: 1, count: 1000)) }
      try tree.commit(batch)
      try tree.flush()
      sizes[byLevel] = tree.metrics().levels[0].bytes
      try tree.close()
    }
    #expect(sizes[[]]! < 2000 && sizes[[.none]]! > 10_000, "\(sizes)")
  }
}
