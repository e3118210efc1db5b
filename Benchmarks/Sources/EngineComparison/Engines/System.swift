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
