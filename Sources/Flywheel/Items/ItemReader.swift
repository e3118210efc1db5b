import DynamoExpressions
import DynamoModel
import LSMTree

/// Reads items of one table by their keys.
struct ItemReader {
  let database: Database
  let io: ReadIO
  let table: Table
  let projection: AttributeProjection?
  let isConsistent: Bool

  /// The item under a key of the tree, or what the projection leaves of it; nil if there is none.
  func item(
    _ key: RawSpan, in view: borrowing ReadView, _ tally: inout CapacityTally
  ) throws(Interruption) -> Item? {
    let snapshot = try ItemSnapshot(key, in: view, of: database, io: io)
    charge(snapshot.item, &tally)
    guard let item = snapshot.item else { return nil }
    guard let projection else { return Item(item) }
    return projection.project(item)
  }

  /// The same, adding the size of what was found to `sizeBytes`.
  func item(
    _ key: RawSpan, in view: borrowing ReadView, _ tally: inout CapacityTally, sizeBytes: inout Int
  ) throws(Interruption) -> Item? {
    let snapshot = try ItemSnapshot(key, in: view, of: database, io: io)
    charge(snapshot.item, &tally)
    guard let item = snapshot.item else { return nil }
    sizeBytes += item.sizeBytes
    guard let projection else { return Item(item) }
    return projection.project(item)
  }

  /// Adds the item under a key of the tree, or what the projection leaves of it, to a page, if there is one.
  func read(
    _ key: RawSpan, in view: borrowing ReadView, into page: inout ItemPage, _ tally: inout CapacityTally
  ) throws(Interruption) {
    let snapshot = try ItemSnapshot(key, in: view, of: database, io: io)
    charge(snapshot.item, &tally)
    guard let item = snapshot.item else { return }
    if let projection {
      page.append(projection.project(item).view)
    } else {
      page.append(item)
    }
  }

  /// Charges what was read, whatever of it is returned. To find nothing costs as much as to find something
  /// small.
  private func charge(_ item: ItemView?, _ tally: inout CapacityTally) {
    tally.addTable(CapacityUnits.read(sizeBytes: item?.sizeBytes ?? 0, consistent: isConsistent))
  }
}
