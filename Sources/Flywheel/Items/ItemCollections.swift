import DynamoModel
import LSMTree

extension Database {
  private static let bytesPerGB = 1 << 30

  /// The size of the collection an item belongs to, if the request wants it and the table has local indexes,
  /// which are what makes the items of one partition key a collection.
  func itemCollectionMetrics(
    _ wanted: ReturnItemCollectionMetrics?, of item: borrowing ItemView, in table: Table
  ) -> ItemCollectionMetrics? {
    guard wanted == .size, table.indexes.contains(where: { $0.kind == .local }) else { return nil }
    var bytes = 0
    for id in [table.id] + table.indexes.filter({ $0.kind == .local }).map(\.id) {
      var key = KeyBuffer()
      do throws(KeyFault) {
        try Keyspace.appendPartition(of: item, id: id, table.key, to: &key)
      } catch {
        preconditionFailure("a key that was written to is none: \(error)")
      }
      let range = EntryRange(prefix: key.bytes)
      bytes += tree.approximateSizeBytes(from: range.lower, to: range.upper)
    }
    let lower = Double(bytes / Self.bytesPerGB)
    return ItemCollectionMetrics(
      itemCollectionKey: StartKey.item(of: [table.key.partition[0].name], from: item),
      sizeEstimateRangeGB: lower...(lower + 1))
  }
}
