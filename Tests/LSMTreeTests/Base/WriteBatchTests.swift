import LSMTree
import Testing

@Suite struct WriteBatchTests {
  /// The layout in Docs/Formats/WriteBatch.md, byte by byte.
  @Test func layout() {
    var batch = WriteBatch()
    batch.put([0xAA, 0xBB], [1, 2, 3])
    batch.delete([0xCC])
    batch.deleteRange(from: [1], to: [2, 3])
    let bytes = Array(batch.bytes)
    #expect(
      bytes == [
        3, 0, 0, 0,
        1, 2, 0xAA, 0xBB, 3, 1, 2, 3,
        0, 1, 0xCC,
        2, 1, 1, 2, 2, 3,
      ])
    #expect(batch.byteCount == bytes.count)
    #expect(batch.count == 3)
  }

  @Test func bytesMakeTheSameBatchAgain() {
    var random = SeededGenerator(seed: 9)
    for _ in 0..<200 {
      var batch = WriteBatch(capacityBytes: 0)
      for _ in 0..<random.below(20) {
        switch random.below(3) {
        case 0: batch.delete(random.bytes(random.below(300)))
        case 1: batch.deleteRange(from: [0] + random.bytes(3), to: [1] + random.bytes(200))
        default: batch.put(random.bytes(random.below(40)), random.bytes(random.below(5000)))
        }
      }
      guard let again = WriteBatch(payload: batch.bytes) else {
        Issue.record("a batch's bytes are no batch")
        return
      }
      #expect(Array(again.bytes) == Array(batch.bytes))
      #expect(again.count == batch.count)
    }
  }

  @Test func emptyRangesAreLeftOut() {
    var batch = WriteBatch()
    batch.deleteRange(from: [2], to: [2])
    batch.deleteRange(from: [3], to: [2])
    #expect(batch.count == 0)
  }

  @Test func appendAndRemoveAll() {
    var first = WriteBatch()
    first.put([1], [1])
    var second = WriteBatch()
    second.delete([2])
    second.deleteRange(from: [1], to: [9])
    first.append(second)
    var whole = WriteBatch()
    whole.put([1], [1])
    whole.delete([2])
    whole.deleteRange(from: [1], to: [9])
    #expect(Array(first.bytes) == Array(whole.bytes))
    first.removeAll()
    #expect(Array(first.bytes) == [0, 0, 0, 0])
    #expect(first.count == 0)
  }

  /// No damage of a valid batch is taken for another batch with a wrong count, and none reads out of bounds.
  @Test func whatWasAddedSinceAMarkIsTakenAway() {
    var batch = WriteBatch()
    batch.put([1], [2])
    let bytes = Array(batch.bytes)
    let mark = batch.mark
    batch.delete([3])
    batch.deleteRange(from: [4], to: [5])
    batch.truncate(to: mark)
    #expect(Array(batch.bytes) == bytes)
    #expect(batch.count == 1 && batch.rangeDeletionCount == 0)
    batch.put([6], [7])
    #expect(WriteBatchReader.check(batch.bytes)?.count == 2)
  }

  @Test func damageIsSeen() {
    var batch = WriteBatch()
    batch.put([1, 2, 3], [4, 5])
    batch.delete([1])
    batch.deleteRange(from: [1], to: [2])
    let bytes = Array(batch.bytes)
    for count in 0..<bytes.count {
      let cut = Array(bytes[..<count])
      #expect(WriteBatchReader.check(cut.span.bytes) == nil, "cut at \(count)")
    }
    var random = SeededGenerator(seed: 21)
    for _ in 0..<5000 {
      var damaged = bytes
      for _ in 0...random.below(3) { damaged[random.below(damaged.count)] = UInt8(random.below(256)) }
      if let shape = WriteBatchReader.check(damaged.span.bytes) {
        #expect(
          shape.count == Int(damaged[0]) + Int(damaged[1]) << 8 + Int(damaged[2]) << 16 + Int(damaged[3])
            << 24)
      }
    }
    for kind in [3, 4, 5, 255] as [UInt8] {
      var unknown = bytes
      unknown[4] = kind
      #expect(WriteBatchReader.check(unknown.span.bytes) == nil)
    }
  }
}
