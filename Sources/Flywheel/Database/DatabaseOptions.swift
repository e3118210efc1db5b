public import LSMTree

/// What can be set when a database is opened. All limits are checked at open.
public struct DatabaseOptions: Sendable {
  /// When a write is answered.
  public enum Durability: Sendable, Hashable {
    /// When it is on stable storage. An answer is a promise that a power cut can't break.
    case fsync
    /// At once; the log is synced every so many milliseconds (1 to 60,000), which is about how much a crash
    /// can lose.
    case interval(milliseconds: Int)
    /// At once; the log is left to the operating system, and only a clean close is sure to keep everything.
    case none
  }

  /// Which requests are refused for their rate.
  public enum Throttling: Sendable, Hashable {
    /// None; nothing is counted either.
    case off
    /// What exceeds provisioned throughput, what a partition of a provisioned table can give, or the maximum that an
    /// on-demand table or index was given. On-demand tables without one take whatever comes.
    case on
    /// The same, and what the service's on-demand tables can't take: more than their partitions give, more than twice
    /// the previous peak within half an hour, more than the account's quota for a table.
    case all
  }

  /// When a write is answered.
  public var durability: Durability = .fsync
  /// Which requests are refused for their rate, as the service refuses them. By ``clock``.
  public var throttling: Throttling = .on
  /// Bytes of table blocks kept in memory. 0 to 1 TiB.
  public var cacheBytesMax = 64 << 20
  /// Bytes of recent writes held in memory before they are written as a table file. 64 KiB to 1 GiB.
  public var memtableBytesMax = 64 << 20
  /// What every file is encrypted with, such as `Encryption` of the module `FlywheelEncryption`; nil for files in plain. A
  /// directory that is encrypted can be opened with its own keys only; one that is not becomes so, file by file.
  /// A database in memory has no files and takes no notice.
  public var cipher: (any BlockCipherProvider)?
  /// Threads that wait for disks on behalf of requests. 1 to 1,024.
  public var blockingThreadsMax = 16
  /// Requests that may wait for one of these threads; further ones are refused. 1 to 1,000,000.
  public var blockingQueueMax = 10_000
  /// The region that ARNs name. It has no other effect.
  public var region = "us-east-1"
  /// The account that ARNs name: twelve digits. It has no other effect.
  public var accountID = "000000000000"
  /// How long a new or changed table takes to become ACTIVE, and a deleted one to be gone. 0 to 600,000.
  /// A program that is to be ready for the real service can be tested with the wait that it will meet there.
  public var tableDelayMilliseconds = 0
  /// How far queries and scans of global indexes lag behind the table's writes. 0 to 600,000; 0 for no lag.
  ///
  /// The service's global indexes follow their table after some milliseconds. With this set, a read of a global
  /// index sees all writes up to a moment that is at least so long ago (and at most a sixteenth longer), by
  /// ``clock``, so that a program that reads what it just wrote finds out in its tests. Costs a lock for each
  /// write and each such read, and keeps overwritten items for about as long as the lag.
  public var indexDelayMilliseconds = 0
  /// How far reads that don't ask for consistency lag behind writes: of tables and local indexes, and of global
  /// indexes if it is more than ``indexDelayMilliseconds``. 0 to 600,000; 0 for no lag. Consistent reads never
  /// lag. What they see and what it costs is as there.
  public var eventualLagMilliseconds = 0
  /// Whether settings that the service lets be changed only so often can be changed here only so often, too: time to live
  /// every 31 minutes, a resource policy and the protection against deletion every 15 seconds, the table's class
  /// twice in 30 days, its encryption four times a day. By ``clock``.
  public var enforcesChangeIntervals = true
  /// How large an item collection may grow: the items of a table with one partition key and their entries in
  /// local indexes, where there are any. The service's limit unless a test is to reach it. 1 to 1 TiB.
  public var itemCollectionBytesMax = 10 << 30
  /// How many actions a transaction may have. 1 to 100, which is what the service takes today; 25 is what it took
  /// before, and what programs that are to run against older copies of it keep to.
  public var transactionItemsMax = transactionItemsMaxDefault
  package static let transactionItemsMaxDefault = 25
  /// From which size on a partition is split, whatever it is asked for: the service's 10 GB unless a test is to reach it.
  /// 1 to 1 TiB.
  public var partitionBytesMax = 10 << 30
  /// Where the time of day comes from.
  public var clock = DatabaseClock.system
  /// Told of what happens beside requests. Called on the database's own threads; it must not block.
  public var onEvent: (@Sendable (DatabaseEvent) -> Void)?

