/// Asks a person for statements until there are no more.
///
/// A statement may take several lines; it ends with a semicolon. A line that begins with a point is for the shell.
struct InteractiveMode {
  private static let prompt = "flywheel> "
  private static let continuationPrompt = "     ...> "
  private static let help = """
    A statement ends with a semicolon. Tab completes names, the arrows up and down walk through what was typed.
      .tables   the names of all tables
      .help     this
      .quit     leave, as Ctrl-D does

    """

  private let session: ShellSession
  private var history: History
  private var splitter = StatementSplitter()
  private var lines: [String] = []

  init(_ session: ShellSession, history: History) {
    self.session = session
    self.history = history
  }

  /// Asks until the input ends or someone wants to leave, and keeps the history.
  mutating func run() async throws(ShellFailure) {
    defer { history.save() }
    try Self.write("PartiQL; .help for help\n")
    var tables: [String] = []
    while true {
      if !splitter.isInside { tables = (try? await session.tableNames()) ?? tables }
      switch readLine(tables) {
      case .endOfInput: return
      case .cancelled:
        splitter = StatementSplitter()
        lines = []
      case .line(let line):
        guard try await take(line) else { return }
      }
    }
  }

  private func readLine(_ tables: [String]) -> LineEditor.Outcome {
    var editor = LineEditor(
      prompt: splitter.isInside ? Self.continuationPrompt : Self.prompt, width: Terminal.size?.width ?? 80,
      history: history.entries, tables: tables, write: Self.show)
    return Terminal.withRawInput { editor.run(KeyReader(Terminal.readByte)) }
  }

  /// Does what a line says.
  ///
  /// - Returns: false if it says to leave.
  private mutating func take(_ line: String) async throws(ShellFailure) -> Bool {
    if !splitter.isInside, line.hasPrefix(".") {
      history.add(line)
      return try await command(line)
    }
    lines.append(line)
    let statements = splitter.add(line + "\n")
    let failure = splitter.failure
    if failure != nil { splitter = StatementSplitter() }
    if !splitter.isInside {
      history.add(lines.joined(separator: "\n"))
      lines = []
    }
    for statement in statements { try await run(statement) }
    if let failure { try Self.tell(failure) }
    return true
  }

  private func run(_ statement: String) async throws(ShellFailure) {
    let count: Int
    do throws(ShellFailure) {
      count = try await session.run(statement, goesOn: Self.asksToGoOn)
    } catch {
      return try Self.tell(error)
    }
    try Self.write("(\(count) \(count == 1 ? "item" : "items"))\n")
  }

  /// Asks whether to show the next page.
  private static func asksToGoOn() -> Bool {
    show("-- more: Enter; stop: q --")
    let key = Terminal.withRawInput { KeyReader(Terminal.readByte).key() }
    show("\r\u{1B}[K")
    switch key {
    case .text("q"), .text("Q"), .cancel, .endOfInput, nil: return false
    default: return true
    }
  }

  private func command(_ line: String) async throws(ShellFailure) -> Bool {
    switch line.split(whereSeparator: \.isWhitespace).first {
    case ".quit", ".exit": return false
    case ".tables":
      let names: [String]
      do throws(ShellFailure) {
        names = try await session.tableNames()
      } catch {
        try Self.tell(error)
        return true
      }
      for name in names { try Self.write(DisplayText.printable(name) + "\n") }
    default: try Self.write(Self.help)
    }
    return true
  }

  // MARK: - Output

  private static func write(_ text: String) throws(ShellFailure) {
    do throws(OutputLost) {
      try Terminal.write(text)
    } catch {
      throw ShellFailure(error)
    }
  }

  /// Shows what is typed. If it is lost, so is the terminal, and its input has ended as well.
  private static func show(_ text: String) { try? Terminal.write(text) }

  /// Tells of a failure, unless it is one behind which there is nothing to do.
  private static func tell(_ failure: ShellFailure) throws(ShellFailure) {
    guard failure.kind != .outputLost else { throw failure }
    try write(failure.message + "\n")
  }
}
