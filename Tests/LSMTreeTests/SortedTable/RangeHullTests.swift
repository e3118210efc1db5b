import LSMTree
import Testing

/// What reads ask before they look at range deletions may say "perhaps" too often, and never "no" too soon.
@Suite struct RangeHullTests {
  @Test func aHullHasWhatIsBetweenItsEnds() {
    let hull = RangeHull.make(lower: [2], upper: [4, 0])
    defer { hull.free() }
    func contains(_ key: [UInt8]) -> Bool { key.withUnsafeBytes { hull.contains($0) } }
    #expect(!contains([]) && !contains([1, 255]))
    #expect(contains([2]) && contains([2, 0]) && contains([3]) && contains([4]))
    #expect(!contains([4, 0]) && !contains([4, 1]) && !contains([5]))
    #expect(hull.overlaps(from: [], to: nil) && hull.overlaps(from: [1], to: [2, 0]))
    #expect(!hull.overlaps(from: [], to: [2]) && !hull.overlaps(from: [1], to: []))
    #expect(hull.overlaps(from: [4], to: nil) && hull.overlaps(from: [3], to: [3, 1]))
    #expect(!hull.overlaps(from: [4, 0], to: nil) && !hull.overlaps(from: [9], to: [10]))
  }

  @Test func aHullBeginsWithTheFirstKeyOfAll() {
    let hull = RangeHull.make(lower: [], upper: [1])
    defer { hull.free() }
    #expect([UInt8]().withUnsafeBytes { hull.contains($0) })
    #expect(hull.overlaps(from: [], to: [0]) && !hull.overlaps(from: [1], to: nil))
    let none = RangeHull.make(RangeDeletions.none)
    #expect(none.map { _ in true } == nil)
  }

  /// Whatever deletions come, in whatever order, a key that one covers is in the hull of all so far, and the hull is no
  /// larger than it has to be.
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func aGrowingHullHasAllThatIsCovered(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    func key() -> [UInt8] {
      (0..<Int.random(in: 0...3, using: &random)).map { _ in UInt8.random(in: 0...4, using: &random) }
    }
    for _ in 0..<200 {
      var growing = RangeHull.Growing()
      var deletions: [RangeDeletion] = []
      var now = growing.hull
      #expect(now.map { _ in true } == nil)
      for sequence in 1...6 {
        let added = (0..<Int.random(in: 0...2, using: &random)).map { _ in
          RangeDeletion(lower: key(), upper: key(), sequence: SequenceNumber(sequence))
        }
        growing.add(added)
        now = growing.hull
        deletions += added
        let whole = deletions.filter { KeyOrder.compare($0.lower, $0.upper) < 0 }
        for _ in 0..<10 {
          let (probe, end) = (key(), key())
          let inside =
            whole.contains { KeyOrder.compare($0.lower, probe) <= 0 }
            && whole.contains { KeyOrder.compare(probe, $0.upper) < 0 }
          let isInside = now.map { hull in probe.withUnsafeBytes { hull.contains($0) } } ?? false
          #expect(isInside == inside, "seed \(seed): \(probe) in \(whole)")
          let meets =
            whole.contains { KeyOrder.compare($0.lower, end) < 0 }
            && whole.contains { KeyOrder.compare(probe, $0.upper) < 0 }
          let isMet = now?.overlaps(from: probe, to: end) ?? false
          #expect(isMet == meets, "seed \(seed)")
        }
      }
    }
  }
}
