import DynamoModel
import Flywheel
import Foundation
import Synchronization
import Testing

/// Loads on a table over hours, run in moments by a clock that the requests move on, and what comes of them.
///
/// A file is a sequence of paragraphs as in a `Transcript`: a command, a line of four hyphens, what it came to. One
/// database a file. Remarks say what documented behaviour the answers follow from.
enum Scenario {
  static let all: [String] = {
    let files = FileManager.default.enumerator(atPath: folder.path)!
    return files.compactMap { $0 as? String }.filter { $0.hasSuffix(".scenario") }.sorted()
  }()

  static func run(_ name: String) throws {
    let file = folder.appending(path: name)
    let text = try String(contentsOf: file, encoding: .utf8)
    let stage = try ScenarioStage()
    defer { try? stage.database.close() }
    let isRewriting = ProcessInfo.processInfo.environment["FLYWHEEL_REWRITE"] == "1"
    var rewritten: [String] = []
    for block in text.components(separatedBy: "\n\n") {
      let lines = block.split(separator: "\n").map(String.init)
      let remarks = lines.prefix { $0.hasPrefix("# ") }
      let rest = lines.dropFirst(remarks.count)
      guard let command = rest.first else { continue }
      let expected = rest.dropFirst(2).joined(separator: "\n")
      let answer = try stage.perform(command)
      if !isRewriting { #expect(answer == expected, "\(name): \(command)") }
      rewritten.append((remarks + [command, "----", answer]).joined(separator: "\n"))
    }
    #expect(!rewritten.isEmpty)
    if isRewriting {
      try (rewritten.joined(separator: "\n\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
    }
  }

  private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "../../Fixtures/Throughput").standardizedFileURL
}

@Suite struct ScenarioTests {
  @Test(arguments: Scenario.all)
  func goesAsWritten(_ name: String) throws {
    try Scenario.run(name)
  }

  @Test func thereAreScenarios() {
    #expect(Scenario.all.count >= 6)
  }
}

/// A clock that is moved by hand.
final class HandClock: Sendable {
  private let time = Atomic<Int64>(1_800_000_000_000_000_000)

  var now: Int64 {
    get { time.load(ordering: .relaxed) }
    set { time.store(newValue, ordering: .relaxed) }
  }

  var clock: DatabaseClock { DatabaseClock { self.now } }
}
