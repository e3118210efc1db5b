import Foundation
import Testing

/// A transcript: blocks of a command, its input, `----`, and what it answered. A blank line ends a block; lines
/// that begin with `//` between blocks are remarks.
///
/// With `FLYWHEEL_REWRITE=1` in the environment the answers in the file are replaced by those of this run.
struct Transcript {
  struct Block {
    var line: Int
    var command: String
    /// Lines `key: text` of the input.
    var input: [(key: String, text: String)]
    var answer: String

    func text(_ key: String) -> String? {
      input.first { $0.key == key }?.text
    }

    func texts(_ key: String) -> [String] {
      input.filter { $0.key == key }.map(\.text)
    }
  }

  static func run(_ name: String, sourceFile: String = #filePath, _ answer: (Block) throws -> String) throws {
    let url = URL(fileURLWithPath: sourceFile).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/Expressions/\(name).txt").standardizedFileURL
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
      let answered = try answer(block)
      if ProcessInfo.processInfo.environment["FLYWHEEL_REWRITE"] == nil {
        #expect(answered == block.answer, "\(name).txt:\(block.line) \(block.text("expr") ?? block.command)")
      }
      output.append(block.command)
      output += block.input.map { $0.text.isEmpty ? "\($0.key):" : "\($0.key): \($0.text)" }
      output.append("----")
      output.append(answered)
    }
    if ProcessInfo.processInfo.environment["FLYWHEEL_REWRITE"] != nil {
      try output.joined(separator: "\n").write(to: url, atomically: true, encoding: .utf8)
    }
  }

  private static func read(_ lines: [String], _ next: inout Int) -> Block {
    var block = Block(line: next + 1, command: lines[next], input: [], answer: "")
    next += 1
    while next < lines.count, lines[next] != "----" {
      let parts = lines[next].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let text = parts.count > 1 ? String(parts[1]) : ""
      block.input.append((String(parts[0]), text.hasPrefix(" ") ? String(text.dropFirst()) : text))
      next += 1
    }
    next += 1
    var answer: [String] = []
    while next < lines.count, !lines[next].isEmpty {
      answer.append(lines[next])
      next += 1
    }
    block.answer = answer.joined(separator: "\n")
    return block
  }
}
