import FlywheelCLI
import Foundation
import Testing

/// What is typed or piped in, until it is a statement.
@Suite struct ShellInputTests {
  // MARK: - Statements

  @Test(arguments: [
    ("SELECT 1;", ["SELECT 1"]), ("a; b ;c;", ["a", " b ", "c"]), ("a", []), (";;  ;", []),
    ("x = 'a;b''c;' ;", ["x = 'a;b''c;' "]), ("FROM \"t;u\";", ["FROM \"t;u\""]),
    ("a -- no; end\n;", ["a -- no; end\n"]),
    ("a /* ; */ b;", ["a /* ; */ b"]), ("-- only a remark\n;", []), ("a - -1;", ["a - -1"]),
    ("/* a; b */ ;", []), ("/**/;", []), ("/**/ *;", [" *"]), ("/*/ ; */ a;", [" a"]),
    ("-;", ["-"]),
    ("/;", ["/"]), ("- -- a\n;", ["- -- a\n"]), ("--\r;", []), ("'\u{301};';", ["'\u{301};'"]),
  ])
  func semicolonsEndStatements(text: String, statements: [String]) {
    var whole = StatementSplitter()
    #expect(whole.add(text) == statements)
    var pieces = StatementSplitter()
    #expect(text.flatMap { pieces.add(String($0)) } == statements, "a character at a time")
  }

