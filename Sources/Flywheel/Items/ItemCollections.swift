import DynamoModel
import LSMTree

/// The sizes of the item collections that an operation writes to.
///
/// A collection is all items of a table with one partition key, in the table and in its local indexes; only
/// tables with local indexes have any. Its size is a record of its own under the table's `collectionsID`, and
/// changes in the batch that changes the items, so it is exact after any crash. Who writes holds the latch of
/// the collection as well as those of the items (`stripes(for:)`), from before the record is read until the
/// batch is committed: two writers of different items of one collection wait for each other, as they would
/// for the log. For a table with local indexes that is one more lookup and one more entry for each write;
/// others have nothing of it.
///
/// Rejected: asking the tree how many bytes of files lie between two keys. It is free, but compressed, leaves
/// out what is in memory, and may have to read the disk.
struct ItemCollections: ~Copyable {
  private struct Collection {
    var key: [UInt8]
    var addedBytes: Int
    /// The size after the write; known once `settle` was called.
    var bytes = 0
    var isTooLarge = false
  }

  private var collections: [Collection] = []

  /// The latches that a writer of the item under `key` of `table` needs.
  static func stripes(for key: RawSpan, in table: Table) -> [Int] {
    let own = KeyLatches.stripe(of: key)
    guard let collection = self.key(for: key, in: table) else { return [own] }
    return [own, KeyLatches.stripe(of: collection.span.bytes)]
  }

  /// Notes a write of the item under `key`.
  mutating func add(_ change: ItemChange, key: RawSpan) {
    guard let key = Self.key(for: key, in: change.table) else { return }
    if let position = collections.firstIndex(where: { $0.key == key }) {
      collections[position].addedBytes += change.collectionBytes
    } else {
      collections.append(Collection(key: key, addedBytes: change.collectionBytes))
    }
  }

  /// Adds the new sizes to the batch. Refuses writes that make a collection larger than it may be.
  mutating func settle(
    in view: borrowing ReadView, of database: Database, io: ReadIO, _ batch: inout WriteBatch
  ) throws(Interruption) {
    var isTooLarge = false
    for position in collections.indices {
      let collection = collections[position]
      let bytes = try Self.bytes(collection.key, in: view, of: database, io) + collection.addedBytes
      collections[position].bytes = bytes
      guard collection.addedBytes != 0 else { continue }
      if collection.addedBytes > 0, bytes > database.options.itemCollectionBytesMax {
        collections[position].isTooLarge = true
        isTooLarge = true
      }
      if bytes > 0 {
        batch.put(collection.key, StoredCollectionSize.encode(bytes))
      } else {
        batch.delete(collection.key)
      }
    }
    if isTooLarge { throw .service(Self.tooLarge) }
  }

  static let tooLarge = ServiceError(.itemCollectionSizeLimitExceeded, "Collection size exceeded.")

  /// Whether the collection that the item under `key` is in was found too large.
  func isTooLarge(for key: RawSpan, in table: Table) -> Bool {
    guard let key = Self.key(for: key, in: table) else { return false }
    return collections.contains { $0.key == key && $0.isTooLarge }
  }

  /// The size of the collection that the item under `key` is in, after the write.
  func bytes(for key: RawSpan, in table: Table) -> Int? {
    guard let key = Self.key(for: key, in: table) else { return nil }
    return collections.first { $0.key == key }?.bytes
  }

  /// The key of the record of the collection that the item under `key` is in: what the item's own key begins
  /// with, under the other id. Nil if the table has no collections.
  private static func key(for key: RawSpan, in table: Table) -> [UInt8]? {
    guard let id = table.definition.collectionsID else { return nil }
    let partitionBytes = Keyspace.partitionBytes(of: key, table.key)
    var record = [UInt8](copying: key.extracting(0..<partitionBytes))
    record.replaceSubrange(0..<Keyspace.idBytes, with: CatalogKeys.bytes(of: id))
    return record
  }

  private static func bytes(
    _ key: [UInt8], in view: borrowing ReadView, of database: Database, _ io: ReadIO
  ) throws(Interruption) -> Int {
    do throws(TreeError) {
      guard let found = try database.tree.get(key, in: view, io: io) else { return 0 }
      return StoredCollectionSize.decode(found.bytes)
    } catch {
      throw Interruption(error)
    }
  }
}

/// How a collection's size is stored: eight bytes, the least significant first.
private enum StoredCollectionSize {
  static func encode(_ bytes: Int) -> [UInt8] {
    stride(from: 0, to: 64, by: 8).map { UInt8(truncatingIfNeeded: bytes >> $0) }
  }

  static func decode(_ bytes: RawSpan) -> Int {
    guard bytes.byteCount == 8 else { return 0 }
    return Int(truncatingIfNeeded: UInt64(littleEndian: bytes.unsafeLoadUnaligned(as: UInt64.self)))
  }
}

extension ItemCollectionMetrics {
  private static let bytesPerGB = 1 << 30

  /// The metrics of the collection that an item is in, whole gigabytes around its size; nil if the table has no
  /// collections.
  init?(of item: borrowing ItemView, in table: Table, bytes: Int?) {
    guard let bytes else { return nil }
    let lower = Double(bytes / Self.bytesPerGB)
    self.init(
      itemCollectionKey: StartKey.item(of: [table.key.partition[0].name], from: item),
      sizeEstimateRangeGB: lower...(lower + 1))
  }
}
