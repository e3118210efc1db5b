/// The catalog as the threads of one stripe see it: the snapshot that all stripes have, and their own copies of the tables in it
/// that they have asked for.
///
/// **Why copies.** A request holds its table from the moment it has found it, hands it on, and lets go: some ten changes of the
/// count of its references. If two threads change the count of one object they do nothing else for most of that time, as each waits
/// for the cache line that the other has: two threads that read one table did 1.15 times the work of one. So what a request counts
/// references of is its stripe's own: the `Table`, its indexes, its meter's handle, and the arrays and names that it goes
/// through (`Table.copy()`). What has to be one thing stays one thing, behind them: counters, meters, admission, and whether the table is
/// current.
///
/// A copy is made when a thread of the stripe first asks for the table, and goes with the snapshot. So there are as many as
/// tables are used by stripes of threads, not sixteen of each.
///
/// **Why not epochs.** A request that says where all can see it which snapshot it is in needs no reference to be counted at all, if its
/// code never makes one; in Swift most of it does, each time a table is put into a variable or a value that is returned. Objects
/// that nobody counts would have to be raw memory, for all code that meets a table; copies are the same code, and what
/// remains is a count on a line that the thread has already, at 5 ns.
package struct CatalogStripe: Sendable {
  package let snapshot: CatalogSnapshot
  private var own = TableLookup()

  package init(_ snapshot: CatalogSnapshot) { self.snapshot = snapshot }

  /// The stripe's copy of the table of this name.
  package mutating func table(_ name: RawSpan) -> Table? {
    if let table = own.find(name) { return table }
    return copy(name)
  }

  @inline(never)
  private mutating func copy(_ name: RawSpan) -> Table? {
    guard let table = snapshot.lookup.find(name)?.copy() else { return nil }
    own.insert(table)
    return table
  }
}
