#if HAS_LMDB
  import CLMDB

  /// LMDB has no log and no cache: a commit writes pages, a read looks at the mapped file. "No sync" is its own
  /// `MDB_NOSYNC`, which gives up the integrity of the file in a power cut, where the others lose a suffix of the writes.
  final class LMDBEngine: Engine, @unchecked Sendable {
    static let replaysLog = false
    // Sendable: an environment may be used from any thread.
    private static let mapBytesMax = 32 << 30
    private static let readersMax: UInt32 = 256
    private let environment: OpaquePointer
    private let table: MDB_dbi

    init(directory: String, settings: EngineSettings) {
      var environment: OpaquePointer?
      LMDBConnection.check(mdb_env_create(&environment))
      LMDBConnection.check(mdb_env_set_mapsize(environment, Self.mapBytesMax))
      LMDBConnection.check(mdb_env_set_maxreaders(environment, Self.readersMax))
      let flags = UInt32(MDB_NOTLS) | (settings.isSynced ? 0 : UInt32(MDB_NOSYNC))
      LMDBConnection.check(mdb_env_open(environment, directory, flags, 0o644))
      self.environment = environment!
      var transaction: OpaquePointer?
      var table: MDB_dbi = 0
      LMDBConnection.check(mdb_txn_begin(environment, nil, 0, &transaction))
      LMDBConnection.check(mdb_dbi_open(transaction, nil, 0, &table))
      LMDBConnection.check(mdb_txn_commit(transaction))
      self.table = table
    }

    func connect() -> LMDBConnection { LMDBConnection(environment, table) }
    func flush() {}
    func close() { mdb_env_close(environment) }
  }

  final class LMDBConnection: EngineConnection {
    private let environment: OpaquePointer
    private let table: MDB_dbi
    private let reader: OpaquePointer
    private let cursor: OpaquePointer
    private var writer: OpaquePointer?

    init(_ environment: OpaquePointer, _ table: MDB_dbi) {
      self.environment = environment
      self.table = table
      var reader: OpaquePointer?
      var cursor: OpaquePointer?
      Self.check(mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &reader))
      Self.check(mdb_cursor_open(reader, table, &cursor))
      mdb_txn_reset(reader)
      self.reader = reader!
      self.cursor = cursor!
    }

    deinit {
      mdb_cursor_close(cursor)
      mdb_txn_abort(reader)
    }

    static func check(_ status: Int32) {
      if status != 0 { fail("LMDB: \(String(cString: mdb_strerror(status)))") }
    }

    func put(_ key: Bytes, _ value: Bytes) {
      add(key, value)
      commit()
    }

    func add(_ key: Bytes, _ value: Bytes) {
      if writer == nil { Self.check(mdb_txn_begin(environment, nil, 0, &writer)) }
      var key = key.asValue
      var value = value.asValue
      Self.check(mdb_put(writer, table, &key, &value, 0))
    }

    func commit() {
      Self.check(mdb_txn_commit(writer))
      writer = nil
    }

    func get(_ key: Bytes) -> Int? {
      Self.check(mdb_txn_renew(reader))
      defer { mdb_txn_reset(reader) }
      var key = key.asValue
      var value = MDB_val()
      let status = mdb_get(reader, table, &key, &value)
      if status == MDB_NOTFOUND { return nil }
      Self.check(status)
      return value.mv_size + Int(value.mv_data.load(as: UInt8.self))
    }

    func scan(from key: Bytes, entriesMax: Int, isReverse: Bool) -> Int {
      Self.check(mdb_txn_renew(reader))
      Self.check(mdb_cursor_renew(reader, cursor))
      defer { mdb_txn_reset(reader) }
      var entries = 0
      var touched = 0
      var key = key.asValue
      var value = MDB_val()
      var status = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE)
      while status == 0, entries < entriesMax {
        touched &+= key.mv_size + Int(value.mv_data.load(as: UInt8.self))
        entries += 1
        status = mdb_cursor_get(cursor, &key, &value, isReverse ? MDB_PREV : MDB_NEXT)
      }
      if status != MDB_NOTFOUND { Self.check(status) }
      sink(touched)
      return entries
    }
  }

  extension Bytes {
    fileprivate var asValue: MDB_val {
      MDB_val(mv_size: count, mv_data: UnsafeMutableRawPointer(mutating: baseAddress))
    }
  }
#endif
