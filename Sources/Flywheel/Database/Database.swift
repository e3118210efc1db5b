@_exported public import DynamoModel
public import LSMTree
import Synchronization

/// A DynamoDB-semantics database inside this process.
///
/// ```swift
/// let database = try Database.open(at: "data")
/// let item = try Item(["id": "u1", "age": 41])
/// _ = try await database.putItem(PutItemRequest(tableName: "users", item: item))
/// try database.close()
/// ```
///
/// Every operation of the API that this release has is a method that takes a request and returns a response,
/// named as in the API, and throws a ``ServiceError`` where the service answers with one: same checks, same
/// order, same text. Operations may be called from any thread and any task; one that finds what it needs in
/// memory and has nothing to wait for finishes on the caller's thread without suspending. What an operation
/// has answered is as durable as ``DatabaseOptions/durability`` says.
///
/// One process at a time may have a directory open. Close the database before the process ends, so that the
/// next opening has no log to replay and no items to count; if that does not happen, nothing that was
/// answered is lost.
public final class Database: Sendable {
  @usableFromInline package let tree: Tree
  package let catalog: Catalog
  package let latches: KeyLatches
  package let options: DatabaseOptions
  package let naming: ResourceNaming
  package let housekeeper = Housekeeper()
  /// What reads are shown in place of the present, if the options ask for that: eventually consistent ones of
  /// items, and those of global indexes.
  package let pastOfItems: PastViews?
  package let pastOfIndexes: PastViews?
  /// The clock that everything in the database goes by, under the user's hand.
  public let clockControl: ClockControl
  /// What is to go wrong with requests, for programs that test how they deal with it. Nothing unless it is set.
  public let faults = FaultControl()
  package let metrics = Metrics()
  @usableFromInline let pool: BlockingPool
  /// What waits because a fault delays it.
  let delays = DelayTimer(waitersMax: 10_000)
  /// Ids whose items are still being counted; while there are any, a close does not store counters.
  let pendingRecounts: Atomic<Int>
  /// Whether the housekeeper looks for expired items; see `scheduleExpiry`.
  let isExpiring = Atomic<Bool>(false)
  /// Whether the housekeeper looks for tokens of transactions that nobody will ask for any more.
  let isSweepingTokens = Atomic<Bool>(false)
  private let phase = Atomic<Phase>(.open)

  private enum Phase: UInt8, AtomicRepresentable {
    case open, closing, closed
  }

  /// The clock that everything in the database goes by.
  package var clock: DatabaseClock { options.clock }

  /// How many ids' items are still being counted after the database ended without being closed.
  package var recountsPending: Int { pendingRecounts.load(ordering: .acquiring) }

  /// Whether operations are still taken.
  @usableFromInline package var isOpen: Bool { phase.load(ordering: .acquiring) == .open }

  private init(_ tree: Tree, _ options: DatabaseOptions, _ store: CatalogStore) {
    self.tree = tree
    clockControl = ClockControl(over: options.clock)
    var options = options
    options.clock = clockControl.clock
    self.options = options
    latches = KeyLatches(
      waitMilliseconds: options.latchWaitMilliseconds, areBroken: options.latchesAreBroken)
    naming = ResourceNaming(region: options.region, accountID: options.accountID)
    let lag = options.eventualLagMilliseconds
    pastOfItems = PastViews(delayMilliseconds: lag, clock: options.clock)
    pastOfIndexes =
      options.indexDelayMilliseconds > lag
      ? PastViews(delayMilliseconds: options.indexDelayMilliseconds, clock: options.clock) : pastOfItems
    pool = BlockingPool(threadsMax: options.blockingThreadsMax, queueMax: options.blockingQueueMax)
    pendingRecounts = Atomic(store.counters == nil ? store.tables.reduce(0) { $0 + $1.ids.count } : 0)
    catalog = Catalog(
      tree: tree, latches: latches, naming: naming, admission: AdmissionSettings(options, clockControl),
      tables: store.tables,
      counters: store.counters ?? [:], nextID: store.nextID,
      leaving: { [metrics] tables in metrics.gather(tables) })
  }

  /// A database that is let go without being closed is opened next time as after a crash: its counters are
  /// not stored.
  deinit {
    housekeeper.close()
    delays.close()
    pool.close()
  }
}

// MARK: - Opening

extension Database {
  /// Opens the database in `directory`, making one if there is none.
  ///
  /// Cost: reading the catalog and replaying what the log holds since the last flush. After a crash, items
  /// are counted afresh beside the requests that are already being served.
  ///
  /// - Throws: ``DatabaseError/locked(path:)`` if it is open elsewhere,
  ///   ``DatabaseError/invalidOption(name:reason:)``, and whatever keeps the files from being read.
  public static func open(
    at directory: String, options: DatabaseOptions = .init()
  ) throws(DatabaseError) -> Database {
    try open(at: directory, options: options, fileSystem: RealFileSystem())
  }

  /// Opens the database in `directory` of any file system.
  package static func open(
    at directory: String, options: DatabaseOptions, fileSystem: any FileSystem
  ) throws(DatabaseError) -> Database {
    try options.check()
    let tree: Tree
    do throws(TreeError) {
      tree = try Tree.open(directory, options: options.treeOptions, fileSystem: fileSystem)
    } catch {
      throw DatabaseError(error)
    }
    return try make(tree, options)
  }

