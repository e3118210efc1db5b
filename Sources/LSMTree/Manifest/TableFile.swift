import Synchronization

/// What a version knows of a table file without opening it. This is what the manifest stores.
package struct TableFileInfo: Equatable, Sendable {
  package var number: UInt64
  package var sizeBytes: Int
  /// The first and the last internal key, range deletions included.
  package let smallest: [UInt8]
  package let largest: [UInt8]
  /// The user keys that these span.
  package let range: KeyRange
  package var entryCount: Int
  package var deletionCount: Int
  package var rangeDeletionCount: Int
  package var facts: BlockFacts
  package var attributes: TableAttributes

  package init(
    number: UInt64, sizeBytes: Int, smallest: [UInt8], largest: [UInt8], entryCount: Int = 0,
    deletionCount: Int = 0,
    rangeDeletionCount: Int = 0, facts: BlockFacts = .init(), attributes: TableAttributes = .init()
  ) {
    self.number = number
    self.sizeBytes = sizeBytes
    self.smallest = smallest
    self.largest = largest
    range = KeyRange(
      lower: InternalKey.userKey(of: smallest), upper: InternalKey.userKey(of: largest),
      isUpperIncluded: !Self.isRangeEnd(largest))
    self.entryCount = entryCount
    self.deletionCount = deletionCount
    self.rangeDeletionCount = rangeDeletionCount
    self.facts = facts
    self.attributes = attributes
  }

  package init(number: UInt64, _ table: FinishedTable) {
    let properties = table.properties
    self.init(
      number: number, sizeBytes: table.sizeBytes, smallest: properties.smallest, largest: properties.largest,
      entryCount: properties.entryCount, deletionCount: properties.deletionCount,
      rangeDeletionCount: properties.rangeDeletionCount, facts: properties.facts)
    attributes.valueReferences = table.valueReferences
  }

  /// The file on disk that holds the table's entries, and others as well if the table is virtual.
  package var backingNumber: UInt64 { attributes.backing?.number ?? number }
  package var backingSizeBytes: Int { attributes.backing?.sizeBytes ?? sizeBytes }

  /// Whether an internal key is only the exclusive end of a range deletion.
  private static func isRangeEnd(_ internalKey: [UInt8]) -> Bool {
    InternalKey.trailer(of: internalKey.span.bytes) == InternalKey.trailer(sequenceNumberMax, .rangeDeletion)
  }
}

/// A range of user keys that is never empty.
package struct KeyRange: Equatable, Sendable {
  package var lower: [UInt8]
  package var upper: [UInt8]
  package var isUpperIncluded: Bool

  package init(lower: [UInt8], upper: [UInt8], isUpperIncluded: Bool) {
    self.lower = lower
    self.upper = upper
    self.isUpperIncluded = isUpperIncluded
  }

  package func isBefore(_ other: KeyRange) -> Bool {
    let order = KeyOrder.compare(upper, other.lower)
    return order < 0 || order == 0 && !isUpperIncluded
  }

  package func overlaps(_ other: KeyRange) -> Bool { !isBefore(other) && !other.isBefore(self) }

  /// Whether it has keys from `lower` (inclusive; nil: from the first) to `upper` (exclusive; nil: to the last).
  package func overlaps(from lower: [UInt8]?, to upper: [UInt8]?) -> Bool {
    if let upper, KeyOrder.compare(self.lower, upper) >= 0 { return false }
    guard let lower else { return true }
    let order = KeyOrder.compare(self.upper, lower)
    return order > 0 || order == 0 && isUpperIncluded
  }

  /// The smallest range that has all keys of both.
  package func union(_ other: KeyRange) -> KeyRange {
    let order = KeyOrder.compare(upper, other.upper)
    return KeyRange(
      lower: KeyOrder.compare(lower, other.lower) <= 0 ? lower : other.lower,
      upper: order >= 0 ? upper : other.upper,
      isUpperIncluded: order == 0
        ? isUpperIncluded || other.isUpperIncluded : order > 0 ? isUpperIncluded : other.isUpperIncluded
    )
  }
}

/// One table of one or more versions: all of a file, or, if it is virtual, the part of one between two keys.
///
/// The reader of the file is opened when it is first needed and stays open from then on; finding it is one atomic load.
package final class TableFile: Sendable {
  package let info: TableFileInfo
  package let rangeDeletions: RangeDeletions
  package let backing: TableBacking
  /// Nil for a table that is seen as its file has it.
  let lens: TableLens?
  /// The address of the reader, which the backing holds; 0 until it was first asked for here.
  private let openReader = Atomic<UInt>(0)

  /// Opens the table if it has range deletions, since a version answers for them without a read.
  init(_ info: TableFileInfo, _ backing: TableBacking) throws(TreeError) {
    self.info = info
    self.backing = backing
    lens = TableLens(info)
    guard info.rangeDeletionCount > 0 else {
      rangeDeletions = .none
      return
    }
    let deletions = try backing.reader().takeUnretainedValue().rangeDeletions
    rangeDeletions =
      lens == nil ? deletions : deletions.clipped(from: info.range.lower, to: info.range.upper)
  }

  /// A table that shares its file with no other.
  package convenience init(_ info: TableFileInfo, in store: TableStore) throws(TreeError) {
    try self.init(
      info, TableBacking(number: info.backingNumber, sizeBytes: info.backingSizeBytes, in: store))
  }

  package var number: UInt64 { info.number }

  /// The file's reader, opened if need be. It knows nothing of a virtual table's bounds. Throws `wouldBlock` if opening is
  /// needed and not allowed.
  package func reader(_ io: ReadIO) throws(TreeError) -> TableReader {
    try unmanagedReader(io).takeUnretainedValue()
  }

  /// The same without a retain, for a call during which the table is held.
  @inline(__always)
  func unmanagedReader(_ io: ReadIO) throws(TreeError) -> Unmanaged<TableReader> {
    if let reader = TableBacking.reader(at: openReader.load(ordering: .acquiring)) { return reader }
    return try openedReader(io)
  }

  @inline(never)
  private func openedReader(_ io: ReadIO) throws(TreeError) -> Unmanaged<TableReader> {
    if case .memoryOnly = io { throw .wouldBlock }
    let reader = try backing.reader()
    openReader.store(TableBacking.address(of: reader), ordering: .releasing)
    return reader
  }
}
