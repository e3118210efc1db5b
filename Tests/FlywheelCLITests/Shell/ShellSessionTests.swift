import Flywheel
import FlywheelCLI
import Foundation
import Testing

/// Statements run by the shell: in scripts, page by page, with failures.
@Suite struct ShellSessionTests {
  private final class Output {
    var written = ""
    var told: [String] = []
  }

  private func database() async throws -> Database {
    let database = try Database.inMemory()
    _ = try await database.createTable(
      CreateTableRequest(
        tableName: "Users", attributeDefinitions: [AttributeDefinition("id", .string)],
        keySchema: [KeySchemaElement("id", .hash)], billingMode: .payPerRequest))
    return database
  }

  private func run(
    _ script: String, on runner: any StatementRunner, form: ShellSession.Form = .table(width: nil),
    keepsGoing: Bool = false, writesMax: Int = .max
  ) async -> (failed: ShellFailure.Kind?, output: Output) {
    let output = Output()
    var writes = 0
    let session = ShellSession(runner, form: form) { (text) throws(OutputLost) in
      guard writes < writesMax else { throw OutputLost(reason: "full") }
      writes += 1
      output.written += text
    }
    var mode = ScriptMode(session, keepsGoing: keepsGoing) { output.told.append($0) }
    var lines = script.split(separator: "\n", omittingEmptySubsequences: false).map { $0 + "\n" }[...]
    let failed = await mode.run { lines.popFirst().map(String.init) }
    return (failed, output)
  }

  @Test func scriptsRunStatementByStatement() async throws {
    let database = try await database()
    let (failed, output) = await run(
      """
      -- two statements on one line, and one on two
      INSERT INTO Users VALUE {'id': 'u1', 'name': 'A;B'}; INSERT INTO Users VALUE {'id': 'u2'};
      SELECT id, name FROM Users
        WHERE id IN ['u1', 'u2'];
      SELECT id FROM Users WHERE id = 'u2';
      /* that
         is all; */
      """, on: EmbeddedRunner(database))
    #expect(failed == nil && output.told.isEmpty)
    #expect(output.written == "id  name\n--  ----\nu1  A;B\nu2\nid\n--\nu2\n")
  }

  @Test func itemsAreWrittenAsJSON() async throws {
    let database = try await database()
    let (failed, output) = await run(
      "INSERT INTO Users VALUE {'id': 'u1', 'n': 1}; SELECT * FROM Users;", on: EmbeddedRunner(database),
      form: .json)
    #expect(failed == nil && output.written == #"{"id":{"S":"u1"},"n":{"N":"1"}}"# + "\n")
  }

