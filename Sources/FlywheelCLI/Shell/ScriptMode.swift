/// Runs the statements of a text, as it comes in through standard input.
package struct ScriptMode {
  private let session: ShellSession
  private let keepsGoing: Bool
  /// Where failures are told.
  private let tell: (String) -> Void
  private var splitter = StatementSplitter()
  private var failed: ShellFailure.Kind?

  package init(_ session: ShellSession, keepsGoing: Bool, tell: @escaping (String) -> Void) {
    self.session = session
    self.keepsGoing = keepsGoing
    self.tell = tell
  }

  /// Runs what `nextLine` gives, line by line, until that is nil or a statement fails.
  ///
  /// - Returns: nil if all statements were run without an error, otherwise how the last failed that did.
  package mutating func run(_ nextLine: () -> String?) async -> ShellFailure.Kind? {
    while let line = nextLine() {
      for statement in splitter.add(line) {
        guard await run(statement) else { return failed }
      }
    }
    if let last = splitter.finish() { _ = await run(last) }
    return failed
  }

  /// Runs a statement.
  ///
  /// - Returns: whether to go on.
  private mutating func run(_ statement: String) async -> Bool {
    do throws(ShellFailure) {
      _ = try await session.run(statement)
      return true
    } catch {
      tell(error.message)
      failed = error.kind
      return keepsGoing && error.kind == .statement
    }
  }
}
