extension TableDefinition {
  /// Whether the table or one of its indexes is on its way to another status.
  package var isChanging: Bool { status != .active || globalIndexes.contains { $0.status != .active } }

  /// Whether an index that UpdateTable added does not have what it needs to be filled: its table counts as
  /// being updated until then, and its `Backfilling` is false.
  package func isAllocating(_ index: GlobalIndexDefinition) -> Bool {
    status == .updating && index.status == .creating && index.isBackfilling
  }

  /// The definition that this one is on its way to, and the ids of indexes that are gone then. Nil for a
  /// table that is on its way out.
  ///
  /// Tables that are being made or changed are then what they were to be, and so are indexes that came with
  /// their table; indexes that are being deleted are gone. An index that is being filled stays as it is: it
  /// is done when it holds all items and not before.
  package var settled: (definition: TableDefinition, droppedIDs: [UInt32])? {
    guard status != .deleting else { return nil }
    var table = self
    table.status = .active
    let dropped = globalIndexes.filter { $0.status == .deleting }.map(\.id)
    if !dropped.isEmpty {
      table.globalIndexes.removeAll { $0.status == .deleting }
      table.pruneAttributeDefinitions()
    }
    for position in table.globalIndexes.indices {
      let index = table.globalIndexes[position]
      if index.status == .updating || (index.status == .creating && !index.isBackfilling) {
        table.globalIndexes[position].status = .active
      }
    }
    return (table, dropped)
  }
}
