/// Where the partitions of a table or a global index begin.
///
/// A partition is a range of hashes, so to split one is to note one more number: no item is moved, and whoever reads or
/// scans knows nothing of it. Partitions are never merged, as with the service: a table that once had the throughput goes on
/// having it.
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

  /// The hashes of a partition.
  package func range(at position: Int) -> ClosedRange<UInt64> {
    lowerBounds[position]...(position + 1 < count ? lowerBounds[position + 1] - 1 : .max)
  }

  /// What part of all hashes a partition has.
  package func share(at position: Int) -> Double {
    let range = range(at: position)
    return (Double(range.upperBound - range.lowerBound) + 1) / 0x1p64
  }

  /// Splits the partition that holds `hash` so that its right part begins there.
  ///
  /// - Returns: whether it was split: not where a partition begins already, nor beyond `countMax`.
  @discardableResult
  package mutating func split(at hash: UInt64) -> Bool {
    let position = position(of: hash)
    guard lowerBounds[position] != hash, count < Self.countMax else { return false }
    lowerBounds.insert(hash, at: position + 1)
    return true
  }

  /// Splits the largest partitions in halves until none has more than it can give of a level of throughput that is evenly
  /// spread over the hashes.
  package mutating func grow(for level: WarmLevel) {
    let sharesMin = Double(Self.count(for: level))
    while count < Self.countMax {
      var largest = 0
      var size: UInt64 = 0
      for position in lowerBounds.indices {
        let range = range(at: position)
        let candidate = range.upperBound - range.lowerBound
        if candidate > size {
          largest = position
          size = candidate
        }
      }
      guard share(at: largest) * sharesMin > 1.001, split(at: middle(of: largest)) else { return }
    }
  }

  /// The hash in the middle of a partition.
  package func middle(of position: Int) -> UInt64 {
    let range = range(at: position)
    return range.lowerBound + (range.upperBound - range.lowerBound) / 2 + 1
  }

  // MARK: Stored form

  /// The bounds but the first, 8 bytes each, most significant byte first.
  package var encoded: [UInt8] {
    lowerBounds.dropFirst().flatMap { bound in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bound >> UInt64($0)) }
    }
  }

  /// Nil for bytes that are not the stored form of anything.
  package init?(encoded: [UInt8]) {
    guard encoded.count % 8 == 0, encoded.count / 8 < Self.countMax else { return nil }
    lowerBounds = [0]
    for start in stride(from: 0, to: encoded.count, by: 8) {
      let bound = encoded[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard bound > lowerBounds.last! else { return nil }
      lowerBounds.append(bound)
    }
  }
}
