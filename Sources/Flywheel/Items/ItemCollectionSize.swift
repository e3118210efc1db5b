import DynamoModel
import LSMTree

/// The size of the collection that a written item belongs to: all items with its partition key, in the table
/// and in its local indexes, which are what makes them a collection.
struct ItemCollectionSize {
  private static let bytesPerGB = 1 << 30

  private let database: Database
  private let table: Table

  /// Nil if the request does not ask for it or the table has no local indexes.
  ///
  /// To be made before anything is written: sizes are read from the tree's index blocks, which may mean the
  /// disk, and once a write is committed it is too late to start it afresh where the disk may be waited for.
  init?(
    _ wanted: ReturnItemCollectionMetrics?, of table: Table, in database: Database, io: ReadIO
  ) throws(Interruption) {
    guard wanted == .size, table.indexes.contains(where: { $0.kind == .local }) else { return nil }
    guard io == .blocking else { throw .wouldBlock }
    self.database = database
    self.table = table
  }

  /// The metrics of the collection of an item that was written. The service's own number is an estimate that
  /// may be hours old; if the tree can't tell, it is the smallest.
  func metrics(of item: borrowing ItemView) -> ItemCollectionMetrics {
    var bytes = 0
    for id in [table.id] + table.indexes.filter({ $0.kind == .local }).map(\.id) {
      bytes += (try? sizeBytes(of: item, id: id)) ?? 0
    }
    let lower = Double(bytes / Self.bytesPerGB)
    return ItemCollectionMetrics(
      itemCollectionKey: StartKey.item(of: [table.key.partition[0].name], from: item),
      sizeEstimateRangeGB: lower...(lower + 1))
  }

  private func sizeBytes(of item: borrowing ItemView, id: UInt32) throws -> Int {
    var key = KeyBuffer()
    try Keyspace.appendPartition(of: item, id: id, table.key, to: &key)
    let range = EntryRange(prefix: key.bytes)
    return try database.tree.approximateSizeBytes(from: range.lower, to: range.upper)
  }
}
