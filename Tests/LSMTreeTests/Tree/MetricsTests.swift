import LSMTree
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// That the numbers add up over work that is known to the byte.
@Suite struct MetricsTests {
  private static let value = [UInt8](repeating: 7, count: 100)

  private func key(_ number: Int) -> [UInt8] { Array("key \(100_000 + number)".utf8) }

  private static var options: TreeOptions {
    var options = TreeOptions()
    options.durability = .none
    options.compression = .none
    // Compactions come when they are asked for.
    options.l0CompactionSublevels = 100
    options.l0SlowdownSublevelsMax = 100
    options.l0StopSublevelsMax = 100
    options.idleMilliseconds = 0
    return options
  }

  private func put(_ tree: Tree, _ numbers: some Sequence<Int>) throws -> Int {
    var bytes = 0
    for number in numbers {
      var batch = WriteBatch()
      batch.put(key(number), Self.value)
      try tree.commit(batch)
      bytes += batch.byteCount
    }
    return bytes
  }

  /// Bytes of the directory's files whose names end so.
  private func bytesStored(_ disk: MemoryFileSystem, _ suffix: String) throws -> Int {
    try disk.list("/t").filter { $0.hasSuffix(suffix) }.reduce(0) { try $0 + disk.sizeBytes(of: "/t/" + $1) }
  }

  @Test func bytesAddUp() throws {
    let disk = MemoryFileSystem()
    let tree = try Tree.open("/t", options: Self.options, fileSystem: disk)
    #expect(tree.metrics().writeAmplification == 0)
    var committed = try put(tree, 0..<1_000)
    #expect(tree.metrics().log.records == 1_000)
    #expect(tree.metrics().log.bytes == committed)
    #expect(tree.metrics().memtableBytes > committed)
    try tree.flush()
    let first = tree.metrics()
    #expect(first.flushes == 1)
    #expect(first.flushBytes == (try bytesStored(disk, ".table")))
    #expect(first.levels[0] == TreeMetrics.Level(files: 1, bytes: first.flushBytes))
    #expect(first.storedBytes == first.flushBytes)
    #expect(first.tableSpaceAmplification == 1)
    committed += try put(tree, 0..<1_000)
    try tree.flush()
    let second = tree.metrics()
    #expect(second.flushes == 2)
    #expect(second.levels[0].files == 2)
    try tree.compact()
    // Nobody waits for the log with this durability: its thread writes within milliseconds, or later on a busy machine.
    for _ in 0..<3_000 where tree.metrics().log.bytesWritten < committed + 32 * 2_000 { usleep(10_000) }
    let third = tree.metrics()
    #expect(third.compactionBytesRead >= second.flushBytes * 9 / 10)
    #expect(third.compactionBytesWritten == third.storedBytes)
    #expect(third.storedBytes == (try bytesStored(disk, ".table")))
    #expect(third.tableSpaceAmplification == 1)
    #expect(third.log.bytes == committed)
    // A header of 32 bytes for each record, padding for some, and one for the segment.
    #expect(third.log.bytesWritten >= committed + 32 * 2_000)
    #expect(third.log.bytesWritten <= committed + 40 * 2_000 + 100)
    let written = third.log.bytesWritten + third.flushBytes + third.compactionBytesWritten
    #expect(third.writeAmplification == Double(written) / Double(committed))
    _ = try put(tree, 0..<1_000)
    try tree.flush()
    #expect((1.9...2.1).contains(tree.metrics().tableSpaceAmplification))
    try tree.close()
  }

  @Test func valueFilesCount() throws {
    let disk = MemoryFileSystem()
    var options = Self.options
    options.valueFileThresholdBytes = 1_000
    let tree = try Tree.open("/t", options: options, fileSystem: disk)
    for number in 0..<20 {
      var batch = WriteBatch()
      batch.put(key(number), [UInt8](repeating: 1, count: 5_000))
      try tree.commit(batch)
    }
    try tree.flush()
    let metrics = tree.metrics()
    #expect(metrics.valueFiles == 1)
    #expect(metrics.valueFileBytes > 100_000)
    #expect(metrics.flushBytes == metrics.storedBytes)
    try tree.close()
  }

  @Test func syncsShareTheirRecords() throws {
    var options = Self.options
    options.durability = .fsync
    let tree = try Tree.open("/t", options: options, fileSystem: MemoryFileSystem())
    _ = try put(tree, 0..<50)
    try tree.waitUntilDurable(tree.appliedSequence)
    let metrics = tree.metrics()
    #expect(metrics.log.recordsSynced == 50)
    #expect(metrics.log.syncs >= 1)
    #expect(metrics.recordsPerSync == 50 / Double(metrics.log.syncs))
    try tree.close()
  }

  @Test func cacheAndFilesCount() throws {
    let tree = try Tree.open("/t", options: Self.options, fileSystem: MemoryFileSystem())
    _ = try put(tree, 0..<1_000)
    try tree.flush()
    _ = try tree.bytes(key(0), in: tree.view())
    let first = tree.metrics().cache
    #expect(first.misses >= 1)
    #expect(first.blocks >= 1)
    #expect(first.bytes > 0)
    for _ in 0..<99 { _ = try tree.bytes(key(0), in: tree.view()) }
    let second = tree.metrics()
    #expect(second.cache.hits == first.hits + 99)
    #expect(second.cache.misses == first.misses)
    #expect(second.cache.hitRatio > 0.9)
    #expect(second.openFiles == 1)
    try tree.close()
  }

  /// Of gets that are spread over many keys, one in 1,024 is counted.
  @Test func readsAreSampled() throws {
    let tree = try Tree.open("/t", options: Self.options, fileSystem: MemoryFileSystem())
    // Two tables, the odd keys in the older one.
    _ = try put(tree, stride(from: 1, to: 20_000, by: 2))
    try tree.flush()
    _ = try put(tree, stride(from: 0, to: 20_000, by: 2))
    try tree.flush()
    let view = tree.view()
    for number in 0..<20_000 { #expect(try tree.get(key(number), in: view) != nil) }
    let reads = tree.metrics().reads
    // Twenty are to be expected; five times as many, or none, are as good as impossible.
    #expect((1...100).contains(reads.getsSampled))
    #expect(reads.tables <= 2 * reads.getsSampled)
    #expect(reads.tables >= reads.getsSampled)
    // One has the key, and the filter of the other says that it has not, nearly always.
    #expect(reads.tables - reads.tablesFiltered - reads.tablesSearchedInVain == reads.getsSampled)
    #expect(reads.tablesSearchedPerGet >= 1)
    #expect(reads.tablesSearchedPerGet < 1.5)
    #expect(reads.filterFalsePositiveRatio <= 1)
    try tree.close()
  }
}
