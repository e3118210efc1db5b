import Foundation

/// LSMTree beside other embedded storage engines: the same loops over each one's own interface, in one process, taking
/// turns, so that what else the machine does hits all of them.
///
/// Environment: `QUICK=1`; `JSON`, `TABLE` (Markdown) and `CHART` (SVG) name files to write; `PAUSE_SECONDS` (600 for ten minutes of full
/// load); and to look closer `SYSTEMS`, `WORKS` (names, comma between), `ROUNDS`, `KEYS`, `SECONDS_EACH`.
@main
enum EngineComparison {
  static func main() {
    let plan = Plan(environment: ProcessInfo.processInfo.environment)
    let results = Results()
    for line in plan.heading { print(line) }
    for round in 0..<plan.rounds {
      for group in plan.groups where round == 0 || !group.isOnce {
        // Each round another engine comes first.
        for turn in plan.systems.indices {
          plan.systems[(turn + round) % plan.systems.count].run(group, plan, results)
        }
      }
    }
    Scratch.removeAll()
    let report = Report(results: results, systems: plan.systems, heading: plan.heading)
    print()
    print(report.text)
    if let path = plan.jsonPath { write(report.json, to: path) }
    if let path = plan.tablePath { write(report.markdown, to: path) }
    if let path = plan.chartPath { write(Chart(report).svg, to: path) }
  }

  private static func write(_ text: String, to path: String) {
    attempt { () throws in try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
  }
}
