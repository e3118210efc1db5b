import LSMTree
import Testing

@Suite struct RangeDeletionsTests {
  @Test func overlapsAreCutIntoFragments() {
    let set = RangeDeletions([
      RangeDeletion(lower: [2], upper: [6], sequence: 10),
      RangeDeletion(lower: [4], upper: [8], sequence: 20),
      RangeDeletion(lower: [9], upper: [9], sequence: 99),
    ])
    #expect(
      set.fragments == [
        .init(lower: [2], upper: [4], sequences: [10]), .init(lower: [4], upper: [6], sequences: [20, 10]),
        .init(lower: [6], upper: [8], sequences: [20]),
      ])
    #expect(set.newestCovering(([5] as [UInt8]).span.bytes, atOrBelow: 100) == 20)
    #expect(set.newestCovering(([5] as [UInt8]).span.bytes, atOrBelow: 19) == 10)
    #expect(set.newestCovering(([5] as [UInt8]).span.bytes, atOrBelow: 9) == 0)
    #expect(set.newestCovering(([8] as [UInt8]).span.bytes, atOrBelow: 100) == 0)
    #expect(set.newestCovering(([1, 9] as [UInt8]).span.bytes, atOrBelow: 100) == 0)
  }

  @Test func touchingFragmentsOfOneDeletionBecomeOne() {
    let halves = [
      RangeDeletions([RangeDeletion(lower: [1], upper: [5], sequence: 3)]),
      RangeDeletions([RangeDeletion(lower: [5], upper: [9], sequence: 3)]),
    ]
    #expect(RangeDeletions(joining: halves).fragments == [.init(lower: [1], upper: [9], sequences: [3])])
  }

  @Test func clippingKeepsWhatIsInside() {
    let set = RangeDeletions([RangeDeletion(lower: [2], upper: [8], sequence: 10)])
    #expect(set.clipped(from: [4], to: [6]).fragments == [.init(lower: [4], upper: [6], sequences: [10])])
    #expect(set.clipped(from: [8], to: nil).isEmpty)
    #expect(set.clipped(from: nil, to: [2]).isEmpty)
    #expect(set.clipped(from: nil, to: nil).fragments == set.fragments)
  }

  @Test(arguments: 1...20)
  func answersAreThoseOfTheDeletionsThemselves(_ seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let deletions = (0..<generator.below(30)).map { index in
      RangeDeletion(
        lower: [UInt8(generator.below(20))] + generator.bytes(generator.below(2)),
        upper: [UInt8(generator.below(24))], sequence: SequenceNumber(1 + generator.below(40)))
    }
    let set = RangeDeletions(deletions)
    for _ in 0..<200 {
      let key = [UInt8(generator.below(24))] + generator.bytes(generator.below(2))
      let sequence = SequenceNumber(generator.below(42))
      let expected =
        deletions.filter {
          KeyOrder.compare($0.lower, key) <= 0 && KeyOrder.compare(key, $0.upper) < 0
            && $0.sequence <= sequence
        }.map(\.sequence).max() ?? 0
      #expect(set.newestCovering(key.span.bytes, atOrBelow: sequence) == expected, "seed \(seed), key \(key)")
    }
  }
}