  /// What the tree below is opened with besides what is said above; for tests that want small blocks and
  /// caches.
  package var tree = TreeOptions()
  /// Items that a backfill or a recount handles before it makes room for others.
  package var housekeepingChunkItems = 256
  /// How long a thread waits for keys that others are writing before its request is refused.
  package var latchWaitMilliseconds = 10_000
  /// Whether writers of one item are not kept apart, in a debug build only: what checks isolation must notice.
  package var latchesAreBroken = false
  /// Whether transactions don't latch what they only check, in a debug build only, for the same purpose.
  package var checksAreUnlatched = false

  public init() {}

  /// Throws `DatabaseError.invalidOption` for the first option that is out of its range.
  func check() throws(DatabaseError) {
    try check("blockingThreadsMax", blockingThreadsMax, 1...1_024)
    try check("blockingQueueMax", blockingQueueMax, 1...1_000_000)
    try check("tableDelayMilliseconds", tableDelayMilliseconds, 0...600_000)
    try check("indexDelayMilliseconds", indexDelayMilliseconds, 0...600_000)
    try check("eventualLagMilliseconds", eventualLagMilliseconds, 0...600_000)
    try check("itemCollectionBytesMax", itemCollectionBytesMax, 1...1 << 40)
    try check("transactionItemsMax", transactionItemsMax, 1...100)
    try check("latchWaitMilliseconds", latchWaitMilliseconds, 1...600_000)
    try check("partitionBytesMax", partitionBytesMax, 1...1 << 40)
    try check("housekeepingChunkItems", housekeepingChunkItems, 1...100_000)
    guard accountID.utf8.count == 12, accountID.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw .invalidOption(name: "accountID", reason: "\(accountID) is not twelve digits")
    }
    guard !region.isEmpty, !region.utf8.contains(UInt8(ascii: ":")) else {
      throw .invalidOption(name: "region", reason: "\"\(region)\" is not a region")
    }
  }

  private func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(DatabaseError) {
    guard range.contains(value) else {
      throw .invalidOption(
        name: name, reason: "\(value) is not between \(range.lowerBound) and \(range.upperBound)")
    }
  }

  /// What the tree is opened with.
  var treeOptions: TreeOptions {
    var options = tree
    options.durability =
      switch durability {
      case .fsync: .fsync
      case .interval(let milliseconds): .interval(milliseconds: milliseconds)
      case .none: .none
      }
    options.cipher = cipher ?? tree.cipher
    options.blockCacheBytesMax = cacheBytesMax
    options.memtableBytesMax = memtableBytesMax
    // A query is between bounds that agree in the id and the hash, so it passes over tables without its partition key.
    options.filterPrefixBytes = Keyspace.idBytes + Keyspace.hashBytes
    return options
  }
}

/// Something that happened beside requests.
public enum DatabaseEvent: Sendable {
  /// The engine failed under an operation, which was answered with InternalServerError.
  case engineFailed(operation: String, error: DatabaseError)
  /// Work that is done beside requests failed; it is tried again when the database is next opened.
  case housekeepingFailed(task: String, error: DatabaseError)
  /// An index that was added to a table holds all of the table's items now.
  case indexFilled(table: String, index: String)
  /// Items and bytes were counted afresh, because the database had not been closed.
  case tablesRecounted(tables: Int)
}
