import Foundation

/// Flywheel's operations on items beside what they stand on and what their peers stand on: the raw tree on a copy of the same
/// files, the same operations through the API's JSON, and SQLite with rows of JSON text. In one process, taking turns,
/// so that what else the machine does hits all of them. The ratios are what counts.
///
/// Environment: `QUICK=1`, `JSON=FILE`, and to look closer `WORKS` and `SIDES` (names, comma between), `ROUNDS`, `ITEMS`,
/// `SECONDS_EACH`, `WRITES`.
@main
enum DataComparison {
  static func main() async {
    let plan = Plan(environment: ProcessInfo.processInfo.environment)
    print(plan.description)
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("data-comparison-\(ProcessInfo.processInfo.processIdentifier)").path
    Scratch.folder = folder
    var results = Results()
    do {
      let data = try await PreparedData(plan, in: folder)
      for stage in Stage.allCases {
        try await run(stage, data, plan, &results)
      }
    } catch {
      fail("\(error)")
    }
    Scratch.remove()
    let report = Report(results: results, plan: plan)
    print()
    report.print()
    if let path = plan.jsonPath { report.write(to: path) }
  }

  private static func run(
    _ stage: Stage, _ data: PreparedData, _ plan: Plan, _ results: inout Results
  ) async throws {
    let works = plan.works.filter { $0.stage == stage }
    if works.isEmpty { return }
    let sides = try await data.openSides(plan, stage)
    for round in 0..<plan.rounds {
      for work in works {
        // Each round another side comes first.
        for turn in sides.indices {
          let side = sides[(turn + round) % sides.count]
          results.add(try await measure(side, work.action, plan, seed: round), work, side.name)
        }
      }
    }
    for side in sides { try await side.close() }
  }

  /// Nanoseconds for one operation (for a scan, for each item).
  private static func measure(
    _ side: any Side, _ work: Action, _ plan: Plan, seed: Int
  ) async throws -> Double {
    var random = Random(seed: seed)
    // A scan is of everything; of the others so many go between two looks at the clock.
    let chunk = work == .scan ? 1 : work == .query ? 8 : 64
    let isWrite = work == .put || work == .update
    let nanoseconds = UInt64(plan.seconds * 1e9)
    let started = Clock.now
    var done = 0
    repeat {
      let numbers = (0..<chunk).map { _ in random.next(below: plan.items) }
      try await side.perform(work, on: numbers)
      done += chunk
    } while isWrite ? done < plan.writes : Clock.now - started < nanoseconds
    let operations = work == .scan ? done * plan.items : done
    return Double(Clock.now - started) / Double(operations)
  }
}
