import DynamoModel

/// Where a page ended and the next begins: the key attributes of the table, and of the index if one is read.
enum StartKey {
  /// The names of the attributes that a starting key has: the table's key, then what the index's key adds.
  static func names(table: Table, index: Index?) -> [String] {
    var names = table.key.parts.map(\.name)
    for part in index?.key.parts ?? [] where !names.hasSame(part.name) { names.append(part.name) }
    return names
  }

  /// The starting key for going on behind `entry`.
  static func make(from entry: borrowing ItemView, table: Table, index: Index?) -> Item {
    item(of: names(table: table, index: index), from: entry)
  }

  /// The attributes of an item that have the given names.
  static func item(of names: [String], from source: borrowing ItemView) -> Item {
    var builder = ItemBuilder(capacityBytes: 256)
    do throws(ItemError) {
      try builder.beginItem()
      for name in names {
        guard let value = source.attribute(named: name) else { continue }
        try builder.name(name)
        try builder.value(value)
      }
      return try builder.finishItem()
    } catch {
      preconditionFailure("attributes of an item make no item: \(error)")
    }
  }

  /// Checks one attribute of the key of what is read: the table's or the index's.
  static func check(_ key: borrowing ItemView, _ part: KeyPart, isPartition: Bool) throws(Interruption) {
    guard key.attribute(named: part.name) != nil else { throw StartKeyErrors.invalid }
    try KeyChecks.check(key, part, isPartition: isPartition)
  }

  /// Where in the tree the entry lies that a starting key was made from. The index's part of the key is
  /// checked already, the table's is checked here.
  static func treeKey(_ key: borrowing ItemView, table: Table, index: Index?) throws(Interruption) -> [UInt8]
  {
    var treeKey = KeyBuffer()
    do throws(Interruption) {
      try KeyChecks.append(partsOf: key, in: table, to: &treeKey)
    } catch {
      throw StartKeyErrors.because(error)
    }
    guard let index else { return [UInt8](copying: treeKey.bytes) }
    var entryKey = KeyBuffer()
    guard Keyspace.append(entryOf: key, in: index, of: table, to: &entryKey) else {
      throw StartKeyErrors.invalid
    }
    return [UInt8](copying: entryKey.bytes)
  }
}
