import DynamoModel

/// The part of a table that one worker of a parallel scan reads: a range of the partition keys' hashes.
///
/// Hashes are spread evenly, so equal ranges of them hold about equally many items, and the ranges need no
/// table of their own: they follow from two numbers.
struct ScanSegment {
  /// The segment, from 0.
  let segment: Int
  let totalSegments: Int

  /// Checks the request's two numbers; the whole table if it has neither.
  init(_ segment: Int?, of totalSegments: Int?) throws(Interruption) {
    guard let totalSegments else {
      guard segment == nil else {
        throw .validation(
          "The TotalSegments parameter is required but was not present in the request when Segment "
            + "parameter is present")
      }
      self.segment = 0
      self.totalSegments = 1
      return
    }
    guard let segment else {
      throw .validation(
        "The Segment parameter is required but was not present in the request when parameter "
          + "TotalSegments is present")
    }
    guard segment < totalSegments else {
      throw .validation(
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
          + "Segment: \(segment) is not less than TotalSegments: \(totalSegments)")
    }
    self.segment = segment
    self.totalSegments = totalSegments
  }

  /// The tree's keys that the segment holds and that come after a starting key.
  func range(
    in target: ReadTarget, startingAfter startKey: Item?, select: Select?
  ) throws(Interruption) -> EntryRange {
    if let startKey { try checkShape(of: startKey, in: target) }
    try target.checkSelect(select)
    let bounds = Keyspace.segment(segment, of: totalSegments, id: target.id)
    var range = EntryRange(from: bounds.lower, to: bounds.upper)
    guard let startKey else { return range }
    let treeKey = try StartKey.treeKey(startKey.view, table: target.table, index: target.index)
    guard range.contains(treeKey) else { throw StartKeyErrors.wrongSegment(segment, of: totalSegments) }
    range.start(after: treeKey, forward: true)
    return range
  }

  /// Checks that a starting key has as many attributes as it should, and the index's part of it.
  private func checkShape(of startKey: Item, in target: ReadTarget) throws(Interruption) {
    guard startKey.count == StartKey.names(table: target.table, index: target.index).count else {
      throw target.index == nil ? StartKeyErrors.mismatch : StartKeyErrors.invalid
    }
    guard let index = target.index else { return }
    for part in index.key.partition { try StartKey.check(startKey.view, part, isPartition: true) }
    for part in index.key.sort { try StartKey.check(startKey.view, part, isPartition: false) }
  }
}
