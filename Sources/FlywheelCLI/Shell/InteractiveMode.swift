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

  mutating func run() async {
    Terminal.write("PartiQL; .help for help\n")
    var tables: [String] = []
    while true {
      if !splitter.isInside { tables = (try? await session.tableNames()) ?? tables }
      switch readLine(tables) {
      case .endOfInput:
        history.save()
        return
      case .cancelled:
        splitter = StatementSplitter()
        lines = []
      case .line(let line):
        guard await take(line) else {
          history.save()
          return
        }
      }
    }
  }

  private func readLine(_ tables: [String]) -> LineEditor.Outcome {
    var editor = LineEditor(
      prompt: splitter.isInside ? Self.continuationPrompt : Self.prompt, width: Terminal.size?.width ?? 80,
      history: history.entries, tables: tables, write: Terminal.write)
    return Terminal.withRawInput { editor.run(KeyReader(Terminal.readByte)) }
  }

  /// Does what a line says.
  ///
  /// - Returns: false if it says to leave.
  private mutating func take(_ line: String) async -> Bool {
    if !splitter.isInside, line.hasPrefix(".") {
      history.add(line)
      return await command(line)
    }
    lines.append(line)
    let statements = splitter.add(line + "\n")
    guard !splitter.isInside else { return true }
    history.add(lines.joined(separator: "\n"))
    lines = []
    for statement in statements { await run(statement) }
    return true
  }

  private func run(_ statement: String) async {
    do throws(ShellFailure) {
      let count = try await session.run(statement, goesOn: Self.asksToGoOn)
      Terminal.write("(\(count) \(count == 1 ? "item" : "items"))\n")
    } catch {
      Terminal.write(error.message + "\n")
    }
  }

  /// Asks whether to show the next page.
  private static func asksToGoOn() -> Bool {
    Terminal.write("-- more: Enter; stop: q --")
    let key = Terminal.withRawInput { KeyReader(Terminal.readByte).key() }
    Terminal.write("\r\u{1B}[K")
    switch key {
    case .text("q"), .text("Q"), .cancel, .endOfInput, nil: return false
    default: return true
    }
  }

  private func command(_ line: String) async -> Bool {
    switch line.split(whereSeparator: \.isWhitespace).first {
    case ".quit", ".exit": return false
    case ".tables":
      do throws(ShellFailure) {
        for name in try await session.tableNames() { Terminal.write(DisplayText.printable(name) + "\n") }
      } catch {
        Terminal.write(error.message + "\n")
      }
    default: Terminal.write(Self.help)
    }
    return true
  }
}
