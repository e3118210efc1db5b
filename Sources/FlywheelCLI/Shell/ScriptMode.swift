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

  /// Runs what `nextPiece` gives until that is nil or a statement fails.
  ///
  /// - Returns: nil if all statements were run without an error, otherwise how the last failed that did.
  package mutating func run(
    _ nextPiece: () throws(ShellFailure) -> String?
  ) async -> ShellFailure.Kind? {
    do throws(ShellFailure) {
      while let piece = try nextPiece() {
        for statement in splitter.add(piece) {
          guard await run(statement) else { return failed }
        }
        if let failure = splitter.failure { throw failure }
      }
    } catch {
      tell(error.message)
      return error.kind
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
