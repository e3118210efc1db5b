import DynamoModel
package import LSMTree

/// What the catalog's records say when a database is opened.
package struct CatalogStore {
  package var tables: [TableDefinition] = []
  package var nextID = CatalogKeys.firstTableID
  /// Whether the tree has a catalog at all; a new one has none.
  package var exists = false
  /// Items and bytes by id, as the last clean close left them; nil if the database ended in another way.
  package var counters: [UInt32: ItemCounters]?
  /// Whether there are records of transactions with a token.
  package var hasTokens = false

  package init() {}

  /// Reads everything.
  package static func read(_ view: borrowing ReadView) throws(DatabaseError) -> CatalogStore {
    var store = CatalogStore()
    if let meta = try store.value(CatalogKeys.meta, view) {
      store.exists = true
      store.nextID = try StoredDefinition.decodeMeta(checked(meta))
    }
    var definitions: [[UInt8]] = []
    try forEach(.table, view) { _, value in definitions.append(value) }
    for record in definitions {
      store.tables.append(try StoredDefinition.decode(checked(record)))
    }
    store.hasTokens = try hasAny(.token, view)
    if try store.value(CatalogKeys.cleanClose, view) != nil {
      var counters: [UInt32: ItemCounters] = [:]
      try forEach(.counters, view) { key, value in
        guard let (id, items, bytes) = StoredCounters.decode(key: key, value: value) else { return }
        counters[id] = ItemCounters(items: items, bytes: bytes)
      }
      store.counters = counters
    }
    return store
  }

  private func value(_ key: [UInt8], _ view: borrowing ReadView) throws(DatabaseError) -> [UInt8]? {
    do throws(TreeError) {
      guard let found = try view.get(key.span.bytes) else { return nil }
      return [UInt8](copying: found.bytes)
    } catch {
      throw DatabaseError(error)
    }
  }

  private static func hasAny(
    _ kind: CatalogKeys.Kind, _ view: borrowing ReadView
  ) throws(DatabaseError) -> Bool {
    let range = CatalogKeys.range(kind)
    do throws(TreeError) {
      var cursor = try view.cursor(from: range.lower, to: range.upper)
      try cursor.seekToFirst()
      return cursor.isValid
    } catch {
      throw DatabaseError(error)
    }
  }

  private static func forEach(
    _ kind: CatalogKeys.Kind, _ view: borrowing ReadView, _ body: ([UInt8], [UInt8]) -> Void
  ) throws(DatabaseError) {
    let range = CatalogKeys.range(kind)
    do throws(TreeError) {
      var cursor = try view.cursor(from: range.lower, to: range.upper)
      try cursor.seekToFirst()
      while cursor.isValid {
        body([UInt8](copying: cursor.key), [UInt8](copying: cursor.value))
        try cursor.next()
      }
    } catch {
      throw DatabaseError(error)
    }
  }

  private static func checked(_ bytes: [UInt8]) throws(DatabaseError) -> Item {
    do throws(EncodingFault) {
      return try Item(validating: bytes)
    } catch {
      throw .catalogCorrupt(reason: "a record is not an item: \(error.reason) at \(error.offset)")
    }
  }

  /// Takes every table to where it was on its way to when the database ended, and says what has to be written
  /// for it.
  package mutating func settle() -> (
    dropped: [TableDefinition], changed: [TableDefinition], droppedIDs: [UInt32]
  ) {
    var result: (dropped: [TableDefinition], changed: [TableDefinition], droppedIDs: [UInt32]) = ([], [], [])
    var kept: [TableDefinition] = []
    for table in tables {
      guard let settled = table.settled else {
        result.dropped.append(table)
        continue
      }
      kept.append(settled.definition)
      result.droppedIDs += settled.droppedIDs
      if settled.definition != table { result.changed.append(settled.definition) }
    }
    tables = kept
    return result
  }
}

/// How many items and bytes an id holds: two little-endian numbers of 8 bytes under the id's key.
package enum StoredCounters {
  package static func encode(items: Int, bytes: Int) -> [UInt8] {
    var encoded: [UInt8] = []
    for number in [items, bytes] {
      for shift in stride(from: 0, to: 64, by: 8) {
        encoded.append(UInt8(truncatingIfNeeded: number >> shift))
      }
    }
    return encoded
  }

  package static func decode(key: [UInt8], value: [UInt8]) -> (id: UInt32, items: Int, bytes: Int)? {
    guard key.count == 9, value.count == 16 else { return nil }
    let id = key[5...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    func number(_ range: Range<Int>) -> Int {
      range.reversed().reduce(0) { $0 << 8 | Int(value[$1]) }
    }
    return (id, number(0..<8), number(8..<16))
  }
}
