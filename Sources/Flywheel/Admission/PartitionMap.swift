/// What requests of one setup of a table or an index look up: which partition a hash belongs to, and its buckets.
///
/// **One look for nearly every hash.** A directory says, for the first bits of a hash, between which partitions it must lie. It has
/// eight entries or more for each partition, so most of them name one; where two or more are named, because one begins
/// there or because splits have made small ones, they are searched by halves.
///
/// **No reference is counted.** What lies behind the addresses is kept by `partitions`, which this has, and this by the
/// `ResourceAdmission` that requests stand on through their table.
///
/// Unchecked: all is written before anyone else sees it, and never again.
struct PartitionMap: ~Copyable, @unchecked Sendable {
  private struct Entry {
    /// The last hash that belongs to it.
    var last: UInt64
    var buckets: OwnAddress<PartitionBuckets>
    var number: Int
  }

  /// One for each range.
  let partitions: [Partition]
  private let entries: UnsafeMutablePointer<Entry>
  /// For each beginning of a hash, the position of the first partition that has one of it; and one more.
  private let directory: UnsafeMutablePointer<UInt16>
  /// By how much a hash is shifted to be found there.
  private let shift: UInt64

  init(_ ranges: PartitionRanges, _ partitions: [Partition]) {
    precondition(partitions.count == ranges.count && ranges.count <= PartitionRanges.countMax)
    self.partitions = partitions
    entries = .allocate(capacity: ranges.count)
    for (position, partition) in partitions.enumerated() {
      (entries + position).initialize(
        to: Entry(
          last: ranges.range(at: position).upperBound, buckets: partition.buckets.address,
          number: partition.number))
    }
    var bits: UInt64 = 3
    while 1 << bits < 8 * ranges.count { bits += 1 }
    shift = 64 - bits
    let beginnings = 1 << Int(bits)
    directory = .allocate(capacity: beginnings + 1)
    for beginning in 0..<beginnings {
      let hash = UInt64(beginning) << shift
      (directory + beginning).initialize(to: UInt16(ranges.position(of: hash)))
    }
    (directory + beginnings).initialize(to: UInt16(ranges.count - 1))
  }

  deinit {
    entries.deallocate()
    directory.deallocate()
  }

  /// The position of the partition that holds `hash`.
  @inline(__always)
  func position(of hash: UInt64) -> Int {
    let beginning = Int(truncatingIfNeeded: hash &>> shift)
    var low = Int(directory[beginning])
    var high = Int(directory[beginning &+ 1])
    while low < high {
      let middle = (low &+ high) / 2
      if hash > entries[middle].last { low = middle &+ 1 } else { high = middle }
    }
    return low
  }

  /// The buckets of the partition at a position. Not to be kept.
  @inline(__always)
  func buckets(at position: Int) -> OwnAddress<PartitionBuckets> { entries[position].buckets }

  /// The number under which the units of the partition at a position are counted.
  @inline(__always)
  func number(at position: Int) -> Int { entries[position].number }
}
