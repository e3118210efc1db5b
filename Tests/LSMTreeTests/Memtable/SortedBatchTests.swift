import LSMTree
import Testing

/// Large batches that become memtables of their own, held against the skiplist that they go past.
@Suite struct SortedBatchTests {
  /// A batch of puts, deletions and range deletions of few keys, many of them more than once; in order every other time.
  private func makeBatch(_ random: inout SeededGenerator, entries: Int, isSorted: Bool) -> WriteBatch {
    var keys = (0..<entries).map { _ in
      random.below(3) == 0 ? random.bytes(random.below(12)) : Array("key \(random.below(entries))".utf8)
    }
    if isSorted { keys.sort { $0.lexicographicallyPrecedes($1) } }
    var batch = WriteBatch()
    for key in keys {
      switch random.below(20) {
      case 0: batch.deleteRange(from: key, to: key + [1])
      case 1..<4: batch.delete(key)
      default: batch.put(key, random.bytes(random.below(200)))
      }
    }
    return batch
  }

  @Test func agreesWithTheSkipList() {
    for seed in 1...8 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      let batch = makeBatch(&random, entries: Int(seed) * 60 - 59, isSorted: seed % 2 == 0)
      let first: SequenceNumber = 1000
      let memtable = Memtable(capacityBytes: 1 << 20)
      memtable.apply(batch, first: first)
      let list = memtable.reader
      let large = Memtable(SortedBatch(batch), firstSequence: first, createdTime: 0)
      guard case .batch(let sorted) = large.contents else {
        Issue.record("a large batch is read from the skiplist")
        return
      }
      var node = list.first
      var place = sorted.firstNode
      while node != 0, place != 0 {
        #expect(Array(list.key(node)) == Array(sorted.key(place)), "seed \(seed)")
        #expect(list.trailer(node) == sorted.trailer(place), "seed \(seed)")
        #expect(Array(list.value(node)) == Array(sorted.value(place)), "seed \(seed)")
        let previous = sorted.previous(place)
        #expect(previous == 0 ? list.previous(node) == 0 : sorted.next(previous) == place, "seed \(seed)")
        // Going to where it is, from either side.
        #expect(sorted.firstAtOrAfter(sorted.key(place), sorted.trailer(place)) == place, "seed \(seed)")
        #expect(sorted.lastBefore(sorted.key(place), sorted.trailer(place)) == previous, "seed \(seed)")
        node = list.next(node)
        place = sorted.next(place)
      }
      #expect(node == 0 && place == 0, "seed \(seed)")
      #expect(
        sorted.lastNode == 0
          ? list.last == 0 : Array(list.key(list.last)) == Array(sorted.key(sorted.lastNode)))
      #expect(large.rangeDeletions.fragments == memtable.rangeDeletions.fragments, "seed \(seed)")
      for _ in 0..<1000 {
        let key =
          random.below(2) == 0 ? random.bytes(random.below(3)) : Array("key \(random.below(500))".utf8)
        let sequence = first - 20 + SequenceNumber(random.below(batch.count + 40))
        key.withUnsafeBytes { bytes in
          let node = list.find(bytes, hash: KeyHash.hash(key), atOrBelow: sequence)
          let place = sorted.find(bytes, atOrBelow: sequence)
          #expect(node == 0 ? place == 0 : place != 0, "seed \(seed) key \(key) at \(sequence)")
          if node != 0, place != 0 { #expect(list.trailer(node) == sorted.trailer(place), "seed \(seed)") }
        }
      }
    }
  }

  /// One history in a tree whose memtables are so small that most batches are large, and in one that knows none.
  @Test func treesAgree() throws {
    for seed in 1...3 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      var options = TreeOptions()
      options.memtableBytesMax = 64 << 10
      options.logSegmentBytes = 64 << 10
      options.logBufferBytesMax = 64 << 10
      let disk = MemoryFileSystem()
      let small = try Tree.open("/t", options: options, fileSystem: disk)
      let other = try Tree.inMemory()
      var held: [(Snapshot, [[UInt8]: [UInt8]])] = []
      for step in 0..<24 {
        let entries = random.below(3) == 0 ? 1 + random.below(20) : 200 + random.below(600)
        let batch = makeBatch(&random, entries: entries, isSorted: random.below(2) == 0)
        #expect(try small.commit(batch) == (try other.commit(batch)))
        let expected = try other.content(in: other.appliedView())
        #expect(try small.content(in: small.appliedView()) == expected, "seed \(seed) step \(step)")
        if step % 5 == 0 { try small.waitUntilDurable(small.appliedSequence) }
        if step % 9 == 0 { try small.flush() }
        if step % 10 == 0 { held.append((small.snapshot(), expected)) }
      }
      // What a snapshot saw it goes on seeing, whatever was flushed and merged since.
      for (snapshot, expected) in held {
        #expect(try small.content(in: snapshot.view()) == expected, "seed \(seed)")
      }
      held = []
      try small.close()
      let again = try Tree.open("/t", options: options, fileSystem: disk)
      #expect(try again.content(in: again.view()) == (try other.content(in: other.view())), "seed \(seed)")
      try again.flush()
      _ = try again.verify()
      #expect(try again.content(in: again.view()) == (try other.content(in: other.view())), "seed \(seed)")
      try again.close()
      try other.close()
    }
  }

  /// Backward and forward from a key in the middle of a large batch.
  @Test func seeking() throws {
    var options = TreeOptions()
    options.memtableBytesMax = 64 << 10
    let tree = try Tree.inMemory(options: options)
    var batch = WriteBatch()
    for number in 0..<2000 {
      batch.put(Array("\(10_000 + 2 * number)".utf8), [UInt8](repeating: 7, count: 30))
    }
    try tree.commit(batch)
    var cursor = try tree.cursor(in: tree.view())
    try cursor.seek(Array("12001".utf8).span.bytes)
    #expect(Array(cursor.key) == Array("12002".utf8))
    try cursor.previous()
    #expect(Array(cursor.key) == Array("12000".utf8))
    try cursor.previous()
    #expect(Array(cursor.key) == Array("11998".utf8))
    try cursor.next()
    #expect(Array(cursor.key) == Array("12000".utf8))
    try cursor.seekForPrevious(Array("12003".utf8).span.bytes)
    #expect(Array(cursor.key) == Array("12002".utf8))
    try cursor.seekToLast()
    #expect(Array(cursor.key) == Array("13998".utf8))
    try tree.close()
  }
}
