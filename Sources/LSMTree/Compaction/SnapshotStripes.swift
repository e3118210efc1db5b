/// Which versions of a key somebody may still want.
///
/// The snapshots that are held cut history into stripes: two entries are in the same stripe if every snapshot
/// sees both or neither. Of the versions of a key in one stripe only the newest can ever be seen, so the others may be
/// dropped. Above the last snapshot, which is the one that new readers get, nothing may: a reader may yet come that
/// sees the older of two entries there and not the newer.
struct SnapshotStripes {
  /// Ascending; not empty.
  private let snapshots: [SequenceNumber]

  init(_ snapshots: [SequenceNumber]) {
    precondition(!snapshots.isEmpty, "the sequence that new readers get is always among the snapshots")
    precondition(zip(snapshots, snapshots.dropFirst()).allSatisfy { $0 <= $1 })
    self.snapshots = snapshots
  }

  /// Every reader, now and later, sees all entries at or below it.
  var floor: SequenceNumber { snapshots[0] }

  /// The number of a sequence's stripe, ascending; nil above the last snapshot.
  @inline(__always)
  func stripe(_ sequence: SequenceNumber) -> Int? {
    if sequence <= snapshots[0] { return 0 }
    var low = 1
    var high = snapshots.count
    while low < high {
      let middle = (low + high) / 2
      if snapshots[middle] < sequence { low = middle + 1 } else { high = middle }
    }
    return low < snapshots.count ? low : nil
  }

  /// Whether an entry can't be seen by anybody because of a newer one at `newer`.
  @inline(__always)
  func isHidden(_ sequence: SequenceNumber, by newer: SequenceNumber) -> Bool {
    guard newer > sequence, let stripe = stripe(newer) else { return false }
    return stripe == self.stripe(sequence)
  }
}
