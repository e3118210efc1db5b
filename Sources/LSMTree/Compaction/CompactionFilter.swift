/// What an app may let go while a compaction passes by, such as items past their time to live.
///
/// It is asked of values that compactions rewrite anyway, so it costs no reads; and of nothing else, so when it is
/// asked of a given entry, if ever, is not known. What must be gone by some time needs a deletion.
///
/// **What it sees.** The newest value of a key among the inputs of a compaction, and only if every reader sees it,
/// new ones and every snapshot. Flushes don't ask, since there a deletion would have to take the value's place.
/// Values of a key that a range deletion covers are not asked for, nor are deletions.
///
/// **What it does.** A value that it gives up is as good as deleted: if a level below may hold the key, a deletion
/// takes its place, and otherwise nothing. It is gone for everybody, views and snapshots that saw it before included;
/// only a cursor that is at work keeps the tables it began with. What is newer than some snapshot stays until that is
/// released, and so does what that snapshot sees in its place.
public protocol CompactionFilter: Sendable {
  /// Whether the value of a key has to be looked at to say if it shall be deleted. When false, `shouldDelete` is asked
  /// with an empty value. A large value is read from its value file only for a filter that needs it, and compaction
  /// otherwise never does that: a filter that can tell by the key should say so.
  func needsValue(key: RawSpan) -> Bool

  /// Whether the value shall be deleted. Called on background threads, several at once, any number of times for the
  /// same entry and once for each of many millions: it should take nanoseconds. A key for which it is true once
  /// should stay so. It may not use the tree.
  func shouldDelete(key: RawSpan, value: RawSpan) -> Bool
}

extension CompactionFilter {
  public func needsValue(key: RawSpan) -> Bool { true }
}
