/// What requests of one setup of a table or an index look up: which partition a hash belongs to, and where that is.
///
/// **One look for nearly every hash.** Partitions begin as equal parts of all hashes, so the hash says which it should be, and the
/// partition itself, on the line that is read anyway, whether it is. Where partitions were split it often is not. Then a directory
/// says, for the first bits of a hash, between which partitions it must lie: it has eight entries or more for each, so most of
/// them name one; where more are named they are searched by halves.
///
/// **No reference is counted.** What lies behind the addresses is kept by `partitions`, which this has, and this by the
/// `ResourceAdmission` that requests stand on through their table.
///
/// Unchecked: all is written before anyone else sees it, and never again.
package struct PartitionMap: ~Copyable, @unchecked Sendable {
  /// One for each range.
  let partitions: [Partition]
  private let count: UInt64
  private let addresses: UnsafeMutablePointer<OwnAddress<PartitionLines>>
  /// The last hash of each.
  private let lastHashes: UnsafeMutablePointer<UInt64>
  /// For each beginning of a hash, the position of the first partition that has one of it; and one more.
  private let directory: UnsafeMutablePointer<UInt16>
  /// By how much a hash is shifted to be found there.
  private let shift: UInt64

  package init(_ ranges: PartitionRanges, _ partitions: [Partition]) {
    precondition(partitions.count == ranges.count && ranges.count <= PartitionRanges.countMax)
    self.partitions = partitions
    count = UInt64(ranges.count)
    addresses = .allocate(capacity: ranges.count)
    lastHashes = .allocate(capacity: ranges.count)
    for (position, partition) in partitions.enumerated() {
      precondition(partition.lines.address.pointer.pointee.holds(ranges.range(at: position).upperBound))
      (addresses + position).initialize(to: partition.lines.address)
      (lastHashes + position).initialize(to: ranges.range(at: position).upperBound)
    }
    var bits: UInt64 = 3
    while 1 << bits < 8 * ranges.count { bits += 1 }
    shift = 64 - bits
    let beginnings = 1 << Int(bits)
    directory = .allocate(capacity: beginnings + 1)
    for beginning in 0..<beginnings {
      (directory + beginning).initialize(to: UInt16(ranges.position(of: UInt64(beginning) << shift)))
    }
    (directory + beginnings).initialize(to: UInt16(ranges.count - 1))
  }

  deinit {
    addresses.deallocate()
    lastHashes.deallocate()
    directory.deallocate()
  }

  /// The position of the partition that holds `hash`.
  @inline(__always)
  package func position(of hash: UInt64) -> Int {
    let expected = Int(truncatingIfNeeded: hash.multipliedFullWidth(by: count).high)
    if addresses[expected].pointer.pointee.holds(hash) { return expected }
    return search(for: hash)
  }

  @inline(never)
  private func search(for hash: UInt64) -> Int {
    let beginning = Int(truncatingIfNeeded: hash &>> shift)
    var low = Int(directory[beginning])
    var high = Int(directory[beginning &+ 1])
    while low < high {
      let middle = (low &+ high) / 2
      if hash > lastHashes[middle] { low = middle &+ 1 } else { high = middle }
    }
    return low
  }

  /// What requests need of the partition at a position. Not to be kept.
  @inline(__always)
  func lines(at position: Int) -> OwnAddress<PartitionLines> { addresses[position] }
}
