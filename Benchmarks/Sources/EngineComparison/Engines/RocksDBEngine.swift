#if HAS_ROCKSDB
  import CRocksDB

  final class RocksDBEngine: Engine, @unchecked Sendable {
    static let replaysLog = true
    // Sendable: RocksDB's handles may be used from any thread.
    private let database: OpaquePointer
    private let cache: OpaquePointer
    private let isSynced: Bool

    init(directory: String, settings: EngineSettings) {
      cache = rocksdb_cache_create_lru(settings.cacheBytes)
      let tables = rocksdb_block_based_options_create()
      rocksdb_block_based_options_set_block_cache(tables, cache)
      rocksdb_block_based_options_set_block_size(tables, settings.blockBytes)
      rocksdb_block_based_options_set_filter_policy(
        tables, rocksdb_filterpolicy_create_bloom_full(Double(settings.bloomBitsPerKey)))
      // Finds a key in a block by its hash, as LSMTree does, where the default is a binary search.
      rocksdb_block_based_options_set_data_block_index_type(
        tables, Int32(rocksdb_block_based_table_data_block_index_type_binary_search_and_hash))
      let options = rocksdb_options_create()
      rocksdb_options_set_create_if_missing(options, 1)
      rocksdb_options_set_block_based_table_factory(options, tables)
      rocksdb_options_set_compression(options, Int32(rocksdb_lz4_compression))
      rocksdb_options_set_write_buffer_size(options, settings.memtableBytes)
      // One that takes writes and three that wait, as LSMTree has.
      rocksdb_options_set_max_write_buffer_number(options, 4)
      rocksdb_options_set_target_file_size_base(options, UInt64(settings.tableBytes))
      rocksdb_options_set_max_bytes_for_level_base(options, UInt64(settings.levelBaseBytes))
      rocksdb_options_set_level_compaction_dynamic_level_bytes(options, 1)
      // A flush and a compaction at a time, and three log files to write over, as LSMTree does.
      rocksdb_options_set_max_background_jobs(options, 2)
      rocksdb_options_set_recycle_log_file_num(options, 3)
      // An unsynced write stays in the process for a while, as LSMTree's does, rather than cost a system call.
      rocksdb_options_set_manual_wal_flush(options, settings.isSynced ? 0 : 1)
      var error: UnsafeMutablePointer<CChar>?
      guard let opened = rocksdb_open(options, directory, &error) else {
        fail("RocksDB: \(String(cString: error!))")
      }
      database = opened
      isSynced = settings.isSynced
      rocksdb_options_destroy(options)
      rocksdb_block_based_options_destroy(tables)
    }

    func connect() -> RocksDBConnection { RocksDBConnection(database, isSynced: isSynced) }

    func flush() {
      let options = rocksdb_flushoptions_create()
      rocksdb_flushoptions_set_wait(options, 1)
      var error: UnsafeMutablePointer<CChar>?
      rocksdb_flush(database, options, &error)
      RocksDBConnection.check(error)
      rocksdb_flushoptions_destroy(options)
    }

    func close() {
      rocksdb_close(database)
      rocksdb_cache_destroy(cache)
    }
  }

  final class RocksDBConnection: EngineConnection {
    private let database: OpaquePointer
    private let reading: OpaquePointer = rocksdb_readoptions_create()
    private let writing: OpaquePointer = rocksdb_writeoptions_create()
    private let batch: OpaquePointer = rocksdb_writebatch_create()

    init(_ database: OpaquePointer, isSynced: Bool) {
      self.database = database
      rocksdb_writeoptions_set_sync(writing, isSynced ? 1 : 0)
    }

    deinit {
      rocksdb_readoptions_destroy(reading)
      rocksdb_writeoptions_destroy(writing)
      rocksdb_writebatch_destroy(batch)
    }

    static func check(_ error: UnsafeMutablePointer<CChar>?) {
      if let error { fail("RocksDB: \(String(cString: error))") }
    }

    func put(_ key: Bytes, _ value: Bytes) {
      var error: UnsafeMutablePointer<CChar>?
      rocksdb_put(database, writing, key.characters, key.count, value.characters, value.count, &error)
      Self.check(error)
    }

    func add(_ key: Bytes, _ value: Bytes) {
      rocksdb_writebatch_put(batch, key.characters, key.count, value.characters, value.count)
    }

    func commit() {
      var error: UnsafeMutablePointer<CChar>?
      rocksdb_write(database, writing, batch, &error)
      Self.check(error)
      rocksdb_writebatch_clear(batch)
    }

    func get(_ key: Bytes) -> Int? {
      var error: UnsafeMutablePointer<CChar>?
      let pinned = rocksdb_get_pinned(database, reading, key.characters, key.count, &error)
      Self.check(error)
      guard let pinned else { return nil }
      var count = 0
      let value = rocksdb_pinnableslice_value(pinned, &count)!
      defer { rocksdb_pinnableslice_destroy(pinned) }
      return count + Int(UInt8(bitPattern: value[0]))
    }

    func scan(from key: Bytes, entriesMax: Int, isReverse: Bool) -> Int {
      let iterator = rocksdb_create_iterator(database, reading)
      defer { rocksdb_iter_destroy(iterator) }
      var entries = 0
      var touched = 0
      rocksdb_iter_seek(iterator, key.characters, key.count)
      while rocksdb_iter_valid(iterator) != 0, entries < entriesMax {
        var keyBytes = 0
        var valueBytes = 0
        _ = rocksdb_iter_key(iterator, &keyBytes)
        let value = rocksdb_iter_value(iterator, &valueBytes)!
        touched &+= keyBytes + Int(UInt8(bitPattern: value[0]))
        entries += 1
        if isReverse { rocksdb_iter_prev(iterator) } else { rocksdb_iter_next(iterator) }
      }
      sink(touched)
      return entries
    }
  }
#endif
