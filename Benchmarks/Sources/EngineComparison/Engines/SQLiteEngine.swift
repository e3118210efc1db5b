#if HAS_SQLITE3
  import CSQLite

  /// One table with the key as its primary key, in write-ahead mode, a connection a thread.
  final class SQLiteEngine: Engine {
    static let replaysLog = false
    private let path: String
    private let settings: EngineSettings

    init(directory: String, settings: EngineSettings) {
      path = directory + "/data.sqlite"
      self.settings = settings
      SQLiteConnection.makeTable(path)
    }

    func connect() -> SQLiteConnection { SQLiteConnection(path, settings) }
    func flush() {}
    func close() {}
  }

  final class SQLiteConnection: EngineConnection {
    private static let busyMilliseconds: Int32 = 60_000
    private let database: OpaquePointer
    private let insert: OpaquePointer
    private let select: OpaquePointer
    private let forward: OpaquePointer
    private let backward: OpaquePointer
    private var isInTransaction = false

    init(_ path: String, _ settings: EngineSettings) {
      database = Self.open(path)
      Self.run(database, "PRAGMA synchronous = \(settings.isSynced ? "FULL" : "OFF")")
      Self.run(database, "PRAGMA cache_size = -\(settings.cacheBytes >> 10)")
      insert = Self.prepare(database, "INSERT OR REPLACE INTO entries (key, value) VALUES (?1, ?2)")
      select = Self.prepare(database, "SELECT value FROM entries WHERE key = ?1")
      forward = Self.prepare(
        database, "SELECT key, value FROM entries WHERE key >= ?1 ORDER BY key LIMIT ?2")
      backward = Self.prepare(
        database, "SELECT key, value FROM entries WHERE key <= ?1 ORDER BY key DESC LIMIT ?2")
    }

    deinit {
      for statement in [insert, select, forward, backward] { sqlite3_finalize(statement) }
      sqlite3_close(database)
    }

    static func makeTable(_ path: String) {
      let database = open(path)
      run(database, "PRAGMA journal_mode = WAL")
      run(
        database,
        "CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
      sqlite3_close(database)
    }

    private static func open(_ path: String) -> OpaquePointer {
      var opened: OpaquePointer?
      let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
      guard sqlite3_open_v2(path, &opened, flags, nil) == SQLITE_OK, let opened else {
        fail("SQLite: can't open \(path)")
      }
      sqlite3_busy_timeout(opened, busyMilliseconds)
      return opened
    }

    private static func run(_ database: OpaquePointer, _ statement: String) {
      if sqlite3_exec(database, statement, nil, nil, nil) != SQLITE_OK { stop(database) }
    }

    private static func prepare(_ database: OpaquePointer, _ text: String) -> OpaquePointer {
      var statement: OpaquePointer?
      let status = sqlite3_prepare_v3(
        database, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
      guard status == SQLITE_OK, let statement else { stop(database) }
      return statement
    }

    private static func stop(_ database: OpaquePointer) -> Never {
      fail("SQLite: \(String(cString: sqlite3_errmsg(database)))")
    }

    func put(_ key: Bytes, _ value: Bytes) {
      // The bytes outlive the statement's step, so nothing is copied (a nil destructor: SQLITE_STATIC).
      sqlite3_bind_blob(insert, 1, key.baseAddress, Int32(key.count), nil)
      sqlite3_bind_blob(insert, 2, value.baseAddress, Int32(value.count), nil)
      if sqlite3_step(insert) != SQLITE_DONE { Self.stop(database) }
      sqlite3_reset(insert)
    }

    func add(_ key: Bytes, _ value: Bytes) {
      if !isInTransaction { Self.run(database, "BEGIN IMMEDIATE") }
      isInTransaction = true
      put(key, value)
    }

    func commit() {
      Self.run(database, "COMMIT")
      isInTransaction = false
    }

    func get(_ key: Bytes) -> Int? {
      sqlite3_bind_blob(select, 1, key.baseAddress, Int32(key.count), nil)
      defer { sqlite3_reset(select) }
      switch sqlite3_step(select) {
      case SQLITE_ROW: return touch(select, 0)
      case SQLITE_DONE: return nil
      default: Self.stop(database)
      }
    }

    func scan(from key: Bytes, entriesMax: Int, isReverse: Bool) -> Int {
      let statement = isReverse ? backward : forward
      sqlite3_bind_blob(statement, 1, key.baseAddress, Int32(key.count), nil)
      sqlite3_bind_int64(statement, 2, Int64(entriesMax))
      defer { sqlite3_reset(statement) }
      var entries = 0
      var touched = 0
      var status = sqlite3_step(statement)
      while status == SQLITE_ROW {
        touched &+= Int(sqlite3_column_bytes(statement, 0)) + touch(statement, 1)
        entries += 1
        status = sqlite3_step(statement)
      }
      if status != SQLITE_DONE { Self.stop(database) }
      sink(touched)
      return entries
    }

    private func touch(_ statement: OpaquePointer, _ column: Int32) -> Int {
      let value = sqlite3_column_blob(statement, column)!
      return Int(sqlite3_column_bytes(statement, column)) + Int(value.load(as: UInt8.self))
    }
  }
#endif
