/// What a compaction needs of the tree around it, so that it can be run without one.
package struct CompactionEnvironment: Sendable {
  /// Sequences that readers hold, ascending, and last the one that new readers get. Taken before the work begins: who
  /// registers later gets a sequence at or above the last.
  package var snapshots: [SequenceNumber]
  package var newFileNumber: @Sendable () -> UInt64
  package var newTable: @Sendable (UInt64) throws(TreeError) -> TableWriter
  package var removeTable: @Sendable (UInt64) throws(TreeError) -> Void
  package var values: ValueOutputEnvironment
  /// Asked now and then; when true the work is given up.
  package var shouldStop: @Sendable () -> Bool = { false }
  /// Asked now and then, in percent: how much of the time may be worked. The rest is slept, so that others get at
  /// disk and processor. 1 to 100.
  package var workPercent: @Sendable () -> Int = { 100 }
  package var filter: (any CompactionFilter)?

  package init(
    snapshots: [SequenceNumber], newFileNumber: @escaping @Sendable () -> UInt64,
    newTable: @escaping @Sendable (UInt64) throws(TreeError) -> TableWriter,
    removeTable: @escaping @Sendable (UInt64) throws(TreeError) -> Void, values: ValueOutputEnvironment
  ) {
    self.snapshots = snapshots
    self.newFileNumber = newFileNumber
    self.newTable = newTable
    self.removeTable = removeTable
    self.values = values
  }

  /// The environment of a tree's own compactions into a level.
  package init(
    _ versions: VersionSet, snapshots: [SequenceNumber], outputLevel: Int = Version.levelCount - 1
  ) {
    let store = versions.store
    self.init(
      snapshots: snapshots, newFileNumber: { versions.newFileNumber() },
      newTable: { number throws(TreeError) in try store.newTable(number, level: outputLevel) },
      removeTable: { number throws(TreeError) in try store.fileSystem.remove(store.files.path(of: number)) },
      values: ValueOutputEnvironment(versions))
    filter = store.options.compactionFilter
  }
}
