#if HAS_SQLITE3
  import CSQLite

  import Flywheel

  /// What the nearest peers store with: a row an item, its text as JSON, by key; prepared statements, a database in
  /// memory.
  ///
  /// Twice. By itself (`sqlite`) texts go in and out as they are, and nothing is read from the JSON but what SQL is asked for: the least
  /// that such a store does, and less than `item`, whose items are attribute values with types and whose condition and counter are evaluated. As
  /// a peer (`typed`) every item that is returned is read from its text into values and every one that is written is made
  /// into text, and an update checks and adds: what `item` does.
  final class SQLiteSide: Side, @unchecked Sendable {
    // Sendable: used by one task at a time.
    let name: String
    private let isTyped: Bool
    private let database: OpaquePointer
    private let select: OpaquePointer
    private let insert: OpaquePointer
    private let query: OpaquePointer
    private let scan: OpaquePointer
    private let items:
      [(partition: [UInt8], sort: Int64, json: [UInt8], attributes: [String: AttributeValue])]

    init(_ items: [BenchmarkItem], isTyped: Bool) {
      name = isTyped ? "typed" : "sqlite"
      self.isTyped = isTyped
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
      self.items = items.map {
        (Array($0.partition.utf8), Int64($0.sort), Array($0.json.utf8), $0.attributes)
      }
      for number in self.items.indices { put(number, self.items[number].json) }
    }

    func close() {
      for statement in [select, insert, query, scan] { sqlite3_finalize(statement) }
      sqlite3_close(database)
    }

    func perform(_ action: Action, on numbers: [Int]) {
      switch action {
      case .get:
        for number in numbers {
          bind(select, number, sort: true)
          sink(rows(select))
        }
      case .put:
        for number in numbers { put(number, text(of: number)) }
      case .update:
        for number in numbers {
          sqlite3_exec(database, "BEGIN", nil, nil, nil)
          bind(select, number, sort: true)
          if isTyped { updateTyped(number) } else { updateText(number) }
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

    private func text(of number: Int) -> [UInt8] {
      isTyped ? PeerJSON.text(items[number].attributes) : items[number].json
    }

    private func updateText(_ number: Int) {
      sink(rows(select))
      put(number, items[number].json)
    }

    private func updateTyped(_ number: Int) {
      guard sqlite3_step(select) == SQLITE_ROW else { fail("SQLite has no such item") }
      var item = rowItem(select)
      sqlite3_reset(select)
      guard case .number(let counter)? = item["counter"], counter >= 0,
        let next = try? counter.adding(1)
      else { fail("the condition failed") }
      item["counter"] = .number(next)
      put(number, PeerJSON.text(item))
    }

    private func rowItem(_ statement: OpaquePointer) -> [String: AttributeValue] {
      PeerJSON.item(
        UnsafeBufferPointer(
          start: sqlite3_column_text(statement, 0)!, count: Int(sqlite3_column_bytes(statement, 0))))
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
        touched &+=
          isTyped
          ? rowItem(statement).count
          : Int(sqlite3_column_text(statement, 0)![0]) + Int(sqlite3_column_bytes(statement, 0))
        count += 1
      }
      sqlite3_reset(statement)
      sink(touched)
      return count
    }
  }
#endif
