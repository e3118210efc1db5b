import Flywheel
import TestSupport
import Testing

@Suite struct KeySketchTests {
  @Test func aKeyThatIsOftenAskedForIsFoundAmongMany() {
    var random = HistoryRandom(seed: FuzzRounds.seed(31))
    var sketch = KeySketch()
    for round in 0..<10_000 {
      sketch.add(round % 5 == 0 ? 77 : UInt64.random(in: 100...UInt64.max, using: &random))
    }
    #expect(sketch.total == 10_000)
    #expect(sketch.top.count == KeySketch.keysMax)
    #expect(sketch.top[0].hash == 77)
    // Space saving tells too much rather than too little, by no more than a part of all.
    #expect((2_000...2_000 + 10_000 / KeySketch.keysMax).contains(sketch.top[0].count))
    sketch.age()
    #expect(sketch.total == 5_000)
  }

  @Test func twoHotKeysAreParted() {
    var sketch = KeySketch()
    for round in 0..<64 { sketch.add(round % 2 == 0 ? 1_000 : 2_000) }
    #expect(sketch.advice == .split(at: 2_000))
  }

  @Test func manyKeysArePartedInTheMiddle() {
    var random = HistoryRandom(seed: FuzzRounds.seed(32))
    var sketch = KeySketch()
    for _ in 0..<200 { sketch.add(UInt64.random(in: 0..<1_000, using: &random)) }
    guard case .split(let point) = sketch.advice else {
      Issue.record("not \(sketch.advice)")
      return
    }
    #expect((300...700).contains(point))
  }

  @Test func oneHotKeyCanNotBeParted() {
    var sketch = KeySketch()
    for round in 0..<64 { sketch.add(round % 20 == 0 ? UInt64(round) : 5_000) }
    #expect(sketch.advice == .oneKey)
    var single = KeySketch()
    for _ in 0..<64 { single.add(9) }
    #expect(single.advice == .oneKey)
  }

  @Test func aKeyThatHasMostOfItIsPartedFromTheOthers() {
    var sketch = KeySketch()
    for round in 0..<64 { sketch.add(round % 4 == 0 ? UInt64(round) : 5_000) }
    #expect(sketch.advice == .split(at: 5_000))
  }

  @Test(arguments: [true, false])
  func whatGoesAlongTheRangeIsASequence(_ isUpward: Bool) {
    var sketch = KeySketch()
    for round in 0..<300 { sketch.add(UInt64(isUpward ? round : 1_000 - round)) }
    #expect(sketch.advice == .sequential)
  }

  @Test func fewRequestsSayNothing() {
    var sketch = KeySketch()
    for round in 0..<10 { sketch.add(UInt64(round)) }
    #expect(sketch.advice == .unknown)
  }
}
