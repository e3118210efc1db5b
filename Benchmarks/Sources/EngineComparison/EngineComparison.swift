import Foundation

/// LSMTree beside other embedded storage engines: the same loops over each one's own interface, in one process, taking
/// turns, so that what else the machine does hits all of them.
///
/// Environment: `QUICK=1`, `JSON=FILE`, and to look closer `SYSTEMS`, `WORKS` (names, comma between), `ROUNDS`, `KEYS`,
/// `SECONDS_EACH`.
@main
enum EngineComparison {
  static func main() {
    let plan = Plan(environment: ProcessInfo.processInfo.environment)
    let results = Results()
    print(plan.description)
    if plan.isQuick { print(Plan.quickCuts) }
    for round in 0..<plan.rounds {
      for group in plan.groups {
        // Each round another engine comes first.
        for turn in plan.systems.indices {
          plan.systems[(turn + round) % plan.systems.count].run(group, plan, results)
        }
      }
    }
    Scratch.removeAll()
    let report = Report(results: results, systems: plan.systems)
    print()
    report.print()
    if let path = plan.jsonPath { report.write(to: path) }
  }
}
