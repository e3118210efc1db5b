public import DynamoModel

/// A partition of a table or a global index, and what it is asked for.
public struct PartitionDescription: Sendable {
  /// The hashes of the partition keys that it holds. Which key has which hash is the database's own affair.
  public var hashes: ClosedRange<UInt64>
  /// Units used since the partition came to be or the database was opened, whichever was later.
  public var consumedReadUnits: Double
  public var consumedWriteUnits: Double
  /// Requests refused in that time because the partition had given what it can.
  public var throttledReads: Int
  public var throttledWrites: Int
  /// Items and bytes, by its part of all hashes; exact only where there is one partition.
  public var itemCountEstimate: Int
  public var sizeBytesEstimate: Int
  /// The keys asked for most in the last minutes, the most frequent first, from a sample.
  public var hotKeys: [HotKey]

  public init(
    hashes: ClosedRange<UInt64>, consumedReadUnits: Double, consumedWriteUnits: Double, throttledReads: Int,
    throttledWrites: Int, itemCountEstimate: Int, sizeBytesEstimate: Int, hotKeys: [HotKey]
  ) {
    self.hashes = hashes
    self.consumedReadUnits = consumedReadUnits
    self.consumedWriteUnits = consumedWriteUnits
    self.throttledReads = throttledReads
    self.throttledWrites = throttledWrites
    self.itemCountEstimate = itemCountEstimate
    self.sizeBytesEstimate = sizeBytesEstimate
    self.hotKeys = hotKeys
  }
}

/// A partition key that is asked for often.
public struct HotKey: Sendable {
  /// The key's attributes; nil if no item has it.
  public var key: Item?
  /// The hash of the key.
  public var hash: UInt64
  /// What part of the partition's requests it was, from 0 to 1.
  public var share: Double

  public init(key: Item?, hash: UInt64, share: Double) {
    self.key = key
    self.hash = hash
    self.share = share
  }
}
