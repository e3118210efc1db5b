import LSMTree
import Testing

@Suite struct BlockCursorTests {
  /// Parts shorter than, as long as and longer than a cursor's trail.
  @Test(arguments: [1, 2, 3, 8, 15, 16, 17, 18, 33, 1000])
  func randomStepsShowTheEntries(restartInterval: Int) {
    var generator = SeededGenerator(seed: UInt64(restartInterval))
    for _ in 0..<20 {
      let entries = randomEntries(1 + generator.below(120), &generator)
      var builder = BlockBuilder(restartInterval: restartInterval)
      for entry in entries {
        let trailer = InternalKey.trailer(entry.sequence, entry.kind)
        entry.key.withUnsafeBytes { key in
          entry.value.withUnsafeBytes { builder.add(key, trailer: trailer, $0) }
        }
      }
      builder.finish()
      guard let block = Block(builder.bytes) else {
        Issue.record("a block just built is refused")
        return
      }
      walk(block, entries, &generator)
    }
  }

  private func walk(_ block: Block, _ entries: [Entry], _ generator: inout SeededGenerator) {
    var cursor = BlockCursor()
    cursor.enter(block)
    cursor.seekToLast()
    var place = entries.count - 1
    for _ in 0..<40 {
      let isForward = generator.below(2) == 0
      for _ in 0..<generator.below(30) where entries.indices.contains(place) {
        let key = Array(cursor.key)
        let value = Array(cursor.value)
        #expect(key == entries[place].internalKey)
        #expect(value == entries[place].value)
        if isForward { cursor.next() } else { cursor.previous() }
        place += isForward ? 1 : -1
      }
      if entries.indices.contains(place) { continue }
      let isValid = cursor.isValid
      #expect(!isValid)
      place = generator.below(entries.count)
      entries[place].internalKey.withUnsafeBytes { cursor.seek(SearchKey(internalKey: $0)) }
    }
  }
}
