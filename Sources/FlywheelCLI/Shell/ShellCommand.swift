import ArgumentParser
import Flywheel
import LSMTree

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// `flywheel shell`: PartiQL, typed or piped in, against a data directory or an endpoint.
struct ShellCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shell",
    abstract: "Run PartiQL statements against a data directory or an endpoint.",
    discussion: """
      From a terminal it is a prompt with history and completion. From a pipe or a file it runs the statements, which \
      end with semicolons, and stops with exit status 1 at the first that fails.

        flywheel shell ./flywheel-data
        flywheel shell --endpoint http://127.0.0.1:8000 --json < statements.sql
      """)

  @Argument(help: "The data directory. No server may have it open.")
  var directory: String?

  @Option(help: ArgumentHelp("The endpoint to send statements to instead.", valueName: "http://host:port"))
  var endpoint: String?

  @Flag(help: "Write each item as a line of the API's JSON, in place of tables.")
  var json = false

  @Flag(help: "Run the statements behind one that fails, too; the exit status is 1 all the same.")
  var keepGoing = false

  @OptionGroup(title: "Encryption") var encryption: EncryptionOptions

  init() {}

  func validate() throws {
    guard (directory == nil) != (endpoint == nil) else {
      throw ValidationError("Name a data directory or an --endpoint.")
    }
    if let directory { try DirectoryArgument.check(directory) }
    if let endpoint { _ = try Endpoint(argument: endpoint) }
  }

  func run() async throws {
    if let endpoint { return try await run(EndpointRunner(try Endpoint(argument: endpoint))) }
    let database = try openDatabase()
    do {
      try await run(EmbeddedRunner(database))
    } catch {
      try? database.close()
      throw error
    }
    do throws(DatabaseError) {
      try database.close()
    } catch {
      throw failure(error, "close")
    }
  }

  private func run(_ runner: any StatementRunner) async throws {
    let session = ShellSession(
      runner, form: json ? .json : .table(width: Terminal.size?.width), write: Terminal.write)
    guard Terminal.isInteractive else {
      var script = ScriptMode(session, keepsGoing: keepGoing, tell: tell)
      var input = ScriptInput(descriptor: STDIN_FILENO)
      if let failed = await script.run({ () throws(ShellFailure) in try input.next() }) {
        throw Self.status(failed)
      }
      return
    }
    var prompt = InteractiveMode(session, history: History(path: History.defaultPath))
    do throws(ShellFailure) {
      try await prompt.run()
    } catch {
      tell(error.message)
      throw Self.status(error.kind)
    }
  }

  private static func status(_ kind: ShellFailure.Kind) -> ExitCode {
    switch kind {
    case .statement: .failure
    case .script: .badData
    case .inputLost, .outputLost: .systemFailure
    }
  }

  private func openDatabase() throws -> Database {
    do throws(DatabaseError) {
      var options = DatabaseOptions()
      do throws(TreeError) { options.cipher = try encryption.cipher() } catch { throw DatabaseError(error) }
      return try Database.open(at: directory ?? "", options: options)
    } catch {
      throw failure(error, "open")
    }
  }

  private func failure(_ error: DatabaseError, _ verb: String) -> ExitCode {
    tell("flywheel: can't \(verb) \(directory ?? ""): \(describe(error))")
    return exitStatus(for: error)
  }
}
