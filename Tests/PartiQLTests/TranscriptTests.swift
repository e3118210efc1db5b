import Foundation
import PartiQL
import Testing

/// Statements and what becomes of them, in text files: a statement, a line of dashes, the tree or the error,
/// and a blank line. `FLYWHEEL_REWRITE=1` writes what becomes of them now into the files, to be read as a
/// difference.
@Suite struct TranscriptTests {
  private static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "Transcripts")
  private static let rewrites = ProcessInfo.processInfo.environment["FLYWHEEL_REWRITE"] == "1"

  @Test(arguments: ["select", "where", "writes", "literals", "refused"])
  func transcript(name: String) throws {
    let file = Self.directory.appending(path: name + ".txt")
    let cases = Self.cases(in: try String(contentsOf: file, encoding: .utf8))
    try #require(!cases.isEmpty)
    var rewritten = ""
    for (statement, expected) in cases {
      let outcome = Self.outcome(of: statement)
      rewritten += statement + "\n----\n" + outcome + "\n\n"
      if !Self.rewrites { #expect(outcome == expected, "\(statement)") }
    }
    if Self.rewrites { try rewritten.write(to: file, atomically: true, encoding: .utf8) }
  }

  private static func cases(in text: String) -> [(statement: String, outcome: String)] {
    var cases: [(statement: String, outcome: String)] = []
    var statement: [Substring] = []
    var outcome: [Substring]?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "----", outcome == nil {
        outcome = []
      } else if outcome == nil {
        if !line.isEmpty || !statement.isEmpty { statement.append(line) }
      } else if !line.isEmpty {
        outcome?.append(line)
      } else if let lines = outcome {
        cases.append((statement.joined(separator: "\n"), lines.joined(separator: "\n")))
        statement = []
        outcome = nil
      }
    }
    return cases
  }

  private static func outcome(of statement: String) -> String {
    do throws(StatementError) {
      let prepared = try PreparedStatement(statement)
      return render(prepared.unbound)
        + (prepared.parameterCount > 0 ? "\nparameters: \(prepared.parameterCount)" : "")
    } catch {
      return "error: " + error.message
    }
  }
}
