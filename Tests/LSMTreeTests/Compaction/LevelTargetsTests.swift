import LSMTree
import Testing

@Suite struct LevelTargetsTests {
  private func targets(_ sizes: [Int]) -> LevelTargets {
    var options = CompactionOptions()
    options.levelBaseBytesMax = 1000
    options.levelSizeRatio = 10
    return LevelTargets(sizes: sizes, options)
  }

  @Test func anEmptyTreeHasItsBaseAtTheBottom() {
    #expect(targets([0, 0, 0, 0, 0, 0, 0]).baseLevel == 6)
  }

  @Test func theBaseRisesAsTheLastLevelGrows() {
    #expect(targets([0, 0, 0, 0, 0, 0, 2499]).baseLevel == 6)
    #expect(targets([0, 0, 0, 0, 0, 0, 2500]).baseLevel == 5)
    #expect(targets([0, 0, 0, 0, 0, 0, 24_999]).baseLevel == 5)
    #expect(targets([0, 0, 0, 0, 0, 0, 25_000]).baseLevel == 4)
    #expect(targets([0, 0, 0, 0, 0, 0, Int.max / 2]).baseLevel == 1)
  }

  @Test func levelsAreATenthOfTheNext() {
    let targets = targets([0, 0, 0, 0, 0, 0, 50_000])
    #expect(targets.bytes[4] == 500)
    #expect(targets.bytes[5] == 5000)
    #expect(targets.bytes[6] == 50_000)
  }

  @Test func aLevelThatHoldsSomethingStaysInUse() {
    let targets = targets([0, 0, 0, 40, 0, 0, 900])
    #expect(targets.baseLevel == 3)
    #expect(targets.bytes[3] == 250)
  }
}
