/// The engines that were found when this was built, ours first.
enum System: String, CaseIterable, Sendable {
  case lsmTree = "Flywheel"
  #if HAS_ROCKSDB
    case rocksDB = "RocksDB"
  #endif
  #if HAS_LEVELDB
    case levelDB = "LevelDB"
  #endif
  #if HAS_LMDB
    case lmdb = "LMDB"
  #endif
  #if HAS_SQLITE3
    case sqlite = "SQLite"
  #endif

  /// What the ratios are taken to.
  static var yardstick: System? { System(rawValue: "RocksDB") }

  /// In what its settings differ from those of all, as far as it matters for what is compared.
  var difference: String? {
    switch self {
    case .lsmTree:
      "an unsynced write waits in the process for at most 5 ms before it is handed to the operating system"
    #if HAS_ROCKSDB
      case .rocksDB:
        "manual_wal_flush for unsynced writes, so that they wait in the process, too; hash index in data blocks"
    #endif
    #if HAS_LEVELDB
      case .levelDB:
        "Snappy, fixed level sizes, tables of at least 1 MB; an unsynced write is handed to the system at once"
    #endif
    #if HAS_LMDB
      case .lmdb:
        "no log, memtable, compression or filter; unsynced is MDB_NOSYNC, without MDB_WRITEMAP, whose bytes can't be counted"
    #endif
    #if HAS_SQLITE3
      case .sqlite:
        "WITHOUT ROWID, write-ahead log, a 256 MB cache for each connection; unsynced is synchronous=OFF, synced FULL"
    #endif
    }
  }

  /// Runs a group of works. Every engine is named, so that the compiler makes a loop for each rather than one that
  /// finds its calls in tables.
  func run(_ group: WorkGroup, _ plan: Plan, _ results: Results) {
    switch self {
    case .lsmTree: Workbench<LSMTreeEngine>(self, plan, results).run(group)
    #if HAS_ROCKSDB
      case .rocksDB: Workbench<RocksDBEngine>(self, plan, results).run(group)
    #endif
    #if HAS_LEVELDB
      case .levelDB: Workbench<LevelDBEngine>(self, plan, results).run(group)
    #endif
    #if HAS_LMDB
      case .lmdb: Workbench<LMDBEngine>(self, plan, results).run(group)
    #endif
    #if HAS_SQLITE3
      case .sqlite: Workbench<SQLiteEngine>(self, plan, results).run(group)
    #endif
    }
  }
}
