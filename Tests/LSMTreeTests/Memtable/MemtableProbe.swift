import LSMTree

/// A memtable that is written and read an entry at a time.
final class MemtableProbe: Sendable {
  let memtable: Memtable

  init(capacityBytes: Int) {
    memtable = Memtable(capacityBytes: capacityBytes)
  }

  func write(_ key: [UInt8], _ value: [UInt8]?, _ sequence: SequenceNumber) {
    var batch = WriteBatch()
    if let value { batch.put(key, value) } else { batch.delete(key) }
    precondition(memtable.hasRoom(for: batch))
    memtable.apply(batch, first: sequence)
  }

  /// The sequence of the newest version at or below another one.
  func find(_ key: [UInt8], _ sequence: SequenceNumber) -> SequenceNumber? {
    key.withUnsafeBytes { bytes in
      let node = memtable.reader.find(bytes, hash: KeyHash.hash(key), atOrBelow: sequence)
      return node == 0 ? nil : InternalKey.sequence(ofTrailer: memtable.reader.trailer(node))
    }
  }

  func forward() -> [(key: [UInt8], sequence: SequenceNumber)] {
    walk(from: memtable.reader.first, memtable.reader.next)
  }

  func backward() -> [(key: [UInt8], sequence: SequenceNumber)] {
    walk(from: memtable.reader.last, memtable.reader.previous)
  }

  private func walk(from first: Int, _ step: (Int) -> Int) -> [(key: [UInt8], sequence: SequenceNumber)] {
    var entries: [(key: [UInt8], sequence: SequenceNumber)] = []
    var node = first
    while node != 0 {
      entries.append(
        (Array(memtable.reader.key(node)), InternalKey.sequence(ofTrailer: memtable.reader.trailer(node))))
      node = step(node)
    }
    return entries
  }
}
