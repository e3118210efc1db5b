import LSMTree
import Synchronization
import Testing

/// Many threads at once, small enough to run under the thread sanitizer.
@Suite struct ConcurrencyTests {
  /// Each writer moves units between accounts in batches that keep the sum; every reader must always find that sum, and
  /// never see a writer's counter go back.
  @Test(arguments: [Durability.fsync, .none])
  func readersSeeWholeBatchesInOrder(durability: Durability) throws {
    var options = TreeOptions()
    options.durability = durability
    options.memtableBytesMax = 64 << 10
    options.logSegmentBytes = 64 << 10
    options.levelBaseBytesMax = 64 << 10
    options.tableBytesMax = 16 << 10
    options.l0CompactionSublevels = 2
    let tree = try Tree.open("/t", options: options, fileSystem: MemoryFileSystem())
    var batch = WriteBatch()
    for account in 0..<Self.accounts { batch.put(Self.accountKey(account), Self.amount(1000)) }
    try tree.waitUntilDurable(try tree.commit(batch))
    let writersLeft = Shared(Atomic<Int>(Self.writers))
    var threads: [BackgroundThread] = []
    for writer in 0..<Self.writers {
      threads.append(
        .start {
          Self.write(tree, writer)
          writersLeft.value.subtract(1, ordering: .releasing)
        })
    }
    for _ in 0..<2 {
      threads.append(
        .start { while writersLeft.value.load(ordering: .acquiring) > 0 { Self.checkSum(tree) } })
    }
    threads.append(
      .start { while writersLeft.value.load(ordering: .acquiring) > 0 { try? tree.flush() } })
    for thread in threads { thread.join() }
    Self.checkSum(tree)
    try tree.close()
  }

  private static let accounts = 20
  private static let writers = 3
  private static let batchesPerWriter = 300

  private static func accountKey(_ account: Int) -> [UInt8] { Array("account \(account)".utf8) }
  private static func amount(_ amount: Int) -> [UInt8] {
    Array("\(amount)".utf8) + [UInt8](repeating: 32, count: 100)
  }
  private static func number(_ bytes: [UInt8]) -> Int {
    Int(String(decoding: bytes.prefix { $0 != 32 }, as: UTF8.self))!
  }

  /// A writer has accounts of its own, so that reading and writing need no latch.
  private static func write(_ tree: Tree, _ writer: Int) {
    var random = SeededGenerator(seed: UInt64(writer) + 1)
    let own = Array(stride(from: writer, to: accounts, by: writers))
    for count in 1...batchesPerWriter {
      let from = own[random.below(own.count)]
      let to = own[random.below(own.count)]
      guard from != to else { continue }
      do {
        let view = tree.appliedView()
        guard let fromValue = try tree.bytes(accountKey(from), in: view),
          let toValue = try tree.bytes(accountKey(to), in: view)
        else {
          Issue.record("an account is missing")
          return
        }
        var batch = WriteBatch()
        batch.put(accountKey(from), amount(number(fromValue) - 1))
        batch.put(accountKey(to), amount(number(toValue) + 1))
        batch.put(Array("counter \(writer)".utf8), amount(count))
        let sequence = try tree.commit(batch)
        if count % 4 == 0 { try tree.waitUntilDurable(sequence) }
        if count % 7 == 0 { tree.whenDurable(sequence) { #expect($0 == nil) } }
      } catch {
        Issue.record(error)
        return
      }
    }
  }

  private static func checkSum(_ tree: Tree) {
    do {
      let before = try (0..<writers).map { try counter(tree, $0, tree.view()) }
      var sum = 0
      var found = 0
      var cursor = try tree.cursor(in: tree.view(), from: Array("account".utf8), to: Array("b".utf8))
      try cursor.seekToFirst()
      while cursor.isValid {
        sum += number(Array(cursor.value))
        found += 1
        try cursor.next()
      }
      #expect(found == accounts)
      #expect(sum == 1000 * accounts)
      try cursor.seekToLast()
      while cursor.isValid {
        sum -= number(Array(cursor.value))
        try cursor.previous()
      }
      #expect(sum == 0)
      let after = try (0..<writers).map { try counter(tree, $0, tree.view()) }
      #expect(zip(before, after).allSatisfy { $0 <= $1 })
    } catch {
      Issue.record(error)
    }
  }

  private static func counter(_ tree: Tree, _ writer: Int, _ view: consuming ReadView) throws -> Int {
    try tree.bytes(Array("counter \(writer)".utf8), in: view).map { number($0) } ?? 0
  }
}
