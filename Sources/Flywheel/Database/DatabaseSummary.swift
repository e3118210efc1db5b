import DynamoModel
package import LSMTree

/// The tables and indexes of a database as it lies on disk, and what each holds, for who only looks: nothing is settled,
/// recounted or written.
package struct DatabaseSummary {
  package struct Holding: Equatable {
    package var name: String
    package var items: Int
    package var bytes: Int
  }

  package struct Table: Equatable {
    package var table: Holding
    package var globalIndexes: [Holding]
    package var localIndexes: [Holding]
  }

  /// By name.
  package var tables: [Table]

  /// Reads the catalog in a view. Items are counted one by one if the database was not closed.
  package init(of view: borrowing ReadView) throws(DatabaseError) {
    let store = try CatalogStore.read(view)
    tables = []
    for definition in store.tables.sorted(by: { $0.name < $1.name }) {
      var table = Table(
        table: try Self.holding(definition.name, definition.id, store, view), globalIndexes: [],
        localIndexes: [])
      for index in definition.globalIndexes {
        let name = index.specification.indexName
        table.globalIndexes.append(try Self.holding(name, index.id, store, view))
      }
      for index in definition.localIndexes {
        let name = index.specification.indexName
        table.localIndexes.append(try Self.holding(name, index.id, store, view))
      }
      tables.append(table)
    }
  }

  private static func holding(
    _ name: String, _ id: UInt32, _ store: CatalogStore, _ view: borrowing ReadView
  ) throws(DatabaseError) -> Holding {
    if let totals = store.counters?[id]?.totals {
      return Holding(name: name, items: totals.items, bytes: totals.bytes)
    }
    let totals = try count(id, view)
    return Holding(name: name, items: totals.items, bytes: totals.bytes)
  }

  private static func count(_ id: UInt32, _ view: borrowing ReadView) throws(DatabaseError) -> (
    items: Int, bytes: Int
  ) {
    do throws(TreeError) {
      let range = CatalogKeys.range(ofID: id)
      var cursor = try view.cursor(from: range.lower, to: range.upper)
      var items = 0
      var bytes = 0
      try cursor.seekToFirst()
      while cursor.isValid {
        items += 1
        bytes += ItemView(trusting: cursor.value).sizeBytes
        try cursor.next()
      }
      return (items, bytes)
    } catch {
      throw DatabaseError(error)
    }
  }
}
