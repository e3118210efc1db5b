import DynamoProtocol
import Flywheel

/// Runs statements and shows what they answer.
package struct ShellSession {
  package enum Form: Sendable {
    /// Tables, drawn to a width; nil for as wide as they are.
    case table(width: Int?)
    /// Each item as a line of the API's JSON, what would steer a terminal escaped.
    case json
  }

  private let runner: any StatementRunner
  private let form: Form
  private let write: (String) throws(OutputLost) -> Void

  package init(
    _ runner: any StatementRunner, form: Form, write: @escaping (String) throws(OutputLost) -> Void
  ) {
    self.runner = runner
    self.form = form
    self.write = write
  }

  /// Runs one statement, and shows its pages one after the other.
  ///
  /// - Parameter goesOn: whether the next page is wanted, asked when there is one.
  /// - Returns: how many items it answered.
  package func run(
    _ statement: String, goesOn: () -> Bool = { true }
  ) async throws(ShellFailure) -> Int {
    var count = 0
    var token: String?
    repeat {
      let page = try await runner.run(statement, nextToken: token)
      do throws(OutputLost) {
        try show(page.items)
      } catch {
        throw ShellFailure(error)
      }
      count += page.items.count
      token = page.nextToken
    } while token != nil && goesOn()
    return count
  }

  package func tableNames() async throws(ShellFailure) -> [String] {
    try await runner.tableNames()
  }

  private func show(_ items: [Item]) throws(OutputLost) {
    guard !items.isEmpty else { return }
    switch form {
    case .table(let width):
      for line in TableDrawing.lines(items, width: width) { try write(line + "\n") }
    case .json:
      for item in items {
        let json = String(decoding: ItemJSON.json(item.view), as: UTF8.self)
        try write(DisplayText.printableJSON(json) + "\n")
      }
    }
  }
}
