public import DynamoModel

/// Whether a write to a table with local indexes answers with the size of the item's collection.
public enum ReturnItemCollectionMetrics: String, Sendable, Hashable, CaseIterable {
  /// The answer has the metrics, if the table has local indexes.
  case size = "SIZE"
  /// The answer has no metrics; the default.
  case none = "NONE"
}

/// The size of an item collection: all items with one partition key, in the table and its local indexes.
public struct ItemCollectionMetrics: Sendable, Hashable {
  /// The partition key, as a map of one attribute.
  public var itemCollectionKey: Item
  /// Between how many gigabytes the collection's size is estimated to be.
  public var sizeEstimateRangeGB: ClosedRange<Double>

  public init(itemCollectionKey: Item, sizeEstimateRangeGB: ClosedRange<Double>) {
    self.itemCollectionKey = itemCollectionKey
    self.sizeEstimateRangeGB = sizeEstimateRangeGB
  }
}