  /// Makes a database that lives in memory and ends with this object.
  ///
  /// - Throws: ``DatabaseError/invalidOption(name:reason:)``.
  public static func inMemory(options: DatabaseOptions = .init()) throws(DatabaseError) -> Database {
    try options.check()
    let tree: Tree
    do throws(TreeError) {
      tree = try Tree.inMemory(options: options.treeOptions)
    } catch {
      throw DatabaseError(error)
    }
    return try make(tree, options)
  }

  /// Reads the catalog, settles what was left half done, and starts what is to go on beside requests.
  private static func make(_ tree: Tree, _ options: DatabaseOptions) throws(DatabaseError) -> Database {
    do throws(DatabaseError) {
      var store = try CatalogStore.read(tree.view())
      // Taken before anything new is written: what the recount counts is what the changes from now on start
      // from.
      let before = tree.snapshot()
      try settle(&store, tree)
      let database = Database(tree, options, store)
      database.catalog.minuteBell.listen { [weak database] admission, outcome in
        database?.minuteEnded(of: admission, outcome)
      }
      database.clockControl.observe { [weak database] in database?.clockMoves() }
      if store.counters == nil {
        database.scheduleRecount(of: store.tables, at: before)
      }
      for table in store.tables {
        for index in table.globalIndexes where index.status == .creating {
          database.scheduleBackfill(ofIndex: index.id, table: table.name)
        }
        if let timeToLive = table.timeToLive {
          if timeToLive.isFilling {
            database.scheduleTimeToLiveFilling(ofTable: table.name, id: timeToLive.id)
          }
          database.scheduleExpiry()
        }
      }
      if store.hasTokens { database.scheduleTokenSweeping() }
      return database
    } catch {
      try? tree.close()
      throw error
    }
  }

  /// Writes one batch that ends all that was under way when the database ended, and takes back the sign of a
  /// clean close, since from here on the counters that were stored go out of date.
  private static func settle(_ store: inout CatalogStore, _ tree: Tree) throws(DatabaseError) {
    let settled = store.settle()
    var batch = WriteBatch(capacityBytes: 1024)
    for table in settled.dropped {
      batch.delete(CatalogKeys.table(table.name))
      for id in table.ids { batch.drop(id: id) }
    }
    for table in settled.changed {
      batch.put(CatalogKeys.table(table.name), StoredDefinition.encode(table))
    }
    for id in settled.droppedIDs { batch.drop(id: id) }
    if !store.exists {
      batch.put(CatalogKeys.meta, StoredDefinition.encodeMeta(nextID: store.nextID))
    }
    batch.delete(CatalogKeys.cleanClose)
    do throws(TreeError) {
      try tree.waitUntilDurable(tree.commit(batch))
    } catch {
      throw DatabaseError(error)
    }
  }
}

// MARK: - Closing

extension Database {
  /// Closes the database: takes no more operations, waits for those that were taken, stores the tables'
  /// counters and writes everything out. Operations that come later are answered with
  /// ``ErrorCode/serviceUnavailable``.
  ///
  /// Blocks the calling thread. Calling it again does nothing.
  ///
  /// - Throws: what keeps the last writes from reaching the disk.
  public func close() throws(DatabaseError) {
    guard
      phase.compareExchange(expected: .open, desired: .closing, ordering: .acquiringAndReleasing).exchanged
    else {
      return
    }
    clockControl.observe(nil)
    delays.close()
    pool.close()
    housekeeper.close()
    flushMetrics()
    let countersAreRight = recountsPending == 0
    do throws(TreeError) {
      try catalog.close { [tree] snapshot throws(TreeError) in
        guard countersAreRight else { return }
        try Self.storeCounters(of: snapshot, tree)
      }
    } catch {
      phase.store(.closed, ordering: .releasing)
      try? tree.close()
      throw DatabaseError(error)
    }
    phase.store(.closed, ordering: .releasing)
    do throws(TreeError) {
      try tree.close()
    } catch {
      throw DatabaseError(error)
    }
  }

  /// Writes what the counters say and, in the same batch, that they can be believed.
  private static func storeCounters(of snapshot: CatalogSnapshot, _ tree: Tree) throws(TreeError) {
    var batch = WriteBatch(capacityBytes: 1024)
    for table in snapshot.tables.values {
      for (id, counters) in table.countersByID {
        let totals = counters.totals
        batch.put(CatalogKeys.counters(id), StoredCounters.encode(items: totals.items, bytes: totals.bytes))
      }
    }
    batch.put(CatalogKeys.cleanClose, [])
    try tree.waitUntilDurable(tree.commit(batch))
  }
}

extension WriteBatch {
  /// Drops all keys of a table or an index and what the catalog holds for the id.
  mutating func drop(id: UInt32) {
    let range = CatalogKeys.range(ofID: id)
    deleteRange(from: range.lower, to: range.upper)
    delete(CatalogKeys.counters(id))
    delete(CatalogKeys.backfill(id))
  }
}
