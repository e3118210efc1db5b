package import ArgumentParser
package import Flywheel

/// The options of `flywheel serve`, and what they mean for the database and the server.
package struct ServeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where the data is kept, or \(Self.inMemoryName) to keep it nowhere.", valueName: "dir"))
  package var dataDir = "./flywheel-data"

  @Option(help: "The address to listen on. Only this machine's own unless remote clients are allowed.")
  package var host = "127.0.0.1"

  @Option(help: "The port to listen on; 0 lets the system choose one.")
  package var port = 8000

  @Option(
    help: ArgumentHelp(
      "A second port for metrics, tables, the clock and faults; 0 lets the system choose one. Off unless given.",
      discussion: "It listens on this machine's own address 127.0.0.1 unless --admin-host names another."))
  package var adminPort: Int?

  @Option(help: "The address of the admin port. Only this machine's own unless remote clients are allowed.")
  package var adminHost = "127.0.0.1"

  @Option(
    help: "Whether requests must be signed by a known key. In this release: off.",
    transform: Authentication.parse)
  package var auth = Authentication.off

  @Option(
    help:
      "When a write is answered: on disk (fsync), every 100 ms on disk (interval), never waited for (none).")
  package var durability = DurabilityName.fsync

  @Option(
    help: """
      Which requests are refused for their rate: those beyond provisioned throughput and the maxima of on-demand \
      tables (on), also those that the service's on-demand tables can't take (all), none (off).
      """)
  package var throttling = ThrottlingName.on

  @Option(help: "MiB of table blocks to keep in memory.")
  package var cacheMib = 256

  @Option(help: "MiB of recent writes to hold in memory before they become a table file.")
  package var memtableMib = 64

  @Option(help: "Milliseconds that a table takes to become ACTIVE, or to be gone, as with the service.")
  package var tableDelayMs = 0

  @Option(help: "Milliseconds by which global indexes lag behind their table, to see eventual consistency.")
  package var indexDelayMs = 0

  @Option(help: "Milliseconds by which reads that don't ask for consistency lag behind writes.")
  package var eventualLagMs = 0

  @Option(help: "How many actions a transaction may have: up to 100, which is what the service takes.")
  package var transactionItemLimit = 25

  @Option(
    help: "Whether settings may be changed only as often as with the service (time to live, policies, class)."
  )
  package var changeIntervals = OnOff.on

  @OptionGroup(title: "Encryption")
  package var encryption: EncryptionOptions

  @Flag(
    help: """
      Listen on an address that other machines reach, though requests are not authenticated: whoever \
      reaches it can read and change everything.
      """)
  package var allowUnauthenticatedRemote = false

  package init() {}

  /// The directory name that stands for memory.
  package static let inMemoryName = ":memory:"
  /// How often the log is synced with `--durability interval`.
  private static let syncIntervalMilliseconds = 100
  private static let cacheMibMax = 1_048_576
  private static let memtableMibMax = 1_024
  private static let delayMsMax = 600_000
  private static let transactionItemLimitMax = 100

  package var isInMemory: Bool { dataDir == Self.inMemoryName }

  package func validate() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port must be between 0 and 65535.")
    }
    guard (0...65_535).contains(adminPort ?? 0) else {
      throw ValidationError("--admin-port must be between 0 and 65535.")
    }
    guard (0...Self.cacheMibMax).contains(cacheMib) else {
      throw ValidationError("--cache-mib must be between 0 and \(Self.cacheMibMax).")
    }
    guard (1...Self.memtableMibMax).contains(memtableMib) else {
      throw ValidationError("--memtable-mib must be between 1 and \(Self.memtableMibMax).")
    }
    for (name, delay) in [
      ("--table-delay-ms", tableDelayMs), ("--index-delay-ms", indexDelayMs),
      ("--eventual-lag-ms", eventualLagMs),
    ] where !(0...Self.delayMsMax).contains(delay) {
      throw ValidationError("\(name) must be between 0 and \(Self.delayMsMax).")
    }
    guard (1...Self.transactionItemLimitMax).contains(transactionItemLimit) else {
      throw ValidationError(
        "--transaction-item-limit must be between 1 and \(Self.transactionItemLimitMax).")
    }
    guard !dataDir.isEmpty else {
      throw ValidationError("--data-dir must name a directory, or \(Self.inMemoryName).")
    }
    for (option, host) in [("--host", host), ("--admin-host", adminHost)]
    where !allowUnauthenticatedRemote && !Self.isLoopback(host) {
      throw ValidationError(
        """
        \(option) \(host) can be reached from other machines, and requests are not authenticated: whoever \
        reaches it could read and change everything. Use a loopback address, or add \
        --allow-unauthenticated-remote if that is what you want.
        """)
    }
  }

  package var databaseOptions: DatabaseOptions {
    var options = DatabaseOptions()
    options.cacheBytesMax = cacheMib << 20
    options.memtableBytesMax = memtableMib << 20
    options.tableDelayMilliseconds = tableDelayMs
    options.indexDelayMilliseconds = indexDelayMs
    options.eventualLagMilliseconds = eventualLagMs
    options.transactionItemsMax = transactionItemLimit
    options.throttling =
      switch throttling {
      case .off: .off
      case .on: .on
      case .all: .all
      }
    options.enforcesChangeIntervals = changeIntervals == .on
    options.durability =
      switch durability {
      case .fsync: .fsync
      case .interval: .interval(milliseconds: Self.syncIntervalMilliseconds)
      case .none: .none
      }
    return options
  }

  /// Whether only this machine reaches `host`. A name that is not `localhost` may lead anywhere.
  static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}

/// Who may send requests.
package enum Authentication: String {
  /// Signatures are not looked at: SDKs may be given any key.
  case off

  /// Reads the option; what the service has and this release has not is named as such.
  static func parse(_ text: String) throws -> Authentication {
    if let known = Authentication(rawValue: text) { return known }
    throw ValidationError("\(text) is not available in this release; off is.")
  }
}

/// Whether something is so.
package enum OnOff: String, ExpressibleByArgument, CaseIterable {
  case on
  case off
}

/// When a write is answered; see `DatabaseOptions.Durability`.
package enum DurabilityName: String, ExpressibleByArgument, CaseIterable {
  case fsync
  case interval
  case none
}

/// Which requests are refused for their rate; see `DatabaseOptions.Throttling`.
package enum ThrottlingName: String, ExpressibleByArgument, CaseIterable {
  case off
  case on
  case all
}
