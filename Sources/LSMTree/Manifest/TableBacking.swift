import Synchronization

/// A table file on disk, apart from the tables that it holds: one table that is all of it, or virtual tables that each
/// show a part. They share its reader, and with that its index, its filter and its blocks in the cache.
///
/// Reference counting is the counting of its users: a version holds its tables, a table its backing, a reader a version.
/// When the last is gone, and an edit removed the last table of the file from the newest version, the file's number goes to
/// the list of files to remove.
package final class TableBacking: Sendable {
  package let number: UInt64
  package let sizeBytes: Int
  private let store: TableStore
  /// The address of the reader, which the backing holds; 0 until it is opened.
  private let openReader = Atomic<UInt>(0)
  /// Set when an edit removed the last of its tables from the newest version.
  let wasRemoved = AtomicFlag()

  init(number: UInt64, sizeBytes: Int, in store: TableStore) {
    self.number = number
    self.sizeBytes = sizeBytes
    self.store = store
  }

  deinit {
    Self.reader(at: openReader.load(ordering: .acquiring))?.release()
    if wasRemoved.isSet { store.noteUnused(number) }
  }

  /// The table's reader, opened if need be: it waits for the disk then. Valid for as long as the backing is.
  func reader() throws(TreeError) -> Unmanaged<TableReader> {
    if let reader = Self.reader(at: openReader.load(ordering: .acquiring)) { return reader }
    let new = Unmanaged.passRetained(try store.openTable(number))
    let (isFirst, known) = openReader.compareExchange(
      expected: 0, desired: Self.address(of: new), ordering: .acquiringAndReleasing)
    guard !isFirst, let reader = Self.reader(at: known) else { return new }
    new.release()
    return reader
  }

  static func address(of reader: Unmanaged<TableReader>) -> UInt { UInt(bitPattern: reader.toOpaque()) }

  @inline(__always)
  static func reader(at address: UInt) -> Unmanaged<TableReader>? {
    UnsafeRawPointer(bitPattern: address).map { .fromOpaque($0) }
  }
}
