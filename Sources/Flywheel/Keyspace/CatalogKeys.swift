/// Keys under which the database keeps what it knows about itself. The layout is in Docs/Formats/Keyspace.md.
///
/// All of them begin with the id 0, which no table gets, and a byte that says what kind of thing follows.
package enum CatalogKeys {
  /// The id of the catalog itself; those below `firstTableID` are kept for things that are not tables.
  package static let systemID: UInt32 = 0
  package static let firstTableID: UInt32 = 256

  package enum Kind: UInt8 {
    /// One record: the catalog's format and the next id.
    case meta = 1
    /// A table's definition, by name.
    case table = 2
    /// How many items and bytes an id holds, written when the database is closed.
    case counters = 3
    /// How far the backfill of an index has come, by the index's id.
    case backfill = 4
    /// There when the database was closed and its counters can be believed.
    case cleanClose = 5
    /// That a transaction with a client's token was done, by time and token.
    case token = 6
    /// What a table came to in a minute, by minute and id.
    case metrics = 16
  }

  package static let meta = prefix(.meta)
  package static let cleanClose = prefix(.cleanClose)

  /// The key of a table's definition. The zero behind the name, which no name holds, keeps keys prefix-free.
  package static func table(_ name: String) -> [UInt8] {
    prefix(.table) + Array(name.utf8) + [0]
  }

  package static func counters(_ id: UInt32) -> [UInt8] {
    prefix(.counters) + bytes(of: id)
  }

  package static func backfill(_ id: UInt32) -> [UInt8] {
    prefix(.backfill) + bytes(of: id)
  }

  /// The key of the record that a transaction with a token was done in the ten minutes of `span`.
  package static func token(span: UInt32, scope: UInt8, _ text: String) -> [UInt8] {
    tokens(from: span) + [scope] + Array(text.utf8) + [0]
  }

  /// Where the records of the ten minutes of `span` begin.
  package static func tokens(from span: UInt32) -> [UInt8] {
    prefix(.token) + bytes(of: span)
  }

  /// The key of what the table with an id came to in a minute since 1970.
  package static func metrics(minute: UInt32, id: UInt32) -> [UInt8] {
    metrics(from: minute) + bytes(of: id)
  }

  /// Where the records of a minute begin.
  package static func metrics(from minute: UInt32) -> [UInt8] {
    prefix(.metrics) + bytes(of: minute)
  }

  /// The minute and the id of the key of a record of metrics; nil for a key of another form.
  package static func minuteAndID(ofMetrics key: [UInt8]) -> (minute: UInt32, id: UInt32)? {
    guard key.count == 13 else { return nil }
    func number(_ range: Range<Int>) -> UInt32 { key[range].reduce(0) { $0 << 8 | UInt32($1) } }
    return (number(5..<9), number(9..<13))
  }

  /// Where the keys of a kind begin and the first key behind them.
  package static func range(_ kind: Kind) -> (lower: [UInt8], upper: [UInt8]) {
    (prefix(kind), bytes(of: systemID) + [kind.rawValue + 1])
  }

  /// Where the keys of a table or an index begin and the first key behind them.
  package static func range(ofID id: UInt32) -> (lower: [UInt8], upper: [UInt8]) {
    precondition(id < UInt32.max)
    return (bytes(of: id), bytes(of: id + 1))
  }

  /// An id as four bytes that order as it does.
  package static func bytes(of id: UInt32) -> [UInt8] {
    [
      UInt8(id >> 24), UInt8(truncatingIfNeeded: id >> 16), UInt8(truncatingIfNeeded: id >> 8),
      UInt8(truncatingIfNeeded: id),
    ]
  }

  private static func prefix(_ kind: Kind) -> [UInt8] {
    bytes(of: systemID) + [kind.rawValue]
  }
}
