#if HAS_LEVELDB
  import CLevelDB

  /// LevelDB compresses with Snappy, or as it was built.
  final class LevelDBEngine: Engine, @unchecked Sendable {
    static let replaysLog = true
    // Sendable: LevelDB's handles may be used from any thread; `flush` is called while nobody else uses them.
    private let directory: String
    private let options: OpaquePointer
    private let cache: OpaquePointer
    private let filter: OpaquePointer
    private var database: OpaquePointer
    private let isSynced: Bool

    init(directory: String, settings: EngineSettings) {
      self.directory = directory
      options = leveldb_options_create()
      cache = leveldb_cache_create_lru(settings.cacheBytes)
      filter = leveldb_filterpolicy_create_bloom(Int32(settings.bloomBitsPerKey))
      leveldb_options_set_create_if_missing(options, 1)
      leveldb_options_set_cache(options, cache)
      leveldb_options_set_filter_policy(options, filter)
      leveldb_options_set_block_size(options, settings.blockBytes)
      leveldb_options_set_compression(options, Int32(leveldb_snappy_compression))
      leveldb_options_set_write_buffer_size(options, settings.memtableBytes)
      leveldb_options_set_max_file_size(options, settings.tableBytes)
      isSynced = settings.isSynced
      database = Self.open(directory, options)
    }

    private static func open(_ directory: String, _ options: OpaquePointer) -> OpaquePointer {
      var error: UnsafeMutablePointer<CChar>?
      guard let opened = leveldb_open(options, directory, &error) else {
        fail("LevelDB: \(String(cString: error!))")
      }
      return opened
    }

    func connect() -> LevelDBConnection { LevelDBConnection(database, isSynced: isSynced) }

    /// Recovery is LevelDB's only way to a flush that doesn't compact as well.
    func flush() {
      leveldb_close(database)
      database = Self.open(directory, options)
    }

    func close() {
      leveldb_close(database)
      leveldb_options_destroy(options)
      leveldb_cache_destroy(cache)
      leveldb_filterpolicy_destroy(filter)
    }
  }

  final class LevelDBConnection: EngineConnection {
    private let database: OpaquePointer
    private let reading: OpaquePointer = leveldb_readoptions_create()
    private let writing: OpaquePointer = leveldb_writeoptions_create()
    private let batch: OpaquePointer = leveldb_writebatch_create()

    init(_ database: OpaquePointer, isSynced: Bool) {
      self.database = database
      leveldb_readoptions_set_verify_checksums(reading, 1)
      leveldb_writeoptions_set_sync(writing, isSynced ? 1 : 0)
    }

    deinit {
      leveldb_readoptions_destroy(reading)
      leveldb_writeoptions_destroy(writing)
      leveldb_writebatch_destroy(batch)
    }

    private static func check(_ error: UnsafeMutablePointer<CChar>?) {
      if let error { fail("LevelDB: \(String(cString: error))") }
    }

    func put(_ key: Bytes, _ value: Bytes) {
      var error: UnsafeMutablePointer<CChar>?
      leveldb_put(database, writing, key.characters, key.count, value.characters, value.count, &error)
      Self.check(error)
    }

    func add(_ key: Bytes, _ value: Bytes) {
      leveldb_writebatch_put(batch, key.characters, key.count, value.characters, value.count)
    }

    func commit() {
      var error: UnsafeMutablePointer<CChar>?
      leveldb_write(database, writing, batch, &error)
      Self.check(error)
      leveldb_writebatch_clear(batch)
    }

    func get(_ key: Bytes) -> Int? {
      var error: UnsafeMutablePointer<CChar>?
      var count = 0
      let value = leveldb_get(database, reading, key.characters, key.count, &count, &error)
      Self.check(error)
      guard let value else { return nil }
      defer { leveldb_free(value) }
      return count + Int(UInt8(bitPattern: value[0]))
    }

    func scan(from key: Bytes, entriesMax: Int, isReverse: Bool) -> Int {
      let iterator = leveldb_create_iterator(database, reading)
      defer { leveldb_iter_destroy(iterator) }
      var entries = 0
      var touched = 0
      leveldb_iter_seek(iterator, key.characters, key.count)
      while leveldb_iter_valid(iterator) != 0, entries < entriesMax {
        var keyBytes = 0
        var valueBytes = 0
        _ = leveldb_iter_key(iterator, &keyBytes)
        let value = leveldb_iter_value(iterator, &valueBytes)!
        touched &+= keyBytes + Int(UInt8(bitPattern: value[0]))
        entries += 1
        if isReverse { leveldb_iter_prev(iterator) } else { leveldb_iter_next(iterator) }
      }
      sink(touched)
      return entries
    }
  }
#endif
