package import Flywheel

/// Where the shell's statements are run: a database in this process, or an endpoint.
package protocol StatementRunner: Sendable {
  /// Runs a statement, or goes on with one.
  ///
  /// - Parameter nextToken: that of the page before.
  func run(_ statement: String, nextToken: String?) async throws(ShellFailure) -> ShellPage

  /// The names of all tables.
  func tableNames() async throws(ShellFailure) -> [String]
}

/// A page of what a statement answers.
package struct ShellPage: Sendable {
  package var items: [Item]
  package var nextToken: String?

  /// The most items that one page looks at: as many as a person scrolls through.
  static let itemsMax = 1_000

  package init(items: [Item], nextToken: String? = nil) {
    self.items = items
    self.nextToken = nextToken
  }
}

/// Why a statement was not run or not shown, in words for a person.
package struct ShellFailure: Error, Sendable, Equatable {
  package enum Kind: Sendable {
    /// The statement failed; others may follow.
    case statement
    /// The text of the script can't be cut into statements.
    case script
    /// The script can't be read.
    case inputLost
    /// What is written does not arrive.
    case outputLost
  }

  /// Safe to be shown, whatever it is made of.
  package let message: String
  package let kind: Kind

  /// - Parameter item: shown on a line of its own.
  package init(_ message: String, item: Item? = nil, kind: Kind = .statement) {
    let below = item.map { "\n  \(DisplayText.cell(.map($0.attributes)))" } ?? ""
    self.message = DisplayText.printable(message) + below
    self.kind = kind
  }

  package init(_ lost: OutputLost) {
    self.init("can't write to standard output: \(lost.reason)", kind: .outputLost)
  }
}

/// Runs statements in a database of this process.
package struct EmbeddedRunner: StatementRunner {
  private let database: Database

  package init(_ database: Database) {
    self.database = database
  }

  package func run(_ statement: String, nextToken: String?) async throws(ShellFailure) -> ShellPage {
    do throws(ServiceError) {
      let response = try await database.executeStatement(
        ExecuteStatementRequest(
          statement: statement, nextToken: nextToken, limit: ShellPage.itemsMax))
      return ShellPage(items: Array(response.items), nextToken: response.nextToken)
    } catch {
      throw ShellFailure(error)
    }
  }

  package func tableNames() async throws(ShellFailure) -> [String] {
    var names: [String] = []
    var last: String?
    do throws(ServiceError) {
      repeat {
        let page = try await database.listTables(ListTablesRequest(exclusiveStartTableName: last))
        names += page.tableNames
        last = page.lastEvaluatedTableName
      } while last != nil
    } catch {
      throw ShellFailure(error)
    }
    return names
  }
}

extension ShellFailure {
  /// A service's error as the shell tells it: its name, its text, and the item that came with it.
  package init(_ error: ServiceError) {
    let text = error.message.isEmpty ? error.code.name : "\(error.code.name): \(error.message)"
    self.init(text, item: error.item)
  }
}
