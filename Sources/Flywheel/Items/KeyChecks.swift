import DynamoExpressions
import DynamoModel

/// Checks the keys that requests come with against the table's, in the service's order and words, and builds
/// the tree's keys from them: both are one walk over the key's attributes.
enum KeyChecks {
  /// Builds the key of the item that a `Key` names: it must have exactly the key's attributes, of their
  /// types, not empty and not too long.
  static func append(
    _ key: borrowing ItemView, in table: Table, to treeKey: inout KeyBuffer
  ) throws(Interruption) {
    guard key.count == table.key.partition.count + table.key.sort.count else { throw KeyErrors.mismatch }
    try append(partsOf: key, in: table, to: &treeKey)
  }

  /// Builds the key of an item whose key attributes may have others beside them: in an item of a batch, or a
  /// starting key.
  static func append(
    partsOf item: borrowing ItemView, in table: Table, to treeKey: inout KeyBuffer
  ) throws(Interruption) {
    do throws(KeyFault) {
      try Keyspace.append(keyOf: item, in: table, to: &treeKey)
    } catch {
      throw KeyErrors.ofKey(error, isPartition: error.part.isIn(table.key.partition))
    }
  }

  /// Builds the key of an item to put, of which what is wrong is told more closely than of a `Key`.
  static func append(
    putItem item: borrowing ItemView, in table: Table, to treeKey: inout KeyBuffer
  ) throws(Interruption) {
    do throws(KeyFault) {
      try Keyspace.append(keyOf: item, in: table, to: &treeKey)
    } catch {
      throw KeyErrors.ofItem(error, isPartition: error.part.isIn(table.key.partition))
    }
  }

  /// Checks one attribute of a key.
  static func check(_ item: borrowing ItemView, _ part: KeyPart, isPartition: Bool) throws(Interruption) {
    guard let value = item.attribute(named: part.name) else { throw KeyErrors.mismatch }
    if let error = problem(value, part, isPartition: isPartition) {
      throw KeyErrors.ofKey(.invalid(part, error), isPartition: isPartition)
    }
  }

  private static func problem(_ value: borrowing ValueView, _ part: KeyPart, isPartition: Bool) -> KeyError? {
    let limit = isPartition ? ModelLimits.partitionKeyBytesMax : ModelLimits.sortKeyBytesMax
    do throws(KeyError) {
      try KeyEncoder.check(value, as: part.type, limitBytes: limit)
      return nil
    } catch {
      return error
    }
  }
}

extension KeyFault {
  fileprivate var part: KeyPart {
    switch self {
    case .missing(let part), .invalid(let part, _): part
    }
  }
}

extension KeyPart {
  fileprivate func isIn(_ parts: [KeyPart]) -> Bool {
    parts.contains { $0.name.isSame(as: name) }
  }
}

// MARK: - Keys of indexes

extension KeyChecks {
  /// Checks an item to put for attributes that are keys of indexes: they may be absent, but not of another
  /// type, empty or too long. Global indexes come first, as with the service.
  static func checkIndexKeys(_ item: borrowing ItemView, of table: Table) throws(Interruption) {
    guard !table.indexes.isEmpty else { return }
    for kind in [Index.Kind.global, .local] {
      for index in table.indexes where index.kind == kind {
        for part in index.key.partition { try checkIndexKey(item, part, isPartition: true, index) }
        for part in index.key.sort { try checkIndexKey(item, part, isPartition: false, index) }
      }
    }
  }

  private static func checkIndexKey(
    _ item: borrowing ItemView, _ part: KeyPart, isPartition: Bool, _ index: Index
  ) throws(Interruption) {
    guard let value = item.attribute(named: part.name) else { return }
    if let error = problem(value, part, isPartition: isPartition) {
      throw KeyErrors.ofIndexKey(part, error, isPartition: isPartition, index: index.name)
    }
  }

  /// Checks what an update has made of attributes that are keys of indexes. Only attributes named in
  /// `changed` are looked at: what was there before the index came is let be.
  static func checkUpdatedIndexKeys(
    _ item: borrowing ItemView, changed: [String], of table: Table
  ) throws(Interruption) {
    for index in table.indexes {
      for part in index.key.parts where changed.hasSame(part.name) {
        guard let value = item.attribute(named: part.name) else { continue }
        let isPartition = part.isIn(index.key.partition)
        if let error = problem(value, part, isPartition: isPartition) {
          throw KeyErrors.ofUpdatedIndexKey(part, error)
        }
      }
    }
  }

  /// Refuses expressions that reach into an attribute which is part of a key of the table or of an index.
  static func checkScalar(nestedNames: [String], of table: Table) throws(Interruption) {
    guard !nestedNames.isEmpty else { return }
    for part in table.key.parts where nestedNames.hasSame(part.name) {
      throw KeyErrors.notScalar(part.name, isIndexKey: false)
    }
    for index in table.indexes {
      for part in index.key.parts where nestedNames.hasSame(part.name) {
        throw KeyErrors.notScalar(part.name, isIndexKey: true)
      }
    }
  }
}

// MARK: - Values of key conditions

extension KeyChecks {
  /// Refuses an empty string or binary anywhere in a query's key condition, as a prefix or a bound, too: the
  /// service does not take for a key what no key can be.
  static func checkNotEmpty(_ range: KeyRange, of target: ReadTarget) throws(Interruption) {
    let key = target.key
    for (part, value) in zip(key.partition, range.partition) {
      try checkNotEmpty(value, part, isPartition: true, target.index)
    }
    for (part, value) in zip(key.sort, range.sortEquals) {
      try checkNotEmpty(value, part, isPartition: false, target.index)
    }
    guard let sortRange = range.sortRange else { return }
    let part = key.sort[range.sortEquals.count]
    switch sortRange {
    case .lessThan(let value), .lessThanOrEqual(let value), .greaterThan(let value),
      .greaterThanOrEqual(let value), .beginsWith(let value):
      try checkNotEmpty(value, part, isPartition: false, target.index)
    case .between(let low, let high):
      try checkNotEmpty(low, part, isPartition: false, target.index)
      try checkNotEmpty(high, part, isPartition: false, target.index)
    }
  }

  /// Refuses an empty string or binary as the value of one attribute of a key.
  static func checkNotEmpty(
    _ value: EncodedValue, _ part: KeyPart, isPartition: Bool, _ index: Index?
  ) throws(Interruption) {
    guard value.view.payload.byteCount == 0 else { return }
    guard let index else { throw KeyErrors.ofKey(.invalid(part, .empty), isPartition: isPartition) }
    throw KeyErrors.ofIndexKey(part, .empty, isPartition: isPartition, index: index.name)
  }
}