  @Test func whatIsLeftIsAStatement() {
    var splitter = StatementSplitter()
    #expect(
      splitter.add("a; b") == ["a"] && splitter.isInside && splitter.finish() == " b" && !splitter.isInside)
    #expect(splitter.add("  \n-- remark\n") == [] && splitter.finish() == nil)
    for comments in ["/* the\nend; */\n", " -- end", "-- a\r\n/* b */ -- c\n  ", "/**/"] {
      #expect(splitter.add(comments) == [] && splitter.finish() == nil, "\(comments)")
    }
    // What hides the rest of a script must not pass for its end.
    #expect(splitter.add("/* a; b") == [] && splitter.isInside && splitter.finish() == "/*")
    #expect(splitter.add("a; -") == ["a"] && splitter.isInside && splitter.finish() == " -")
    #expect(splitter.add("'open;") == [] && splitter.isInside)
  }

  @Test func statementsAreBounded() {
    let limit = StatementSplitter.statementBytesMax
    let longest = "SELECT 'é" + String(repeating: "x", count: limit - 11) + "'"
    #expect(longest.utf8.count == limit)
    var splitter = StatementSplitter()
    #expect(splitter.add(longest + ";" + longest) == [longest] && splitter.failure == nil)
    #expect(splitter.add(" ; a;") == [])
    #expect(splitter.failure?.kind == .script)
    #expect(
      splitter.failure?.message
        == "a statement may have at most 8192 bytes; this one has more: SELECT 'éxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
    )
    #expect(splitter.add("b;") == [], "what follows is not looked at")
  }

  @Test func whatComesBeforeAStatementIsNotPartOfIt() {
    let much = String(repeating: "blah -- /* ' \" ;", count: 1_000)
    for before in ["/*\(much)*/", "--\(much)\n", String(repeating: "  \n", count: 9_000)] {
      var splitter = StatementSplitter()
      #expect(splitter.add(before + "a /* b */ -- c;\n;") == ["a /* b */ -- c;\n"], "\(before.prefix(10))")
      #expect(splitter.failure == nil)
    }
  }

  /// A pipe that is written to in pieces which don't end where scalars do.
  @Test func inputComesInPieces() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    func send(_ bytes: [UInt8]) {
      #expect(bytes.withUnsafeBytes { Foundation.write(ends[1], $0.baseAddress, $0.count) } == bytes.count)
    }
    var input = ScriptInput(descriptor: ends[0])
    let bytes = Array("é日👍\n".utf8)
    send(Array(bytes[..<4]))
    #expect(try input.next() == "é")
    send(Array(bytes[4..<8]))
    #expect(try input.next() == "日")
    send(Array(bytes[8...]))
    #expect(try input.next() == "👍\n")
    send([0xE6, 0x97])
    close(ends[1])
    #expect(try input.next() == "\u{FFFD}")
    #expect(try input.next() == nil)
    close(ends[0])
    var none = ScriptInput(descriptor: -1)
    #expect(throws: ShellFailure("can't read standard input: Bad file descriptor", kind: .inputLost)) {
      try none.next()
    }
  }

  // MARK: - Completion

  @Test(arguments: [
    ("SELECT * FROM Mu", "SELECT * FROM Music"), ("SELECT * FROM Music-O", "SELECT * FROM \"Music-Old\" "),
    ("SELECT * FROM \"Music-", "SELECT * FROM \"Music-Old\""), ("SELECT * FROM U", "SELECT * FROM Users "),
    ("SEL", "SELECT "),
    ("sel", "SELECT "), ("UPDATE Us", "UPDATE Users "),
    ("SELECT * FROM Users WHERE begi", "SELECT * FROM Users WHERE begins_with("),
    ("nothing such", "nothing such"), ("SELECT * FROM q", "SELECT * FROM q"),
  ])
  func tabCompletes(typed: String, completed: String) {
    #expect(type([.text(typed), .tab, .enter], tables: ["Music", "Music-Old", "Users"]).line == completed)
  }

  @Test func severalCandidatesAreListed() {
    let (line, screen) = type([.text("SELECT * FROM "), .tab, .enter], tables: ["Alpha", "Alps", "Beta"])
    #expect(line == "SELECT * FROM " && screen.contains("Alpha  Alps  Beta"))
    #expect(
      type([.text("DELETE FROM A"), .tab, .enter], tables: ["Alpha", "Alps", "Beta"]).line
        == "DELETE FROM Alp")
  }

  // MARK: - Editing

  @Test(arguments: [
    ([Key.text("abd"), .left, .text("c"), .end, .text("e")], "abcde"),
    ([.text("abc"), .home, .delete, .text("X")], "Xbc"),
    ([.text("abc"), .backspace, .backspace, .backspace, .backspace], ""),
    ([.text("one two"), .deleteWord, .text("2")], "one 2"),
    ([.text("one two"), .wordLeft, .deleteToEnd], "one "),
    ([.text("one two"), .wordLeft, .deleteToStart], "two"),
    ([.text("one"), .home, .wordRight, .text("!")], "one!"), ([.text("é日👍"), .left, .backspace], "é👍"),
    ([.up], "second"), ([.up, .up], "first"), ([.up, .up, .up, .down], "second"),
    ([.text("new"), .up, .down], "new"),
  ])
  func keysEdit(keys: [Key], line: String) {
    #expect(type(keys + [.enter], history: ["first", "second"]).line == line)
  }

  @Test func linesEndInThreeWays() {
    #expect(outcome([.text("x"), .cancel]) == .cancelled)
    #expect(outcome([.endOfInput]) == .endOfInput)
    #expect(outcome([.text("x"), .endOfInput, .enter]) == .line("x"))
    #expect(outcome([.text("x")]) == .endOfInput, "the input ended")
  }

  @Test func longLinesScroll() {
    let (line, screen) = type([.text(String(repeating: "abcdefghij", count: 20)), .home, .enter], width: 40)
    #expect(line.count == 200)
    for redrawn in screen.split(separator: "\r") {
      let shown = redrawn.replacing(/\u{1B}\[[0-9]*[A-Z]/, with: "").filter { !$0.isNewline }
      #expect(DisplayText.width(String(shown)) <= 40, "\(shown)")
    }
  }

  @Test func lengthsAreBounded() {
    #expect(
      type([.text(String(repeating: "x", count: 9_000)), .enter]).line.count == LineBuffer.charactersMax)
  }

  @Test(arguments: [
    ([0x61], Key.text("a")), ([0xC3, 0xA9], .text("é")), ([0x0D], .enter), ([0x0A], .enter), ([0x09], .tab),
    ([0x7F], .backspace),
    ([0x1B, 0x5B, 0x41], .up), ([0x1B, 0x4F, 0x42], .down),
    ([0x1B, 0x5B, 0x31, 0x3B, 0x35, 0x43], .wordRight), ([0x1B, 0x5B, 0x33, 0x7E], .delete),
    ([0x1B, 0x62], .wordLeft), ([0x03], .cancel), ([0x04], .endOfInput), ([0x17], .deleteWord),
    ([0x1B, 0x5B, 0x39, 0x39, 0x7E], .unknown),
  ])
  func bytesAreKeys(bytes: [UInt8], key: Key) {
    #expect(read(bytes) == [key])
  }

  @Test func anyBytesAreKeysOrNone() {
    var state: UInt64 = 20_261_125
    for _ in 0..<2_000 {
      let bytes = (0..<20).map { _ -> UInt8 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
      }
      _ = type(read(bytes) + [.enter])
    }
  }

  // MARK: - Typing

  private func read(_ bytes: [UInt8]) -> [Key] {
    var rest = bytes[...]
    let reader = KeyReader { rest.popFirst() }
    var keys: [Key] = []
    while let key = reader.key() { keys.append(key) }
    return keys
  }

  private func bytes(of key: Key) -> [UInt8] {
    switch key {
    case .text(let text): Array(text.utf8)
    case .enter: [0x0D]
    case .tab: [0x09]
    case .backspace: [0x7F]
    case .delete: Array("\u{1B}[3~".utf8)
    case .left: Array("\u{1B}[D".utf8)
    case .right: Array("\u{1B}[C".utf8)
    case .up: Array("\u{1B}[A".utf8)
    case .down: Array("\u{1B}[B".utf8)
    case .home: [0x01]
    case .end: [0x05]
    case .wordLeft: Array("\u{1B}b".utf8)
    case .wordRight: Array("\u{1B}f".utf8)
    case .deleteWord: [0x17]
    case .deleteToStart: [0x15]
    case .deleteToEnd: [0x0B]
    case .clearScreen: [0x0C]
    case .cancel: [0x03]
    case .endOfInput: [0x04]
    case .unknown: []
    }
  }

  private func run(
    _ keys: [Key], width: Int = 80, history: [String] = [], tables: [String] = []
  ) -> (outcome: LineEditor.Outcome, screen: String) {
    var rest = keys.flatMap(bytes)[...]
    let screen = Screen()
    var editor = LineEditor(prompt: "> ", width: width, history: history, tables: tables) {
      screen.text += $0
    }
    let outcome = editor.run(KeyReader { rest.popFirst() })
    return (outcome, screen.text)
  }

  private func outcome(_ keys: [Key]) -> LineEditor.Outcome { run(keys).outcome }

  private func type(
    _ keys: [Key], width: Int = 80, history: [String] = [], tables: [String] = []
  ) -> (line: String, screen: String) {
    let (outcome, screen) = run(keys, width: width, history: history, tables: tables)
    guard case .line(let line) = outcome else { return ("\(outcome)", screen) }
    return (line, screen)
  }

  private final class Screen {
    var text = ""
  }
}
