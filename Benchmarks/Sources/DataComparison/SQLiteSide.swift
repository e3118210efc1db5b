#if HAS_SQLITE3
  import CSQLite

  /// What the nearest peers store with: a row an item, its text as JSON, by key; prepared statements, a database in
  /// memory. Nothing is read from the JSON but what SQL is asked for, so this is the least that such a peer does.
  final class SQLiteSide: Side, @unchecked Sendable {
    // Sendable: used by one task at a time.
    let name = "sqlite"
    private let database: OpaquePointer
    private let select: OpaquePointer
    private let insert: OpaquePointer
    private let query: OpaquePointer
    private let scan: OpaquePointer
    private let items: [(partition: [UInt8], sort: Int64, json: [UInt8])]

    init(_ items: [BenchmarkItem]) {
      var opened: OpaquePointer?
      let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
      guard sqlite3_open_v2(":memory:", &opened, flags, nil) == SQLITE_OK, let opened else {
        fail("can't open SQLite")
      }
      database = opened
      sqlite3_exec(
        opened, "CREATE TABLE items (pk TEXT, sk INT, item TEXT, PRIMARY KEY (pk, sk)) WITHOUT ROWID",
        nil, nil, nil)
      func prepare(_ text: String) -> OpaquePointer {
        var statement: OpaquePointer?
        sqlite3_prepare_v3(opened, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard let statement else { fail(String(cString: sqlite3_errmsg(opened))) }
        return statement
      }
      select = prepare("SELECT item FROM items WHERE pk = ?1 AND sk = ?2")
      insert = prepare("INSERT OR REPLACE INTO items (pk, sk, item) VALUES (?1, ?2, ?3)")
      query = prepare("SELECT item FROM items WHERE pk = ?1 ORDER BY sk")
      scan = prepare("SELECT item FROM items WHERE json_extract(item, '$.bucket.N') = '7'")
      self.items = items.map { (Array($0.partition.utf8), Int64($0.sort), Array($0.json.utf8)) }
      for number in self.items.indices { put(number, self.items[number].json) }
    }

    func close() {
      for statement in [select, insert, query, scan] { sqlite3_finalize(statement) }
      sqlite3_close(database)
    }

    func perform(_ work: Work, on numbers: [Int]) {
      switch work {
      case .get:
        for number in numbers {
          bind(select, number, sort: true)
          sink(rows(select))
        }
      case .put:
        for number in numbers { put(number, items[number].json) }
      case .update:
        for number in numbers {
          sqlite3_exec(database, "BEGIN", nil, nil, nil)
          bind(select, number, sort: true)
          sink(rows(select))
          put(number, items[number].json)
          sqlite3_exec(database, "COMMIT", nil, nil, nil)
        }
      case .query:
        for number in numbers {
          bind(query, number, sort: false)
          if rows(query) != Plan.partitionItems { fail("SQLite found another number of items") }
        }
      case .scan:
        if rows(scan) != items.count / Plan.buckets { fail("SQLite found another number of items") }
      }
    }

    private func put(_ number: Int, _ json: [UInt8]) {
      bind(insert, number, sort: true)
      json.withUnsafeBytes { bytes in
        // The bytes outlive the statement's step, so nothing is copied (a nil destructor: SQLITE_STATIC).
        let text = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        sqlite3_bind_text(insert, 3, text, Int32(bytes.count), nil)
        if sqlite3_step(insert) != SQLITE_DONE { fail(String(cString: sqlite3_errmsg(database))) }
      }
      sqlite3_reset(insert)
    }

    private func bind(_ statement: OpaquePointer, _ number: Int, sort: Bool) {
      items[number].partition.withUnsafeBytes { bytes in
        let text = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        sqlite3_bind_text(statement, 1, text, Int32(bytes.count), nil)
      }
      if sort { sqlite3_bind_int64(statement, 2, items[number].sort) }
    }

    /// Steps through all rows, touches each one's text, and says how many there were.
    private func rows(_ statement: OpaquePointer) -> Int {
      var count = 0
      var touched = 0
      while sqlite3_step(statement) == SQLITE_ROW {
        touched &+= Int(sqlite3_column_text(statement, 0)![0]) + Int(sqlite3_column_bytes(statement, 0))
        count += 1
      }
      sqlite3_reset(statement)
      sink(touched)
      return count
    }
  }
#endif
