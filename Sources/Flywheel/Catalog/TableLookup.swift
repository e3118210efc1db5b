import DynamoModel

/// The tables of a snapshot by their names' bytes: what every request looks its table up in.
///
/// Open addressing with a hash of eight bytes a step. A dictionary of strings hashes with SipHash and through three layers of
/// calls, which was a tenth of a cached GetItem; names are chosen by those who make tables, and there are few enough of
/// them (`Catalog.tablesMax`) that names made to collide can slow nobody down by much.
struct TableLookup: Sendable {
  private struct Slot: Sendable {
    var hash: UInt64
    var table: Table?
  }

  /// A power of two of them, at most half of them taken.
  private var slots = [Slot](repeating: Slot(hash: 0, table: nil), count: 16)
  private var count = 0

  /// The table of this name.
  func find(_ name: RawSpan) -> Table? {
    let hash = Self.hash(name)
    var index = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while let table = slots[index].table {
      if slots[index].hash == hash, table.nameBytes.withUnsafeBytes({ equalBytes($0.bytes, name) }) {
        return table
      }
      index = (index + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Puts a table in the place of the one of its name, if there is one.
  mutating func insert(_ table: Table) {
    if 2 * (count + 1) > slots.count { rebuild(slots.compactMap(\.table), capacity: 2 * slots.count) }
    let hash = table.nameBytes.withUnsafeBytes { Self.hash($0.bytes) }
    var index = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while let known = slots[index].table, slots[index].hash != hash || known.name != table.name {
      index = (index + 1) & (slots.count - 1)
    }
    if slots[index].table == nil { count += 1 }
    slots[index] = Slot(hash: hash, table: table)
  }

  mutating func remove(_ name: String) {
    rebuild(slots.compactMap { $0.table?.name == name ? nil : $0.table }, capacity: slots.count)
  }

  private mutating func rebuild(_ tables: [Table], capacity: Int) {
    slots = [Slot](repeating: Slot(hash: 0, table: nil), count: capacity)
    count = 0
    for table in tables { insert(table) }
  }

  static func hash(_ name: RawSpan) -> UInt64 {
    let length = name.byteCount
    var hash = 0x9E37_79B9_7F4A_7C15 ^ UInt64(length)
    var offset = 0
    while offset + 8 <= length {
      hash = mix(hash ^ name.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset += 8
    }
    var tail: UInt64 = 0
    while offset < length {
      tail = tail << 8 | UInt64(name.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
      offset += 1
    }
    return mix(hash ^ tail)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low
  }
}
