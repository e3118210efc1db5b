import Synchronization

/// A partition of a table or a global index: a range of the hashes of partition keys, and what is kept for it while the
/// database is open. Where the range ends is said by `PartitionRanges`.
package final class Partition: Sendable {
  /// What is kept for one direction. Units are counted in halves, since a read may cost half of one.
  package struct Lane: ~Copyable, Sendable {
    package let bucket: TokenBucket
    fileprivate let consumedHalves = Atomic<Int>(0)
    fileprivate let throttled = Atomic<Int>(0)

    fileprivate init(unitsPerSecond: Int) {
      bucket = TokenBucket(unitsPerSecond: unitsPerSecond, capacitySeconds: 1)
    }

    /// Units used so far.
    package var consumedUnits: Double { Double(consumedHalves.load(ordering: .relaxed)) / 2 }
    /// Requests refused so far because the partition had given what it can.
    package var throttledRequests: Int { throttled.load(ordering: .relaxed) }

    package func count(_ units: Double) {
      consumedHalves.add(Int((units * 2).rounded()), ordering: .relaxed)
    }

    package func countThrottled() { throttled.add(1, ordering: .relaxed) }
  }

  package let reads: Lane
  /// Keeps readers and writers off each other's cache line.
  private let padding = InlineArray<8, UInt64>(repeating: 0)
  package let writes: Lane

  package init() {
    reads = Lane(unitsPerSecond: RateLimit.partitionReadUnitsPerSecond)
    writes = Lane(unitsPerSecond: RateLimit.partitionWriteUnitsPerSecond)
  }
}

/// Where the partitions of a table or a global index begin.
package struct PartitionRanges: Sendable, Hashable {
  /// The most partitions that one table or index may have.
  package static let countMax = 4_096

  /// The first hash of each partition, in ascending order; the first of them is 0.
  package private(set) var lowerBounds: [UInt64]

  package var count: Int { lowerBounds.count }

  /// So many partitions of equal size.
  package init(evenly count: Int) {
    let count = max(1, min(count, Self.countMax))
    lowerBounds = (0..<count).map { part in
      // part / count of 2^64.
      part == 0 ? 0 : UInt64(count).dividingFullWidth((UInt64(part), 0)).quotient
    }
  }

  /// As many partitions as are needed for a level of throughput.
  package init(for level: WarmLevel) {
    self.init(evenly: Self.count(for: level))
  }

  /// How many partitions a level of throughput needs: each gives 3,000 read units and 1,000 write units a second.
  package static func count(for level: WarmLevel) -> Int {
    func parts(_ units: Int, _ each: Int) -> Int { (units + each - 1) / each }
    return max(
      1, parts(level.readUnitsPerSecond, RateLimit.partitionReadUnitsPerSecond),
      parts(level.writeUnitsPerSecond, RateLimit.partitionWriteUnitsPerSecond))
  }

  /// The position of the partition that holds `hash`.
  package func position(of hash: UInt64) -> Int {
    var low = 0
    var high = lowerBounds.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lowerBounds[middle] <= hash { low = middle } else { high = middle }
    }
    return low
  }
}
