package import LSMTree
import Synchronization

/// What tables there are, and how that changes.
///
/// **Reading** is a look into an immutable snapshot (`Published`), or rather into what the thread's stripe has copied of it
/// (`CatalogStripe`): a few nanoseconds, on any thread.
///
/// **Changing** is one at a time, on a thread that may block, in five steps: look at the present state and
/// decide (`body`), which is where an operation's checks are; write everything that changes into one batch;
/// take every key latch, so that no writer is between looking a table up and having its batch applied;
/// commit; and publish the new snapshot, marking the tables that were replaced. A crash at any moment leaves
/// the old state or the new: making a table, adding or dropping an index and dropping a table with all its
/// items are each one batch, the last of them because a whole id's keys go with one range deletion.
///
/// The snapshot is published when the batch is applied, not when it is durable, so that the next change can
/// build on it; but every table and every snapshot says which sequence it came with, and what is answered by
/// it waits for that (`OperationContext.observe`).
package final class Catalog: Sendable {
  /// The most tables there can be, the service's own quota for an account.
  package static let tablesMax = 10_000
  /// The most tables that can be on their way to another status at a time.
  package static let tablesChangingMax = 500

  private let tree: Tree
  private let latches: KeyLatches
  private let naming: ResourceNaming
  private let admission: AdmissionSettings
  private let published: Published<CatalogStripe>
  private let leaving: @Sendable ([Table]) -> Void
  /// Held while the catalog is changed; the next id to give out.
  private let nextID: Mutex<UInt32>

  /// A catalog of what `tree` holds, as `CatalogStore` read it.
  ///
  /// - Parameter leaving: is told of tables that go, and of those that lose an index, as they were, when nobody writes
  ///   to them any more. It may not change the catalog.
  package init(
    tree: Tree, latches: KeyLatches, naming: ResourceNaming, admission: AdmissionSettings,
    tables: [TableDefinition], counters: [UInt32: ItemCounters], nextID: UInt32,
    leaving: @escaping @Sendable ([Table]) -> Void = { _ in }
  ) {
    self.leaving = leaving
    self.tree = tree
    self.latches = latches
    self.naming = naming
    self.admission = admission
    self.nextID = Mutex(nextID)
    var snapshot = CatalogSnapshot()
    for definition in tables {
      let arn = naming.tableARN(definition.name)
      snapshot.insert(Table(definition, arn: arn, counters: counters, sequence: 0, admission: admission))
    }
    published = Published(CatalogStripe(snapshot))
  }

  /// What rings at the end of each minute of each table that is in use.
  var minuteBell: MinuteBell { admission.bell }

  /// The table of this name, which may be an ARN. Notes in `context` what the answer depends on, found or
  /// not.
  package func table(_ nameOrARN: String, _ context: inout OperationContext) -> Table? {
    if TableName.isARN(nameOrARN) { return find(TableName.resolve(nameOrARN), &context) }
    return find(nameOrARN, &context)
  }

  private func find(_ name: String, _ context: inout OperationContext) -> Table? {
    let bytes = name.utf8Span.span.bytes
    var sequence: SequenceNumber = 0
    let table = published.read { stripe in
      let table = stripe.table(bytes)
      sequence = table?.sequence ?? stripe.snapshot.sequence
      return table
    }
    context.observe(sequence)
    return table
  }

  /// All tables as they are now.
  package var snapshot: CatalogSnapshot {
    published.read { $0.snapshot }
  }

  /// Changes the catalog as `body` says. Waits for writers that are under way; call it on a thread that may
  /// block.
  ///
  /// Notes in `context` what the answer depends on: the state that `body` looked at, and the change it made.
  package func change<Result>(
    _ context: inout OperationContext, _ body: (inout CatalogDraft) throws(ServiceError) -> Result
  ) throws(Interruption) -> Result {
    try nextID.withLock { nextID throws(Interruption) in
      let current = snapshot
      context.observe(current.sequence)
      var draft = CatalogDraft(current: current, nextID: nextID)
      let result: Result
      do throws(ServiceError) {
        result = try body(&draft)
      } catch {
        throw .service(error)
      }
      context.observe(try apply(draft, to: current))
      nextID = draft.nextID
      return result
    }
  }

  /// Commits a draft under every latch and publishes what it leads to.
  private func apply(
    _ draft: borrowing CatalogDraft, to current: CatalogSnapshot
  ) throws(Interruption) -> SequenceNumber {
    guard draft.hasChanges else { return current.sequence }
    let batch = draft.makeBatch()
    let held = latches.acquireAll()
    let sequence: SequenceNumber
    do throws(TreeError) {
      sequence = try tree.commit(batch)
    } catch {
      held.release()
      throw Interruption(error)
    }
    let left = draft.leaving
    if !left.isEmpty { leaving(left) }
    var next = current
    next.sequence = sequence
    for table in draft.removed { next.remove(table) }
    for definition in draft.changed {
      let previous = current.tables[definition.name]
      let arn = naming.tableARN(definition.name)
      next.insert(
        Table(
          definition, arn: arn, counters: previous?.countersByID ?? [:], sequence: sequence,
          admission: admission, previous: previous))
    }
    published.publish(CatalogStripe(next))
    for table in draft.removed { table.markOutdated() }
    for definition in draft.changed { current.tables[definition.name]?.markOutdated() }
    held.release()
    return sequence
  }

  /// Marks every table as outdated and forgets them all, after `last` has run, with no writer under way: the
  /// end of a database that is being closed.
  package func close(_ last: (CatalogSnapshot) throws(TreeError) -> Void) throws(TreeError) {
    let held = latches.acquireAll()
    let current = snapshot
    published.publish(CatalogStripe(CatalogSnapshot()))
    for table in current.tables.values { table.markOutdated() }
    do throws(TreeError) {
      try last(current)
    } catch {
      held.release()
      throw error
    }
    held.release()
  }
}

/// All tables at one moment.
package struct CatalogSnapshot: Sendable {
  package private(set) var tables: [String: Table] = [:]
  /// The same for requests.
  private(set) var lookup = TableLookup()
  /// Names in ascending order of their bytes.
  package private(set) var names: [String] = []
  /// The sequence of the newest change; 0 for what was there at open.
  package fileprivate(set) var sequence: SequenceNumber = 0

  fileprivate init() {}

  fileprivate mutating func insert(_ table: Table) {
    if tables.updateValue(table, forKey: table.name) == nil {
      names.insert(table.name, at: position(of: table.name))
    }
    lookup.insert(table)
  }

  fileprivate mutating func remove(_ table: Table) {
    if tables.removeValue(forKey: table.name) != nil {
      names.remove(at: position(of: table.name))
      lookup.remove(table.name)
    }
  }

  /// Where `name` is in `names`, or would be.
  package func position(of name: String) -> Int {
    var low = 0
    var high = names.count
    while low < high {
      let middle = (low + high) / 2
      if names[middle].utf8.lexicographicallyPrecedes(name.utf8) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
