import LSMTree

/// A change of the catalog while it is being decided: what there is, and what is to be written.
package struct CatalogDraft: ~Copyable {
  /// The catalog as it is.
  package let current: CatalogSnapshot
  package private(set) var nextID: UInt32
  /// Definitions that are new or take the place of old ones.
  package private(set) var changed: [TableDefinition] = []
  /// Tables that go, with their items.
  package private(set) var removed: [Table] = []
  /// Ids whose keys go while their table stays: indexes.
  private var droppedIDs: [UInt32] = []
  private var finishedBackfills: [UInt32] = []
  private let firstID: UInt32

  init(current: CatalogSnapshot, nextID: UInt32) {
    self.current = current
    self.nextID = nextID
    firstID = nextID
  }

  /// The table of this name as it is.
  package func table(_ name: String) -> Table? { current.tables[name] }

  /// Refuses to have one more table created, changed or deleted while as many are as may be.
  package func checkChangingCount() throws(ServiceError) {
    // What has no delay is done when it is answered, so it takes an effort to come near.
    let changing = current.tables.values.count { $0.definition.isChanging }
    guard changing >= Catalog.tablesChangingMax else { return }
    throw ServiceError(
      .limitExceeded,
      "Subscriber limit exceeded: Only \(Catalog.tablesChangingMax) tables can be created, updated, or deleted "
        + "simultaneously")
  }

  /// An id that no table or index ever had.
  package mutating func allocateID() -> UInt32 {
    precondition(nextID < UInt32.max - 1, "all ids are used")
    defer { nextID += 1 }
    return nextID
  }

  /// Makes or replaces a table's definition.
  package mutating func put(_ definition: TableDefinition) {
    var definition = definition
    definition.settlePartitions()
    changed.append(definition)
  }

  /// Drops a table, its indexes and all their items.
  package mutating func remove(_ table: Table) {
    removed.append(table)
  }

  /// Drops the entries of an index that a definition no longer has.
  package mutating func dropIndex(_ id: UInt32) {
    droppedIDs.append(id)
  }

  /// Forgets how far an index's backfill had come, since it is done.
  package mutating func finishBackfill(_ id: UInt32) {
    finishedBackfills.append(id)
  }

  /// The tables that go or lose an index, as they are.
  var leaving: [Table] {
    removed
      + changed.compactMap { definition in
        guard let table = current.tables[definition.name], table.losesIndex(by: definition) else {
          return nil
        }
        return table
      }
  }

  var hasChanges: Bool {
    !changed.isEmpty || !removed.isEmpty || !droppedIDs.isEmpty || !finishedBackfills.isEmpty
      || nextID != firstID
  }

  /// Everything as one batch.
  func makeBatch() -> WriteBatch {
    var batch = WriteBatch(capacityBytes: 4096)
    for table in removed {
      batch.delete(CatalogKeys.table(table.name))
      for id in table.definition.ids { batch.drop(id: id) }
    }
    for definition in changed {
      batch.put(CatalogKeys.table(definition.name), StoredDefinition.encode(definition))
    }
    for id in droppedIDs { batch.drop(id: id) }
    for id in finishedBackfills { batch.delete(CatalogKeys.backfill(id)) }
    if nextID != firstID {
      batch.put(CatalogKeys.meta, StoredDefinition.encodeMeta(nextID: nextID))
    }
    return batch
  }
}
