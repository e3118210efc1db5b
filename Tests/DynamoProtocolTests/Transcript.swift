import Foundation
import Testing

/// A transcript: blocks of an operation, the request's body, `----`, and the response's status and body. A blank
/// line ends a block; lines that begin with `//` between blocks are remarks.
///
/// With `FLYWHEEL_REWRITE=1` in the environment the responses in the file are replaced by those of this run.
struct Transcript {
  struct Block {
    var line: Int
    /// The operation's name, or a whole `X-Amz-Target` in quotes.
    var operation: String
    var body: String
    var answer: String

    var target: String {
      operation.hasPrefix("\"") ? String(operation.dropFirst().dropLast()) : "DynamoDB_20120810.\(operation)"
    }
  }

  static func run(
    _ name: String, sourceFile: String = #filePath, _ answer: (Block) async throws -> String
  ) async throws {
    let url = URL(fileURLWithPath: sourceFile).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/Wire/\(name).txt").standardizedFileURL
    let rewrites = ProcessInfo.processInfo.environment["FLYWHEEL_REWRITE"] != nil
    let lines = try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n")
    var output: [String] = []
    var next = 0
    while next < lines.count {
      guard !lines[next].isEmpty, !lines[next].hasPrefix("//") else {
        output.append(lines[next])
        next += 1
        continue
      }
      let block = read(lines, &next)
      let answered = try await answer(block)
      if !rewrites {
        #expect(
          answered.utf8.elementsEqual(block.answer.utf8),
          "\(name).txt:\(block.line) \(block.operation) \(block.body)")
      }
      output.append(block.operation)
      if !block.body.isEmpty { output.append(block.body) }
      output += ["----", answered]
    }
    if rewrites {
      try output.joined(separator: "\n").write(to: url, atomically: true, encoding: .utf8)
    }
  }

  private static func read(_ lines: [String], _ next: inout Int) -> Block {
    let line = next + 1
    let operation = lines[next]
    next += 1
    let body = lines[next...].prefix { $0 != "----" }
    next = min(body.endIndex + 1, lines.count)
    let answer = lines[next...].prefix { !$0.isEmpty }
    next = answer.endIndex
    return Block(
      line: line, operation: operation, body: body.joined(separator: "\n"),
      answer: answer.joined(separator: "\n"))
  }
}
