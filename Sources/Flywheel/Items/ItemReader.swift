import DynamoExpressions
import DynamoModel
import LSMTree

/// Reads items of one table by their keys.
///
/// It holds no reference to what threads share: the database is handed in, since a value that holds it counts one.
struct ItemReader {
  let io: ReadIO
  let projection: AttributeProjection?
  let isConsistent: Bool

  /// The item under a key of the tree, or what the projection leaves of it; nil if there is none.
  func item(
    _ key: RawSpan, in view: borrowing ReadView, of database: Database, _ tally: inout CapacityTally
  ) throws(Interruption) -> Item? {
    var sizeBytes = 0
    return try item(key, in: view, of: database, &tally, sizeBytes: &sizeBytes)
  }

  /// The same, adding the size of what was found to `sizeBytes`.
  func item(
    _ key: RawSpan, in view: borrowing ReadView, of database: Database, _ tally: inout CapacityTally,
    sizeBytes: inout Int
  ) throws(Interruption) -> Item? {
    // Passed on rather than kept in a variable, for which the compiler would allocate a box.
    copy(try ItemSnapshot(key, in: view, of: database, io: io), &tally, &sizeBytes)
  }

  private func copy(
    _ snapshot: borrowing ItemSnapshot, _ tally: inout CapacityTally, _ sizeBytes: inout Int
  ) -> Item? {
    guard let item = snapshot.item else {
      charge(0, &tally)
      return nil
    }
    charge(item.sizeBytes, &tally)
    sizeBytes += item.sizeBytes
    guard let projection else { return Item(item) }
    return projection.project(item)
  }

  /// Adds the item under a key of the tree, or what the projection leaves of it, to a page, if there is one.
  func read(
    _ key: RawSpan, in view: borrowing ReadView, of database: Database, into page: inout ItemPage,
    _ tally: inout CapacityTally
  ) throws(Interruption) {
    add(try ItemSnapshot(key, in: view, of: database, io: io), to: &page, &tally)
  }

  private func add(
    _ snapshot: borrowing ItemSnapshot, to page: inout ItemPage, _ tally: inout CapacityTally
  ) {
    guard let item = snapshot.item else { return charge(0, &tally) }
    charge(item.sizeBytes, &tally)
    if let projection {
      page.append(projection.project(item).view)
    } else {
      page.append(item)
    }
  }

  /// Charges what was read, whatever of it is returned. To find nothing costs as much as to find something
  /// small.
  private func charge(_ sizeBytes: Int, _ tally: inout CapacityTally) {
    tally.addTable(CapacityUnits.read(sizeBytes: sizeBytes, consistent: isConsistent))
  }
}
