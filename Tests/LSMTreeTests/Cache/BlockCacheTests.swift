import LSMTree
import Testing

@Suite struct BlockCacheTests {
  private func block(_ bytes: Int, _ tag: UInt8 = 0) -> Block {
    var builder = BlockBuilder(restartInterval: 16)
    let value = [UInt8](repeating: tag, count: bytes)
    [UInt8(1)].withUnsafeBytes { key in
      value.withUnsafeBytes { builder.add(key, trailer: InternalKey.trailer(1, .value), $0) }
    }
    builder.finish()
    return Block(builder.bytes)!
  }

  @Test func whatIsPutInIsFound() {
    let cache = BlockCache(bytesMax: 1 << 20)
    let blocks = (0..<50).map { block(1000, UInt8($0)) }
    for (offset, block) in blocks.enumerated() {
      #expect(cache.insert(block, file: 3, offset: offset) === block)
    }
    for (offset, block) in blocks.enumerated() { #expect(cache.lookup(file: 3, offset: offset) === block) }
    #expect(cache.lookup(file: 4, offset: 0) == nil)
    #expect(cache.metrics().hits == 50)
    #expect(cache.metrics().misses == 1)
    #expect(cache.metrics().blocks == 50)
  }

  @Test func theSecondOfTwoReadersGetsTheFirstOnesBlock() {
    let cache = BlockCache(bytesMax: 1 << 20)
    let first = block(10)
    #expect(cache.insert(first, file: 1, offset: 0) === first)
    #expect(cache.insert(block(10), file: 1, offset: 0) === first)
  }

  @Test func bytesStayWithinTheLimit() {
    var generator = SeededGenerator(seed: 31)
    let limit = 300_000
    let cache = BlockCache(bytesMax: limit)
    for turn in 0..<5000 {
      let offset = generator.below(2000)
      if cache.lookup(file: 1, offset: offset) == nil {
        _ = cache.insert(block(100 + generator.below(3000)), file: 1, offset: offset)
      }
      let metrics = cache.metrics()
      #expect(metrics.bytes <= limit, "turn \(turn)")
    }
    let metrics = cache.metrics()
    #expect(metrics.evictions > 0)
    #expect(metrics.bytes > limit / 2)
  }

  @Test func aScanLeavesWhatIsUsedAlone() {
    let cache = BlockCache(bytesMax: 400_000)
    for offset in 0..<100 { _ = cache.insert(block(1000), file: 1, offset: offset) }
    for _ in 0..<3 { for offset in 0..<100 { _ = cache.lookup(file: 1, offset: offset) } }
    for offset in 0..<5000 { _ = cache.insert(block(1000), file: 2, offset: offset) }
    let kept = (0..<100).count { cache.lookup(file: 1, offset: $0) != nil }
    #expect(kept == 100)
  }

  @Test func aBlockThatComesBackSoonGoesToTheMainQueue() {
    let cache = BlockCache(bytesMax: 1_000_000)
    func scan(_ offsets: Range<Int>) {
      for offset in offsets { _ = cache.insert(block(8000), file: 1, offset: offset) }
    }
    _ = cache.insert(block(8000), file: 9, offset: 0)
    // Just enough to push it out: the small queue is the whole cache as long as the main queue is empty.
    scan(0..<130)
    #expect(cache.lookup(file: 9, offset: 0) == nil)
    _ = cache.insert(block(8000), file: 9, offset: 0)
    // A block that is new would not outlive this scan; this one is remembered.
    scan(1000..<1300)
    #expect(cache.lookup(file: 9, offset: 0) != nil)
    #expect(cache.lookup(file: 1, offset: 129) == nil)
  }

  @Test func threadsFindWhatBelongsToTheirKeys() async {
    let cache = BlockCache(bytesMax: 200_000)
    let blocks = (0..<200).map { block(500 + $0 * 20, UInt8($0)) }
    let wrong = await withTaskGroup(of: Int.self) { group in
      for task in 0..<4 {
        group.addTask {
          var generator = SeededGenerator(seed: UInt64(task))
          var wrong = 0
          for _ in 0..<20_000 {
            let offset = generator.below(blocks.count)
            let found =
              cache.lookup(file: 1, offset: offset) ?? cache.insert(blocks[offset], file: 1, offset: offset)
            if found !== blocks[offset] { wrong += 1 }
          }
          return wrong
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
    let metrics = cache.metrics()
    #expect(metrics.hits + metrics.misses == 80_000)
    #expect(metrics.bytes <= 200_000)
  }

  @Test func aCacheOfNoBytesHoldsNothing() {
    let cache = BlockCache(bytesMax: 0)
    let only = block(10)
    #expect(cache.insert(only, file: 1, offset: 0) === only)
    #expect(cache.lookup(file: 1, offset: 0) == nil)
  }
}
