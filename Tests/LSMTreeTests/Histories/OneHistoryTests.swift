import LSMTree
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One history, one answer: however a tree is set up, it answers the same, and as sorted arrays do.
///
/// Pebble's metamorphic tests, in short. What the model tests find in the depth of one configuration after the other, these find
/// between configurations: an option that changes what is read, and what one set of options leaves behind for another to open.
/// `FLYWHEEL_SEED` repeats a history.
@Suite struct OneHistoryTests {
  private static let isLong = getenv("FLYWHEEL_LONG") != nil
  private static let stepCount = isLong ? 20_000 : 1_000
  private static let seeds: [UInt64] =
    getenv("FLYWHEEL_SEED").flatMap { UInt64(String(cString: $0)) }.map { [$0] }
    ?? (isLong ? Array(1...10) : [1])
  private static let shrinkingRunsMax = 300

  /// Made once for all configurations that run it.
  private struct Prepared: Sendable {
    let seed: UInt64
    let history: History
    let answers: [Answer]

    init(seed: UInt64) {
      self.seed = seed
      history = History(seed: seed, stepCount: stepCount)
      answers = HistoryModel.answers(history)
    }
  }

  private static let prepared = seeds.map { Prepared(seed: $0) }

  @Test(arguments: 0..<20)
  func everyConfigurationAnswersTheSame(number: Int) throws {
    for prepared in Self.prepared {
      let configuration = Configuration(number: number, seed: prepared.seed)
      guard let problem = Self.problem(prepared.history, prepared.answers, configuration) else { continue }
      let short = Self.shrunk(prepared.history, configuration)
      Issue.record(
        """
        seed \(prepared.seed), \(configuration), \(problem)
        \(configuration.options(opening: 0))
        \(short.steps.map { "\($0)" }.joined(separator: "\n"))
        keys: \(short.keys)
        """)
    }
  }

  @Test(arguments: HistoryRun.Canary.allCases)
  func whatIsWrongIsFoundAndCutShort(canary: HistoryRun.Canary) throws {
    // Not every short history has what it takes: a reopening right after a write that is read again, say.
    let found = (1...10).lazy.map { seed in
      (History(seed: seed, stepCount: 400), Configuration(number: 1, seed: seed))
    }.first { Self.problem($0, HistoryModel.answers($0), $1, canary) != nil }
    let (history, configuration) = try #require(found)
    #expect(Self.problem(history, HistoryModel.answers(history), configuration) == nil)
    let short = Self.shrunk(history, configuration, canary)
    #expect(Self.problem(short, HistoryModel.answers(short), configuration, canary) != nil)
    // A write or two, what goes wrong, and who notices.
    #expect(short.steps.count <= 5, "\(short.steps)")
  }

  private static func shrunk(
    _ history: History, _ configuration: Configuration, _ canary: HistoryRun.Canary? = nil
  ) -> History {
    HistoryShrinker.shrink(history, runsMax: shrinkingRunsMax) {
      problem($0, HistoryModel.answers($0), configuration, canary) != nil
    }
  }

  /// What goes wrong in a run; nil if nothing does.
  private static func problem(
    _ history: History, _ expected: [Answer], _ configuration: Configuration,
    _ canary: HistoryRun.Canary? = nil
  ) -> String? {
    do {
      var run = try HistoryRun(history, configuration, canary: canary)
      return try run.firstDifference(from: expected).map {
        "step \($0), \(history.steps[$0]), should show \(expected[$0])"
      }
    } catch {
      return "\(error)"
    }
  }
}
