import DynamoExpressions
import DynamoModel
import LSMTree

/// Reads one page for Query or Scan: walks the tree's entries in key order and keeps what passes the filter.
///
/// An entry is looked at where it lies, in a memtable or a cached block: the filter sees it there, and it is
/// copied once, into the page, or not at all. A page ends when `limit` entries have been looked at or when
/// what was looked at weighs a megabyte; what the filter drops counts, for the limit as for the price.
struct PageReader {
  /// How much a page looks at: the entry that reaches it is the page's last.
  static let bytesMax = 1 << 20

  let database: Database
  let io: ReadIO
  let table: Table
  /// The index whose entries are read; nil for the table's own.
  let index: Index?
  /// Whether each entry is only the way to the item in the table: so for local indexes that don't hold what
  /// is asked for.
  let fetchesItems: Bool
  let filter: Condition?
  let projection: AttributeProjection?
  let wantsItems: Bool
  /// The most entries to look at.
  var limit: Int
  let isConsistent: Bool
  /// Whether the filter is asked of the entries, also where they are followed to their items.
  var filtersEntries = false
  /// How much to look at: less than a page where a page is read in parts.
  var bytesLeft = Self.bytesMax

  /// What was read.
  struct Page {
    var items: ItemPage
    var count = 0
    var scannedCount = 0
    /// The keys of the last entry looked at, when the page ended before the range did.
    var lastEvaluatedKey: Item?
    var tally = CapacityTally()
    /// The size of the entries looked at.
    fileprivate var entryBytes = 0
    /// The size of the items that entries were followed to.
    fileprivate var fetchedBytes = 0

    /// How much was looked at.
    var bytesLookedAt: Int { entryBytes + fetchedBytes }
  }

  /// Reads the page that begins at one end of `range`. All of it is charged to the partition that holds the range's
  /// lower end.
  func read(_ range: EntryRange, forward: Bool) throws(Interruption) -> Page {
    let (page, admitted) = try readUncharged(range, forward: forward)
    database.charge(admitted, page.tally, to: table, by: index)
    return page
  }

  /// Reads the page, for a caller who reads more before it is certain that the answer is given.
  ///
  /// - Returns: the page, and what is to be said when it is charged to the table or index.
  func readUncharged(
    _ range: EntryRange, forward: Bool
  ) throws(Interruption) -> (page: Page, admitted: AdmittedRead) {
    let admitted = try database.admitRead(at: range.lower.span.bytes, of: table, by: index)
    var page = Page(items: ItemPage(itemsMax: limit))
    if !range.isEmpty {
      let view = database.view(of: index, isConsistent: isConsistent)
      do throws(TreeError) {
        try read(range, forward: forward, in: view, into: &page)
      } catch {
        throw Interruption(error)
      }
    }
    page.items.finish()
    let units = CapacityUnits.read(sizeBytes: page.entryBytes, consistent: isConsistent)
    if let index { page.tally.add(units, to: index) } else { page.tally.addTable(units) }
    return (page, admitted)
  }

  private func read(
    _ range: EntryRange, forward: Bool, in view: borrowing ReadView, into page: inout Page
  ) throws(TreeError) {
    var cursor = try database.tree.cursor(in: view, from: range.lower, to: range.upper, io: io)
    if forward { try cursor.seekToFirst() } else { try cursor.seekToLast() }
    if let filter {
      try walk(&cursor, forward: forward, in: view, ConditionEvaluator(filter), into: &page)
    } else {
      try walk(&cursor, forward: forward, in: view, nil, into: &page)
    }
  }

  /// Looks at entries until the page or the range ends. The filter's evaluator is made once for all of them.
  private func walk(
    _ cursor: inout TreeCursor, forward: Bool, in view: borrowing ReadView,
    _ evaluator: ConditionEvaluator?, into page: inout Page
  ) throws(TreeError) {
    while cursor.isValid {
      guard try look(at: ItemView(trusting: cursor.value), in: view, evaluator, &page) else { return }
      if forward { try cursor.next() } else { try cursor.previous() }
    }
  }

  /// Looks at one entry.
  ///
  /// - Returns: false if it is the page's last.
  private func look(
    at entry: borrowing ItemView, in view: borrowing ReadView, _ evaluator: ConditionEvaluator?,
    _ page: inout Page
  ) throws(TreeError) -> Bool {
    page.scannedCount += 1
    page.entryBytes += entry.sizeBytes
    if fetchesItems {
      try fetchItem(of: entry, in: view, evaluator, into: &page)
    } else {
      keep(entry, evaluator, in: &page)
    }
    let isFull = page.scannedCount >= limit || page.bytesLookedAt >= bytesLeft
    if isFull { page.lastEvaluatedKey = StartKey.make(from: entry, table: table, index: index) }
    return !isFull
  }

  /// Keeps an entry, or an item that one led to, if it passes the filter.
  private func keep(_ item: borrowing ItemView, _ evaluator: ConditionEvaluator?, in page: inout Page) {
    if passes(item, evaluator) { add(item, to: &page) }
  }

  private func passes(_ item: borrowing ItemView, _ evaluator: ConditionEvaluator?) -> Bool {
    guard let evaluator else { return true }
    return evaluator.matches(item)
  }

  /// Adds an item to the page, or what the projection leaves of it.
  private func add(_ item: borrowing ItemView, to page: inout Page) {
    page.count += 1
    guard wantsItems else { return }
    if let projection {
      page.items.append(projection.project(item).view)
    } else {
      page.items.append(item)
    }
  }

  /// Follows an entry of a local index to its item in the table. Each such read is charged on its own.
  private func fetchItem(
    of entry: borrowing ItemView, in view: borrowing ReadView, _ evaluator: ConditionEvaluator?,
    into page: inout Page
  ) throws(TreeError) {
    var key = KeyBuffer()
    do throws(KeyFault) {
      try Keyspace.append(keyOf: entry, in: table, to: &key)
    } catch {
      preconditionFailure("an index's entry has no key of its table: \(error)")
    }
    // An entry and its item are written in one batch and seen in one view: neither is without the other.
    guard let found = try database.tree.get(key.bytes, in: view, io: io) else { return }
    let item = ItemView(trusting: found.bytes)
    page.fetchedBytes += item.sizeBytes
    page.tally.addTable(CapacityUnits.read(sizeBytes: item.sizeBytes, consistent: isConsistent))
    if filtersEntries {
      if passes(entry, evaluator) { add(item, to: &page) }
    } else {
      keep(item, evaluator, in: &page)
    }
  }
}