  @Test func scriptsStopAtTheFirstFailure() async throws {
    let database = try await database()
    let script = "INSERT INTO Users VALUE {'id': 'u1'}; nonsense; INSERT INTO Users VALUE {'id': 'u2'};"
    let (failed, output) = await run(script, on: EmbeddedRunner(database))
    #expect(failed == .statement)
    #expect(
      output.told == [
        "ValidationException: Statement wasn't well formed, can't be processed: Expected data manipulation"
      ])
    #expect(try await database.executeStatement(.init(statement: "SELECT * FROM Users")).items.count == 1)
  }

  @Test func scriptsThatKeepGoingTellThatTheyFailed() async throws {
    let database = try await database()
    let script = "nonsense; INSERT INTO Users VALUE {'id': 'u2'}; INSERT INTO Users VALUE {'id': 'u2'}"
    let (failed, output) = await run(script, on: EmbeddedRunner(database), keepsGoing: true)
    #expect(failed == .statement && output.told.count == 2)
    #expect(output.told[1] == "DuplicateItemException: Duplicate primary key exists in table")
    #expect(try await database.executeStatement(.init(statement: "SELECT * FROM Users")).items.count == 1)
  }

  @Test func allPagesAreShown() async throws {
    let database = try await database()
    for number in 0..<2_500 {
      _ = try await database.putItem(
        PutItemRequest(tableName: "Users", item: try Item(["id": .string("u\(number)")])))
    }
    let (failed, output) = await run("SELECT id FROM Users", on: EmbeddedRunner(database), form: .json)
    #expect(failed == nil && Set(output.written.split(separator: "\n")).count == 2_500)
    #expect(try await EmbeddedRunner(database).tableNames() == ["Users"])
  }

  @Test func anEndpointThatIsNotThereIsToldOf() async throws {
    let runner = EndpointRunner(try Endpoint(url: "http://127.0.0.1:1"))
    await #expect(throws: ShellFailure("can't talk to 127.0.0.1:1: Connection refused")) {
      try await runner.run("SELECT 1", nextToken: nil)
    }
  }

  @Test func aStatementThatIsTooLongEndsTheScript() async throws {
    let database = try await database()
    let script =
      "INSERT INTO Users VALUE {'id': 'u1'}; " + String(repeating: "y\n", count: 10_000) + "; DELETE"
    let (failed, output) = await run(script, on: EmbeddedRunner(database), keepsGoing: true)
    #expect(failed == .script && output.told.count == 1)
    #expect(output.told[0].hasPrefix("a statement may have at most 8192 bytes"))
    #expect(try await database.executeStatement(.init(statement: "SELECT * FROM Users")).items.count == 1)
  }

  @Test(arguments: [ShellSession.Form.json, .table(width: nil)])
  func outputThatIsLostEndsTheScript(form: ShellSession.Form) async throws {
    let database = try await database()
    let script =
      "INSERT INTO Users VALUE {'id': 'u1'}; SELECT * FROM Users; INSERT INTO Users VALUE {'id': 'u2'};"
    let (failed, output) = await run(
      script, on: EmbeddedRunner(database), form: form, keepsGoing: true, writesMax: 0)
    #expect(failed == .outputLost && output.told == ["can't write to standard output: full"])
    #expect(try await database.executeStatement(.init(statement: "SELECT * FROM Users")).items.count == 1)
  }

  @Test func writingTellsWhatTheSystemRefuses() throws {
    let descriptor = open("/dev/null", O_RDONLY)
    defer { close(descriptor) }
    #expect(throws: OutputLost(reason: "Bad file descriptor")) { try write("text", to: descriptor) }
    try write("", to: descriptor)
  }

  /// What an endpoint says comes from anyone.
  @Test func answersDoNotSteerTheTerminal() async throws {
    struct Hostile: StatementRunner {
      func run(_ statement: String, nextToken: String?) async throws(ShellFailure) -> ShellPage {
        guard statement == "SELECT" else { throw ShellFailure("no\u{1B}]0;x\u{7}\u{9B}2J\nroot# ") }
        return ShellPage(items: [try! Item(["id": "\u{9B}2J\u{202E}"])])
      }
      func tableNames() async throws(ShellFailure) -> [String] { [] }
    }
    let (_, output) = await run("SELECT; fail", on: Hostile(), form: .json)
    #expect(output.written == #"{"id":{"S":"\u009b2J\u202e"}}"# + "\n")
    #expect(output.told == [#"no\u{1b}]0;x\u{7}\u{9b}2J\nroot# "#])
    // An item that comes with an error has its line.
    var error = ServiceError(.conditionalCheckFailed, "failed")
    error.item = try Item(["id": "\u{1B}"])
    #expect(ShellFailure(error).message == "ConditionalCheckFailedException: failed\n  {'id': '\\u{1b}'}")
  }

  // MARK: - History

  @Test func historyIsKeptAndBounded() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "flywheel-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/history"
    var history = History(path: path)
    #expect(history.entries.isEmpty)
    for entry in ["one;", "one;", "two\nlines \\ and 'more';", "  ", "three;"] { history.add(entry) }
    history.save()
    #expect(History(path: path).entries == ["one;", "two\nlines \\ and 'more';", "three;"])
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    for number in 0..<3_000 { history.add("entry \(number)") }
    history.save()
    let read = History(path: path).entries
    #expect(read.count == History.entriesMax && read.last == "entry 2999")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["history"])
  }

  @Test func historyThatCantBeWrittenIsNoFailure() {
    var history = History(path: "/nonexistent/folder/history")
    history.add("x")
    history.save()
    #expect(history.entries == ["x"])
  }
}
