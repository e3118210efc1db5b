import DynamoModel
import Flywheel
import Foundation
import Testing

/// Runs PartiQL statements written in a file and compares what they answer with what the file says.
///
/// A file is a sequence of paragraphs, parted by empty lines: a statement, a line of four hyphens, and the
/// answer. Lines in front of the statement that begin with a hash sign are remarks; one that begins with `@`
/// has the request's other parameters as transcripts write them (`@ parameters=["a", 1] limit=2`), where
/// `continue=true` is for the token of the paragraph before. A paragraph that begins with `!` is an operation of the
/// other transcripts, for making tables and items. Paragraphs whose lines begin with `+` are the statements
/// of one batch, those with `&` of one transaction. All paragraphs of a file run against one database.
///
/// With FLYWHEEL_REWRITE=1 in the environment the answers are written into the file instead, for a person to
/// look at in the difference.
final class StatementTranscript {
  static let all: [String] = {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (files ?? []).filter { $0.hasSuffix(".statements") }.sorted()
  }()

  private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "../../Fixtures/Statements").standardizedFileURL

  private let database: Database
  private var token: String?
  private(set) var statementCount = 0

  init() throws {
    database = try Database.inMemory()
  }

  /// Runs a file.
  ///
  /// - Returns: how many statements it has.
  static func run(_ name: String) throws -> Int {
    let file = folder.appending(path: name)
    let text = try String(contentsOf: file, encoding: .utf8)
    let isRewriting = ProcessInfo.processInfo.environment["FLYWHEEL_REWRITE"] == "1"
    let transcript = try StatementTranscript()
    defer { try? transcript.database.close() }
    var rewritten = ""
    for block in text.components(separatedBy: "\n\n") {
      let lines = block.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        .filter { !$0.isEmpty }
      guard !lines.isEmpty else { continue }
      let question = Array(lines.prefix { $0 != "----" })
      let answer = transcript.answer(to: question.filter { !$0.hasPrefix("# ") })
      if !isRewriting {
        #expect(
          answer == lines.dropFirst(question.count + 1).joined(separator: "\n"),
          "\(name): \(question.joined(separator: "\n"))")
      }
      rewritten += "\(question.joined(separator: "\n"))\n----\n\(answer)\n\n"
    }
    if isRewriting { try rewritten.dropLast().write(to: file, atomically: true, encoding: .utf8) }
    return transcript.statementCount
  }

  private func answer(to question: [String]) -> String {
    guard let first = question.first else { return "" }
    if first.hasPrefix("!") {
      return TranscriptCommand.run(String(question.joined(separator: "\n").dropFirst(2)), on: database)
    }
    var parameters: [String: Literal] = [:]
    for line in question where line.hasPrefix("@ ") {
      var reader = LiteralReader(String(line.dropFirst(2)))
      while !reader.isAtEnd() {
        let name = reader.word()
        reader.expect("=")
        parameters[name] = reader.literal()
      }
    }
    let statements = question.filter { !$0.hasPrefix("@ ") }
    do {
      if statements[0].hasPrefix("+ ") {
        return try batch(statements.map { String($0.dropFirst(2)) }, parameters)
      }
      if statements[0].hasPrefix("& ") {
        return try transaction(statements.map { String($0.dropFirst(2)) }, parameters)
      }
      return try single(statements.joined(separator: "\n"), parameters)
    } catch let error as ServiceError {
      let item = error.item.map { "\nItem: \(LiteralWriter.text($0))" } ?? ""
      let reasons = error.cancellationReasons.map { reason in
        "\n- "
          + ([reason.code.rawValue]
          + [reason.message, reason.item.map(LiteralWriter.text)].compactMap(\.self))
          .joined(separator: " ")
      }
      return "\(error.code.name): \(error.message)\(item)\(reasons.joined())"
    } catch {
      return "\(error)"
    }
  }

  private func single(_ statement: String, _ parameters: [String: Literal]) throws -> String {
    statementCount += 1
    let response = try database.performAndWait(
      ExecuteStatement.self,
      ExecuteStatementRequest(
        statement: statement, parameters: try parameters["parameters"]?.elements.map { try $0.encoded() },
        consistentRead: parameters["consistent"]?.flag,
        nextToken: parameters["continue"] == nil ? parameters["token"]?.text : token,
        returnConsumedCapacity: parameters["capacity"].map { ReturnConsumedCapacity(rawValue: $0.text)! },
        limit: parameters["limit"]?.integer,
        returnValuesOnConditionCheckFailure: parameters["onFailure"] == nil ? nil : .allOld))
    token = response.nextToken
    var lines = response.items.map { LiteralWriter.text($0) }
    if let key = response.lastEvaluatedKey { lines.append("Last: \(LiteralWriter.text(key))") }
    if let capacity = response.consumedCapacity { lines.append(Self.text(capacity)) }
    return lines.isEmpty ? "nothing" : lines.joined(separator: "\n")
  }

  private func batch(_ statements: [String], _ parameters: [String: Literal]) throws -> String {
    statementCount += statements.count
    let response = try database.performAndWait(
      BatchExecuteStatement.self,
      BatchExecuteStatementRequest(
        statements: statements.map {
          BatchStatement(
            statement: $0, consistentRead: parameters["consistent"]?.flag,
            returnValuesOnConditionCheckFailure: parameters["onFailure"] == nil ? nil : .allOld)
        },
        returnConsumedCapacity: parameters["capacity"].map { ReturnConsumedCapacity(rawValue: $0.text)! }))
    var lines = response.responses.map { answer in
      var parts: [String] = []
      if let table = answer.tableName { parts.append(table) }
      if let item = answer.item { parts.append(LiteralWriter.text(item)) }
      if let error = answer.error {
        parts.append("\(error.code.name): \(error.message)")
        if let item = error.item { parts.append(LiteralWriter.text(item)) }
      }
      return "- " + parts.joined(separator: " ")
    }
    lines += (response.consumedCapacity ?? []).map(Self.text)
    return lines.joined(separator: "\n")
  }

  private func transaction(_ statements: [String], _ parameters: [String: Literal]) throws -> String {
    statementCount += statements.count
    let response = try database.performAndWait(
      ExecuteTransaction.self,
      ExecuteTransactionRequest(
        transactStatements: statements.map {
          ParameterizedStatement(
            statement: $0, returnValuesOnConditionCheckFailure: parameters["onFailure"] == nil ? nil : .allOld
          )
        }, clientRequestToken: parameters["token"]?.text,
        returnConsumedCapacity: parameters["capacity"].map { ReturnConsumedCapacity(rawValue: $0.text)! }))
    var lines = response.responses.map { "- \($0.map(LiteralWriter.text) ?? "nothing")" }
    lines += (response.consumedCapacity ?? []).map(Self.text)
    return lines.isEmpty ? "done" : lines.joined(separator: "\n")
  }

  private static func text(_ capacity: ConsumedCapacity) -> String {
    var text = "Capacity: \(capacity.tableName) \(capacity.capacityUnits)"
    if let units = capacity.readCapacityUnits { text += " read \(units)" }
    if let units = capacity.writeCapacityUnits { text += " write \(units)" }
    if let table = capacity.table { text += " table \(table.capacityUnits)" }
    for (kind, indexes) in [
      ("local", capacity.localSecondaryIndexes), ("global", capacity.globalSecondaryIndexes),
    ] {
      for (name, part) in (indexes ?? [:]).sorted(by: { $0.key < $1.key }) {
        text += " \(kind) \(name) \(part.capacityUnits)"
      }
    }
    return text
  }
}

@Suite struct StatementTranscriptTests {
  @Test(arguments: StatementTranscript.all)
  func answersAsWritten(_ name: String) throws {
    #expect(try StatementTranscript.run(name) > 10)
  }

  @Test func thereAreTranscripts() {
    #expect(StatementTranscript.all.count >= 5)
  }
}
