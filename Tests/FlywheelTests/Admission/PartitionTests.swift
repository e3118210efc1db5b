import DynamoModel
import Flywheel
import LSMTree
import TestSupport
import Testing

/// Where partitions begin, that this is kept, and what is told of them.
@Suite struct PartitionTests {
  @Test(arguments: [1, 2, 3, 4, 40, 4_096])
  func equalPartsCoverAllHashes(_ count: Int) {
    let ranges = PartitionRanges(evenly: count)
    #expect(ranges.count == count)
    #expect(ranges.range(at: 0).lowerBound == 0)
    #expect(ranges.range(at: count - 1).upperBound == .max)
    for position in 0..<count {
      let range = ranges.range(at: position)
      #expect(ranges.position(of: range.lowerBound) == position)
      #expect(ranges.position(of: range.upperBound) == position)
      #expect(abs(ranges.share(at: position) * Double(count) - 1) < 0.001)
    }
  }

  @Test func splitsGoWhereTheyAreAskedFor() {
    var random = HistoryRandom(seed: FuzzRounds.seed(41))
    var ranges = PartitionRanges(evenly: 1)
    var bounds: Set<UInt64> = [0]
    for _ in 0..<200 {
      let point = UInt64.random(in: .min ... .max, using: &random)
      let isSplit = ranges.split(at: point)
      let isNew = bounds.insert(point).inserted
      #expect(isSplit == isNew)
    }
    #expect(ranges.lowerBounds == bounds.sorted())
    let isSplitAgain = ranges.split(at: ranges.lowerBounds[7])
    #expect(!isSplitAgain)
    #expect(PartitionRanges(encoded: ranges.encoded) == ranges)
  }

  /// Even ones, where a hash is found where it is expected, and ones that were split at random and in one corner.
  @Test(arguments: [(1, 0), (1, 1), (40, 0), (40, 30), (7, 500), (4_000, 96)])
  func requestsFindThePartitionOfAHash(_ even: Int, _ splits: Int) {
    var random = HistoryRandom(seed: FuzzRounds.seed(UInt64(9_500 + even)))
    var ranges = PartitionRanges(evenly: even)
    for split in 0..<splits {
      ranges.split(
        at: split % 2 == 0 ? UInt64.random(in: .min ... .max, using: &random) : UInt64(split) << 20)
    }
    let map = PartitionMap(
      ranges, (0..<ranges.count).map { Partition(ranges.range(at: $0), number: $0) })
    var hashes = (0..<2_000).map { _ in UInt64.random(in: .min ... .max, using: &random) }
    for position in 0..<ranges.count {
      hashes += [ranges.range(at: position).lowerBound, ranges.range(at: position).upperBound]
    }
    let wrong = hashes.count { map.position(of: $0) != ranges.position(of: $0) }
    #expect(wrong == 0)
  }

  @Test func theLargestAreHalvedToGrow() {
    var ranges = PartitionRanges(evenly: 2)
    ranges.split(at: 10)
    ranges.grow(for: WarmLevel(readUnitsPerSecond: 1, writeUnitsPerSecond: 7_500))
    // All but the small one are eighths.
    #expect(ranges.count == 9)
    #expect((1..<9).allSatisfy { abs(ranges.share(at: $0) * 8 - 1) < 0.001 })
    ranges.grow(for: WarmLevel(readUnitsPerSecond: 3_000, writeUnitsPerSecond: 3_000))
    #expect(ranges.count == 9)
    var full = PartitionRanges(evenly: PartitionRanges.countMax)
    let isSplit = full.split(at: 1)
    #expect(!isSplit)
  }

  @Test func bytesThatAreNoRangesAreRefused() {
    #expect(PartitionRanges(encoded: [1, 2, 3]) == nil)
    #expect(PartitionRanges(encoded: Array(repeating: 0, count: 8)) == nil)
    let falling: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 3]
    #expect(PartitionRanges(encoded: falling) == nil)
  }

  @Test func throughputSaysHowManyThereAreToBeginWith() throws {
    let stage = try ScenarioStage()
    defer { try? stage.database.close() }
    _ = try stage.perform("table read=9001 write=2500 iread=10 iwrite=10")
    #expect(try stage.database.partitions(ofTable: "table").count == 4)
    #expect(try stage.database.partitions(ofTable: "table", index: "byG").count == 1)
    let missing = #expect(throws: ServiceError.self) {
      try stage.database.partitions(ofTable: "table", index: "none")
    }
    #expect(missing?.code == .resourceNotFound)
    #expect(throws: ServiceError.self) { try stage.database.partitions(ofTable: "none") }
  }

  /// A table that once had the throughput keeps its partitions, over restarts and crashes too.
  @Test func partitionsSurvive() throws {
    let files = MemoryFileSystem()
    let hand = HandClock()
    var stage = try ScenarioStage(in: files, hand)
    _ = try stage.perform("table read=3000 write=1000")
    _ = try stage.perform("throughput read=3000 write=3000")
    _ = try stage.perform("throughput read=3000 write=1000")
    let before = try stage.database.partitions(ofTable: "table").map(\.hashes)
    #expect(before.count == 4)
    try stage.database.close()
    stage = try ScenarioStage(in: files, hand)
    #expect(try stage.database.partitions(ofTable: "table").map(\.hashes) == before)
    _ = try stage.perform("put rate=10 seconds=1")
    try stage.database.close()
  }

  @Test func aPartitionThatIsTooLargeIsHalved() throws {
    let stage = try ScenarioStage(partitionBytesMax: 40_000)
    defer { try? stage.database.close() }
    _ = try stage.perform("table read=1000 write=1000")
    _ = try stage.perform("put rate=100 seconds=1 bytes=1000")
    #expect(try stage.database.partitions(ofTable: "table").count == 1)
    // At the end of each minute in which something is written.
    for _ in 0..<4 {
      _ = try stage.perform("advance seconds=60")
      _ = try stage.perform("put rate=1 seconds=1 keys=one")
    }
    let partitions = try stage.database.partitions(ofTable: "table")
    #expect(partitions.count == 4)
    #expect(partitions.allSatisfy { $0.sizeBytesEstimate <= 40_000 })
    #expect(partitions.reduce(0) { $0 + $1.itemCountEstimate } >= 99)
    // Pages go on from one to the next.
    let scan = try stage.database.performAndWait(Scan.self, ScanRequest(tableName: "table"))
    #expect(scan.count == 101)
  }

  @Test func whatIsAskedForIsTold() throws {
    let stage = try ScenarioStage()
    defer { try? stage.database.close() }
    _ = try stage.perform("table read=3000 write=1000")
    _ = try stage.perform("put rate=400 seconds=2")
    _ = try stage.perform("put rate=400 seconds=2 keys=one")
    _ = try stage.perform("get rate=100 seconds=1 keys=one")
    let partition = try stage.database.partitions(ofTable: "table")[0]
    #expect(partition.consumedWriteUnits == 1_600)
    #expect(partition.consumedReadUnits == 100)
    #expect(partition.hotKeys.first?.key == (try Item(["pk": "one"])))
    #expect((0.3...0.8).contains(partition.hotKeys[0].share))
  }
}
