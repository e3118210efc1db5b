import Synchronization

/// How hard compactions work: less than they could while commits come in and nothing is behind, and harder the more
/// there is to do.
///
/// A share of the time, and not of bytes a second: what a disk and a processor give is nobody's option to know. A
/// compaction sleeps for the rest, so a foreground that could use all of the machine finds some of it free; when L0
/// or debt are half way to where commits are slowed down, compactions work all the time, since a writer that is
/// slowed down has lost more than they ever take. Without commits there is nobody to be kind to.
package struct CompactionPacer: ~Copyable, Sendable {
  private let options: TreeOptions
  private let urgencyPermille = Atomic<Int>(0)
  private let lastSequence = Atomic<SequenceNumber>(0)

  package init(_ options: TreeOptions) {
    self.options = options
  }

  package func update(l0Sublevels: Int, debtBytes: Int) {
    let l0 = 2000 * l0Sublevels / options.l0SlowdownSublevelsMax
    let debt = Int(2000 * Double(debtBytes) / Double(options.debtSlowdownBytesMax))
    urgencyPermille.store(min(max(l0, debt), 1000), ordering: .relaxed)
  }

  /// Percent of the time.
  ///
  /// - Parameter applied: the last commit's sequence. Whether there was one since the last time tells if anyone writes.
  package func workPercent(applied: SequenceNumber) -> Int {
    let isQuiet = lastSequence.exchange(applied, ordering: .relaxed) == applied
    if isQuiet { return 100 }
    let least = options.compactionPercentMin
    return least + (100 - least) * urgencyPermille.load(ordering: .relaxed) / 1000
  }
}
