import LSMTree
import Synchronization
import Testing

@Suite struct TreeTests {
  private func put(_ tree: Tree, _ key: String, _ value: String, _ durability: Durability? = nil) throws
    -> SequenceNumber
  {
    var batch = WriteBatch()
    batch.put(Array(key.utf8), Array(value.utf8))
    return try tree.commit(batch, durability: durability)
  }

  private func get(_ tree: Tree, _ key: String, _ view: borrowing ReadView) throws -> String? {
    try tree.bytes(Array(key.utf8), in: view).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func readersSeeNothingThatIsNotDurable() throws {
    // A sync that hangs until it is told.
    let gate = Gate()
    let disk = FaultFileSystem { operation in
      if operation.kind == .sync, operation.path.hasSuffix(".log") { gate.pass() }
      return nil
    }
    let tree = try Tree.open("/t", fileSystem: disk)
    let first = try put(tree, "a", "1")
    try tree.waitUntilDurable(first)
    gate.close()
    let second = try put(tree, "a", "2")
    #expect(tree.appliedSequence == second)
    #expect(try get(tree, "a", tree.view()) == "1")
    #expect(try get(tree, "a", tree.appliedView()) == "2")
    let called = Mutex<[SequenceNumber]>([])
    tree.whenDurable(second) { error in
      #expect(error == nil)
      called.withLock { $0.append(second) }
    }
    #expect(called.withLock { $0 } == [])
    gate.open()
    try tree.waitUntilDurable(second)
    #expect(try get(tree, "a", tree.view()) == "2")
    try tree.close()
    #expect(called.withLock { $0 } == [second])
  }

  @Test func unsyncedCommitWaitsForSyncedOneBeforeIt() throws {
    let gate = Gate()
    let disk = FaultFileSystem { operation in
      if operation.kind == .sync, operation.path.hasSuffix(".log") { gate.pass() }
      return nil
    }
    let tree = try Tree.open("/t", fileSystem: disk)
    try tree.waitUntilDurable(try put(tree, "a", "0"))
    gate.close()
    _ = try put(tree, "a", "1", .fsync)
    _ = try put(tree, "b", "1", Durability.none)
    #expect(try get(tree, "b", tree.view()) == nil)
    gate.open()
    try tree.waitUntilDurable(tree.appliedSequence)
    #expect(try get(tree, "b", tree.view()) == "1")
    let last = try put(tree, "c", "1", Durability.none)
    #expect(tree.durableSequence == last)
    try tree.close()
  }

  @Test func failedSyncPoisons() throws {
    let flag = Shared(Atomic<Bool>(false))
    let disk = FaultFileSystem { operation in
      operation.kind == .sync && operation.path.hasSuffix(".log") && flag.value.load(ordering: .relaxed)
        ? .fail(errno: 5) : nil
    }
    let tree = try Tree.open("/t", fileSystem: disk)
    try tree.waitUntilDurable(try put(tree, "a", "1"))
    flag.value.store(true, ordering: .relaxed)
    let lost = try put(tree, "a", "2")
    #expect(throws: TreeError.self) { try tree.waitUntilDurable(lost) }
    flag.value.store(false, ordering: .relaxed)
    // Not even a sync that would succeed now is believed.
    let poisoned = try #require(throws: TreeError.self) { try tree.waitUntilDurable(lost) }
    guard case .poisoned = poisoned else {
      Issue.record(poisoned)
      return
    }
    #expect(throws: poisoned) { try put(tree, "b", "1") }
    #expect(throws: poisoned) { try put(tree, "b", "1", Durability.none) }
    let heard = Mutex<TreeError?>(nil)
    tree.whenDurable(lost) { error in heard.withLock { $0 = error } }
    #expect(heard.withLock { $0 } == poisoned)
    #expect(try get(tree, "a", tree.view()) == "1")
    #expect(throws: poisoned) { try tree.flush() }
    // The flush thread has given up by now; nobody may wait for it.
    #expect(throws: poisoned) { try tree.flush() }
    #expect(throws: poisoned) { try tree.close() }
    let again = try Tree.open("/t", fileSystem: disk.afterPowerCut(seed: 3))
    #expect(try get(again, "a", again.view()) != nil)
    try again.close()
  }

  /// Large memtables are made ready by a thread and used again after their flush: nothing of an earlier life may be found.
  @Test func memtablesAreUsedAgain() throws {
    var options = TreeOptions()
    options.memtableBytesMax = 9 << 20
    let tree = try Tree.inMemory(options: options)
    func key(_ number: Int) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
    var batch = WriteBatch()
    let rounds = 6
    for round in 0..<rounds {
      for number in 0..<2500 {
        // Every key of the round before is deleted, in a memtable that may be where it was written.
        if round > 0 { batch.delete(key((round - 1) * 2500 + number)) }
        batch.put(key(round * 2500 + number), Array(repeating: UInt8(round), count: 4096))
        if number % 10 == 9 {
          try tree.commit(batch)
          batch.removeAll()
        }
      }
      let view = tree.view()
      for number in stride(from: 0, to: 2500, by: 7) {
        #expect(try tree.bytes(key(round * 2500 + number), in: view)?.first == UInt8(round))
        for other in 0..<rounds where other != round {
          #expect(try tree.bytes(key(other * 2500 + number), in: view) == nil)
        }
      }
    }
    try tree.close()
  }

  @Test func batchLargerThanMemtable() throws {
    var options = TreeOptions()
    options.memtableBytesMax = 64 << 10
    options.logBufferBytesMax = 64 << 10
    options.logSegmentBytes = 64 << 10
    let disk = MemoryFileSystem()
    let tree = try Tree.open("/t", options: options, fileSystem: disk)
    var batch = WriteBatch()
    for index in 0..<3000 { batch.put(Array("key \(index)".utf8), [UInt8](repeating: 1, count: 100)) }
    batch.put(Array("huge".utf8), [UInt8](repeating: 2, count: 300 << 10))
    let last = try tree.commit(batch)
    #expect(last == 3001)
    try tree.waitUntilDurable(last)
    _ = try put(tree, "after", "1")
    try tree.close()
    let again = try Tree.open("/t", options: options, fileSystem: disk)
    #expect(try again.bytes(Array("huge".utf8), in: again.view())?.count == 300 << 10)
    #expect(try again.bytes(Array("key 2999".utf8), in: again.view())?.count == 100)
    #expect(try get(again, "after", again.view()) == "1")
    try again.close()
  }

  @Test func tooLargeBatchIsRefused() throws {
    let tree = try Tree.inMemory()
    var batch = WriteBatch()
    let value = [UInt8](repeating: 0, count: 16 << 20)
    for index in 0..<8 { batch.put([UInt8(index)], value) }
    #expect(throws: TreeError.batchTooLarge(bytes: batch.byteCount, bytesMax: WriteBatch.bytesMax)) {
      try tree.commit(batch)
    }
    #expect(tree.appliedSequence == 0)
    _ = try put(tree, "a", "1")
    try tree.close()
  }

