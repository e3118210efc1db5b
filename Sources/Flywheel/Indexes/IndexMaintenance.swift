package import DynamoModel
package import LSMTree

/// What a write did to one index: what is charged for it and counted.
package enum IndexEffect: Sendable, Hashable {
  /// The index holds what it held, or nothing as before.
  case unchanged
  case inserted(sizeBytes: Int)
  case removed(sizeBytes: Int)
  /// The entry stays where it is and says something else.
  case replaced(oldSizeBytes: Int, newSizeBytes: Int)
  /// The entry goes from one place and comes to another: a removal and an insertion.
  case moved(oldSizeBytes: Int, newSizeBytes: Int)

  /// By how much the index's numbers change.
  package var delta: (items: Int, bytes: Int) {
    switch self {
    case .unchanged: (0, 0)
    case .inserted(let sizeBytes): (1, sizeBytes)
    case .removed(let sizeBytes): (-1, -sizeBytes)
    case .replaced(let old, let new), .moved(let old, let new): (0, new - old)
    }
  }
}

/// What a write did to a table: filled while its batch is built, counted once the batch is committed.
package struct ItemChange: Sendable {
  package let table: Table
  /// By how much the table's numbers change.
  package private(set) var items = 0
  package private(set) var bytes = 0
  /// What happened to each of `table.indexes`.
  package private(set) var effects: [IndexEffect] = []
  /// What the write of the item itself costs.
  package let units: Double
  /// The hash of the item's key, which says in which partition it lies.
  package let hash: UInt64
  /// In which partition of each of `table.indexes` the entry lies, of those that were changed: of one that moved, the
  /// place where it came to.
  package private(set) var entryHashes: [UInt64] = []

  /// Adds to `batch` all that replacing the item under `key` means: the item itself, and its entries in every
  /// index.
  ///
  /// `old` is the item as the latch's holder found it, `new` as it is to be; nil means that there is none.
  /// Both are of one key. `view` is what `old` was read from; only indexes that are still being filled look
  /// into it, to know whether they hold the old entry yet.
  ///
  /// Attributes that a key of an index can't have (wrong type, empty, too long) keep the item out of that
  /// index; operations refuse such items before they come here.
  package init(
    of table: Table, key: RawSpan, old: Item?, new: Item?, in tree: Tree, view: borrowing ReadView,
    io: ReadIO,
    to batch: inout WriteBatch
  ) throws(Interruption) {
    self.table = table
    units = CapacityUnits.write(oldBytes: old?.sizeBytes ?? 0, newBytes: new?.sizeBytes ?? 0)
    hash = Keyspace.hash(ofKey: key)
    if let new { batch.put(key, new.bytes.span.bytes) } else if old != nil { batch.delete(key) }
    items = (new == nil ? 0 : 1) - (old == nil ? 0 : 1)
    bytes = (new?.sizeBytes ?? 0) - (old?.sizeBytes ?? 0)
    if let timeToLive = table.definition.timeToLive { timeToLive.maintain(key, old: old, new: new, &batch) }
    guard !table.indexes.isEmpty else { return }
    effects.reserveCapacity(table.indexes.count)
    entryHashes.reserveCapacity(table.indexes.count)
    for index in table.indexes {
      var entryHash: UInt64 = 0
      effects.append(try index.maintain(table, old: old, new: new, tree, view, io, &batch, &entryHash))
      entryHashes.append(entryHash)
    }
  }

  /// By how much the item's collection grows: the item, and its entries in local indexes.
  package var collectionBytes: Int {
    zip(table.indexes, effects).reduce(bytes) { sum, pair in
      pair.0.kind == .local ? sum + pair.1.delta.bytes : sum
    }
  }

  /// Adds what changed to the live counters. Called after the commit, under the latch.
  package func count() {
    if items != 0 || bytes != 0 { table.counters.add(items: items, bytes: bytes) }
    for (index, effect) in zip(table.indexes, effects) where effect != .unchanged {
      let delta = effect.delta
      index.counters.add(items: delta.items, bytes: delta.bytes)
    }
  }
}

extension Index {
  /// Adds to `batch` what replacing `old` by `new` means to this index.
  fileprivate func maintain(
    _ table: Table, old: Item?, new: Item?, _ tree: Tree, _ view: borrowing ReadView, _ io: ReadIO,
    _ batch: inout WriteBatch, _ entryHash: inout UInt64
  ) throws(Interruption) -> IndexEffect {
    var oldKey = KeyBuffer()
    var newKey = KeyBuffer()
    var hasOld = false
    var hasNew = false
    if let old { hasOld = Keyspace.append(entryOf: old.view, in: self, of: table, to: &oldKey) }
    if let new { hasNew = Keyspace.append(entryOf: new.view, in: self, of: table, to: &newKey) }
    if hasOld, status == .creating {
      hasOld = try tree.contains(oldKey.bytes, in: view, io: io)
    }
    if hasNew {
      entryHash = Keyspace.hash(ofKey: newKey.bytes)
    } else if hasOld {
      entryHash = Keyspace.hash(ofKey: oldKey.bytes)
    }
    switch (hasOld, hasNew) {
    case (false, false):
      return .unchanged
    case (false, true):
      let entry = entry(of: new!)
      batch.put(newKey.bytes, entry.bytes.span.bytes)
      return .inserted(sizeBytes: entry.sizeBytes)
    case (true, false):
      batch.delete(oldKey.bytes)
      return .removed(sizeBytes: entry(of: old!).sizeBytes)
    case (true, true):
      let oldEntry = entry(of: old!)
      let newEntry = entry(of: new!)
      if equalBytes(oldKey.bytes, newKey.bytes) {
        if oldEntry == newEntry { return .unchanged }
        batch.put(newKey.bytes, newEntry.bytes.span.bytes)
        return .replaced(oldSizeBytes: oldEntry.sizeBytes, newSizeBytes: newEntry.sizeBytes)
      }
      batch.delete(oldKey.bytes)
      batch.put(newKey.bytes, newEntry.bytes.span.bytes)
      return .moved(oldSizeBytes: oldEntry.sizeBytes, newSizeBytes: newEntry.sizeBytes)
    }
  }
}

extension Tree {
  /// Whether there is anything under `key`.
  func contains(_ key: RawSpan, in view: borrowing ReadView, io: ReadIO) throws(Interruption) -> Bool {
    do throws(TreeError) {
      return try get(key, in: view, io: io) != nil
    } catch {
      throw Interruption(error)
    }
  }
}
