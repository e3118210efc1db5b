import ArgumentParser
import Flywheel
import FlywheelServer
import LSMTree
import Logging
import ServiceLifecycle
import UnixSignals

/// `flywheel serve`: opens a database and serves it until SIGTERM or SIGINT.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a database over HTTP with the DynamoDB API.",
    discussion: """
      Prints "listening on URL" when it takes requests. SIGTERM and SIGINT stop it: requests that have \
      begun are finished, the database is closed, and the exit status is 0.
      """)

  @OptionGroup var options: ServeOptions

  init() {}

  func run() async throws {
    let logger = Logger(label: "flywheel") { label in StreamLogHandler.standardError(label: label) }
    raiseOpenFileLimit()
    if options.auth == .off {
      tell("requests are not authenticated (--auth off): any key and signature is accepted")
    }
    let database = try openDatabase(logger: logger)
    do {
      try await serve(database, logger: logger)
    } catch let error as ListenError {
      try? database.close()
      tell("flywheel: can't listen on \(error.host):\(error.port): \(error.reason)")
      throw ExitCode.unavailable
    }
    do throws(DatabaseError) {
      try database.close()
    } catch {
      throw failure(error, "close")
    }
  }

  private func serve(_ database: Database, logger: Logger) async throws {
    let admin = try await startAdminServer(database)
    let server = HTTPServer(
      configuration: .init(host: options.host, port: options.port),
      handler: RequestHandler(serving: database),
      logger: logger,
      // Who has closed standard output does not wait for this line.
      onListening: { url in try? announce("listening on \(url)") })
    let group = ServiceGroup(
      configuration: .init(
        services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)]
          + (admin.map { [.init(service: $0)] } ?? []),
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: Logger(label: "flywheel.lifecycle", factory: { _ in SwiftLogNoOpLogHandler() })))
    try await group.run()
  }

  /// Starts the admin port, if it was asked for, before the first request can come: whoever sees the ready line may use
  /// both.
  private func startAdminServer(_ database: Database) async throws -> AdminServer? {
    guard let port = options.adminPort else { return nil }
    let host = options.adminHost
    let server = try await AdminServer.start(
      host: host, port: port, api: AdminAPI(database: database), isLoopback: ServeOptions.isLoopback(host))
    tell("admin port on \(server.url)")
    return server
  }

  private func openDatabase(logger: Logger) throws -> Database {
    var databaseOptions = options.databaseOptions
    databaseOptions.onEvent = { event in logger.report(event) }
    do throws(DatabaseError) {
      do throws(TreeError) { databaseOptions.cipher = try options.encryption.cipher() } catch {
        throw DatabaseError(error)
      }
      return options.isInMemory
        ? try Database.inMemory(options: databaseOptions)
        : try Database.open(at: options.dataDir, options: databaseOptions)
    } catch {
      throw failure(error, "open")
    }
  }

  /// Tells what went wrong with the data directory, and gives the exit status for it.
  private func failure(_ error: DatabaseError, _ verb: String) -> ExitCode {
    tell("flywheel: can't \(verb) \(options.dataDir): \(describe(error))")
    return exitStatus(for: error)
  }
}

extension Logger {
  fileprivate func report(_ event: DatabaseEvent) {
    switch event {
    case .engineFailed(let operation, let error):
      self.error("\(operation) failed in the engine: \(describe(error))")
    case .housekeepingFailed(let task, let error):
      self.error("\(task) failed, and is tried again at the next start: \(describe(error))")
    case .indexFilled(let table, let index):
      info("index \(index) of table \(table) is filled")
    case .tablesRecounted(let tables):
      info("\(tables) tables were counted afresh, since the database had not been closed")
    }
  }
}
