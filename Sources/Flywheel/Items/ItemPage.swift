public import DynamoModel

/// Items that an operation answers with, one after another in one buffer.
///
/// A page of Query can hold ten thousand small items. As values of their own they would cost an allocation
/// and a copy each to make, and again as much to take apart for the reply; here the engine's bytes are copied
/// once, from its block to the page, and the reply is written from where they are.
///
/// To an app the page is a collection of `Item`; an item is made when it is asked for.
public struct ItemPage: Sendable, RandomAccessCollection {
  private var storage: [UInt8] = []
  /// Where each item ends in `storage`; each begins where the one before it ends.
  private var ends: [Int] = []
  /// The most items that can come.
  private let itemsMax: Int

  /// An empty page.
  ///
  /// - Parameter itemsMax: how many items can come at most, as far as that is known: no room is made for more.
  package init(itemsMax: Int = .max) {
    self.itemsMax = itemsMax
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { ends.count }

  /// A copy of one item. Cost: one allocation.
  public subscript(position: Int) -> Item {
    Item(trusting: [UInt8](storage[range(of: position)]))
  }

  /// One item where it lies in the page, in its stored form.
  @_lifetime(borrow self)
  package func view(at position: Int) -> ItemView {
    let bytes = storage.span.bytes.extracting(range(of: position))
    return _overrideLifetime(ItemView(trusting: bytes), borrowing: self)
  }

  /// The bytes of all items.
  package var byteCount: Int { storage.count }

  /// How much memory the page holds, used or not.
  package var capacityBytes: Int { storage.capacity + ends.capacity * MemoryLayout<Int>.stride }

  /// Adds a copy of an item.
  package mutating func append(_ item: borrowing ItemView) {
    if ends.count == 1 { expectMore() }
    item.bytes.withUnsafeBytes { storage.append(contentsOf: $0) }
    ends.append(storage.count)
  }

  /// Adds copies of another page's items.
  package mutating func append(_ page: ItemPage) {
    if isEmpty {
      self = page
      return
    }
    let offset = storage.count
    storage.append(contentsOf: page.storage)
    ends.append(contentsOf: page.ends.lazy.map { $0 + offset })
  }

  /// Makes room for a page of items like the first, so that a page of usual length is not copied each time it doubles: that
  /// was half of what a query of a hundred items took beside reading them.
  private mutating func expectMore() {
    let items = Swift.min(
      Self.itemsExpected, itemsMax, Self.bytesExpectedMax / Swift.max(storage.count, 1))
    guard items > 1 else { return }
    storage.reserveCapacity(items * storage.count)
    ends.reserveCapacity(items)
  }

  private static let itemsExpected = 128
  private static let bytesExpectedMax = 64 << 10

  /// Gives back what was made ready for a longer page than came. To be called when the page is whole.
  package mutating func finish() {
    // A slice of all of an array, and an array of it, would be the same buffer again.
    if storage.capacity > 2 * storage.count + 256 { storage = [UInt8](copying: storage.span.bytes) }
    if ends.capacity > 2 * ends.count + 32 { ends = ends.withUnsafeBufferPointer { [Int]($0) } }
  }

  private func range(of position: Int) -> Range<Int> {
    (position == 0 ? 0 : ends[position - 1])..<ends[position]
  }
}

extension ItemPage: Equatable {
  public static func == (left: ItemPage, right: ItemPage) -> Bool {
    left.ends == right.ends && left.storage == right.storage
  }
}