  @Test func directoryIsLockedWhileOpen() throws {
    let disk = MemoryFileSystem()
    let tree = try Tree.open("/t", fileSystem: disk)
    #expect(throws: TreeError.locked(path: "/t/LOCK")) { _ = try Tree.open("/t", fileSystem: disk) }
    try tree.close()
    try tree.close()
    #expect(throws: TreeError.closed) { try put(tree, "a", "1") }
    #expect(throws: TreeError.closed) { try tree.flush() }
    let again = try Tree.open("/t", fileSystem: disk)
    try again.close()
  }

  @Test func treeThatIsLetGoClosesItself() throws {
    let disk = MemoryFileSystem()
    do {
      let tree = try Tree.open("/t", fileSystem: disk)
      _ = try put(tree, "a", "1")
    }
    let again = try Tree.open("/t", fileSystem: disk)
    #expect(try get(again, "a", again.view()) == "1")
    try again.close()
  }

  @Test func memoryOnlyReadsNeverTouchTheDisk() throws {
    var options = TreeOptions()
    options.blockCacheBytesMax = 1 << 20
    let reads = Shared(Atomic<Int>(0))
    let disk = FaultFileSystem { operation in
      if operation.kind == .read || operation.kind == .open { reads.value.add(1, ordering: .relaxed) }
      return nil
    }
    let tree = try Tree.open("/t", options: options, fileSystem: disk)
    for index in 0..<500 { _ = try put(tree, "key \(index)", String(repeating: "v", count: 100)) }
    try tree.flush()
    let before = reads.value.load(ordering: .relaxed)
    let key = Array("key 7".utf8)
    #expect(throws: TreeError.wouldBlock) { _ = try tree.bytes(key, in: tree.view(), io: .memoryOnly) }
    #expect(throws: TreeError.wouldBlock) {
      var cursor = try tree.cursor(in: tree.view(), io: .memoryOnly)
      try cursor.seek(key.span.bytes)
    }
    #expect(reads.value.load(ordering: .relaxed) == before)
    #expect(try tree.bytes(key, in: tree.view(), io: .blocking)?.count == 100)
    #expect(try tree.bytes(key, in: tree.view(), io: .memoryOnly)?.count == 100)
    try tree.close()
  }

  @Test func snapshotSurvivesOverwritesFlushAndCompaction() throws {
    let tree = try Tree.inMemory()
    _ = try put(tree, "a", "old")
    let snapshot = tree.snapshot()
    for index in 0..<100 { _ = try put(tree, "a", "new \(index)") }
    try tree.flush()
    _ = try put(tree, "a", "newest")
    try tree.flush()
    try tree.compact()
    #expect(try get(tree, "a", snapshot.view()) == "old")
    #expect(try get(tree, "a", tree.view()) == "newest")
    #expect(tree.metrics().snapshots == 1)
    try tree.close()
  }

  @Test func callbacksComeInOrder() throws {
    let tree = try Tree.open("/t", fileSystem: MemoryFileSystem())
    let order = Shared(Mutex<[SequenceNumber]>([]))
    for index in 0..<200 {
      let sequence = try put(tree, "key \(index)", "v")
      tree.whenDurable(sequence) { _ in order.value.withLock { $0.append(sequence) } }
    }
    try tree.close()
    #expect(order.value.withLock { $0 }.count == 200)
  }

  @Test func optionsAreChecked() {
    var options = TreeOptions()
    options.memtableBytesMax = 1
    #expect(
      throws: TreeError.invalidOption(
        name: "memtableBytesMax", reason: "1 is not between 65536 and 1073741824")
    ) {
      _ = try Tree.inMemory(options: options)
    }
    options = TreeOptions()
    options.durability = .interval(milliseconds: 0)
    #expect(throws: TreeError.self) { _ = try Tree.inMemory(options: options) }
  }
}
