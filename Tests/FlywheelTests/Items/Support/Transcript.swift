import Flywheel
import Foundation
import Testing

/// Runs operations written in a file and compares what they answer with what the file says.
///
/// A file is a sequence of paragraphs, parted by empty lines: an operation with its parameters, a line of
/// four hyphens, and the answer. A line that begins with a hash sign is a remark. All paragraphs of a file
/// run against one database, which is made afresh for the file. With FLYWHEEL_REWRITE=1 in the environment
/// the answers are written into the file instead, for a person to look at in the difference.
enum Transcript {
  struct Paragraph {
    var remarks: [String]
    var operation: String
    var answer: String
  }

  /// All transcripts, by path from the folder that holds them.
  static let all: [String] = {
    let root = folder
    let files = FileManager.default.enumerator(atPath: root.path)!
    return files.compactMap { $0 as? String }.filter { $0.hasSuffix(".transcript") }.sorted()
  }()

  static func run(_ name: String) throws {
    let file = folder.appending(path: name)
    let paragraphs = parse(try String(contentsOf: file, encoding: .utf8))
    #expect(!paragraphs.isEmpty)
    let database = try Database.inMemory()
    defer { try? database.close() }
    let isRewriting = ProcessInfo.processInfo.environment["FLYWHEEL_REWRITE"] == "1"
    var rewritten = ""
    for paragraph in paragraphs {
      let answer = TranscriptCommand.run(paragraph.operation, on: database)
      if !isRewriting {
        #expect(answer == paragraph.answer, "\(name): \(paragraph.operation)")
      }
      let remarks = paragraph.remarks.map { $0 + "\n" }.joined()
      rewritten += "\(remarks)\(paragraph.operation)\n----\n\(answer)\n\n"
    }
    if isRewriting {
      try rewritten.dropLast().write(to: file, atomically: true, encoding: .utf8)
    }
  }

  /// Tests/Fixtures/Transcripts, seen from this file.
  private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "../../../Fixtures/Transcripts").standardizedFileURL

  private static func parse(_ text: String) -> [Paragraph] {
    text.components(separatedBy: "\n\n").compactMap { block in
      let lines = block.split(separator: "\n").map(String.init)
      let remarks = Array(lines.prefix { $0.hasPrefix("# ") })
      let rest = lines.dropFirst(remarks.count)
      guard !rest.isEmpty else { return nil }
      let operation = rest.prefix { $0 != "----" }
      let answer = rest.dropFirst(operation.count + 1)
      return Paragraph(
        remarks: remarks, operation: operation.joined(separator: "\n"), answer: answer.joined(separator: "\n")
      )
    }
  }
}

@Suite struct TranscriptTests {
  @Test(arguments: Transcript.all)
  func answersAsWritten(_ name: String) throws {
    try Transcript.run(name)
  }

  @Test func thereAreTranscripts() {
    #expect(Transcript.all.count >= 8)
  }
}
