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

  @Test func aBlockThatComesBackGoesToTheMainQueue() {
    let cache = BlockCache(bytesMax: 400_000)
    _ = cache.insert(block(1000), file: 9, offset: 0)
    var scanned = 0
    while cache.lookup(file: 9, offset: 0) != nil || scanned < 10 {
      // Looking raises its uses, so look only now and then.
      for _ in 0..<400 {
        _ = cache.insert(block(1000), file: 1, offset: scanned)
        scanned += 1
      }
      if scanned > 40_000 { break }
    }
    // It may have been moved to main by being looked at; then it is there, which is the other way to the same end.
    _ = cache.insert(block(1000), file: 9, offset: 0)
    for offset in 100_000..<100_300 { _ = cache.insert(block(1000), file: 1, offset: offset) }
    #expect(cache.lookup(file: 9, offset: 0) != nil)
  }

  @Test func aCacheOfNoBytesHoldsNothing() {
    let cache = BlockCache(bytesMax: 0)
    let only = block(10)
    #expect(cache.insert(only, file: 1, offset: 0) === only)
    #expect(cache.lookup(file: 1, offset: 0) == nil)
  }
}
